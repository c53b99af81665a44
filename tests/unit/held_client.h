#ifndef TEST_HELD_CLIENT_H
#define TEST_HELD_CLIENT_H

/*
 * Held clients for tests of live/.  Ticks are driven by hand with times of
 * their own, an hour ahead of the clock, so that no test depends on how fast it
 * runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "live/internal.h"

#define HOUR INT64_C(3600000)
#define CONV(id) ((struct object){ OBJ_CONV, (id), 0 })
#define SESSION(id) ((struct object){ OBJ_SESSION, (id), 0 })

struct client {
	struct waiter waiter; /* first */
	int suspended, resumed;
	unsigned order; /* of its resume among all */
};

static unsigned resumes;
static int64_t start_ms; /* of the ticks */
static uint64_t next_id = 1; /* objects and sessions no test shares */

/* Clients outlive the test, for some are held until its teardown. */
static struct client pool[5100];
static size_t pool_used;

static struct client *
clients(size_t n)
{
	struct client *c = &pool[pool_used];

	pool_used += n;
	assert_true(pool_used <= sizeof(pool) / sizeof(pool[0]));
	return c;
}

static void
on_suspend(struct waiter *waiter)
{
	((struct client *)waiter)->suspended++;
}

static void
on_resume(struct waiter *waiter)
{
	struct client *c = (struct client *)waiter;

	assert_int_equal(c->suspended, c->resumed + 1);
	c->resumed++;
	c->order = ++resumes;
}

/* A page over one object, of a session of its own. */
static void
page(struct client *c, struct object object)
{
	struct waiter *w = &c->waiter;

	memset(c, 0, sizeof(*c));
	watch_begin(&w->watch);
	watch_add(&w->watch, object);
	w->since = w->watch.begun;
	w->deadline_ms = start_ms + 20 * HOUR;
	w->sid = next_id++;
	w->fd = -1;
	w->suspend = on_suspend;
	w->resume = on_resume;
}

static inline void
held(struct client *c, struct object object)
{
	page(c, object);
	assert_true(live_wait(&c->waiter));
	assert_int_equal(c->suspended, 1);
}

static inline void
tick(int64_t ms)
{
	hold_tick(start_ms + ms);
}

static int
open_with(unsigned max, unsigned wakes, unsigned workers)
{
	struct hold_config config = { .max = max, .wakes_per_tick = wakes,
		.workers = workers };

	resumes = 0;
	pool_used = 0;
	start_ms = clock_mono_ms() + HOUR;
	return ticker_open(&config) == OK ? 0 : -1;
}

static inline int
setup(void **state)
{
	(void)state;
	return open_with(20000, 128, 2);
}

static inline int
teardown(void **state)
{
	(void)state;
	hold_stop();
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
