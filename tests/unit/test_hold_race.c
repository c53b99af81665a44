/*
 * Threads against each other: no wake-up is lost, none comes twice.  Run these
 * with SAN=thread too.  A lost wake-up shows as a hold that ends by its
 * deadline, far beyond what the test takes.
 */
#include "held_client.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#define OBJECTS 8u
#define ROUNDS 4000
#define BUMPERS 2
#define WORKERS 2
#define READERS 64 /* of each worker */

/* What a page shows: a counter for each object, raised before the bump. */
static atomic_uint data[OBJECTS];
static uint64_t ids[OBJECTS];
static atomic_bool ticking;

/* A client, re-rendered by its worker each time it is resumed. */
struct reader {
	struct waiter waiter; /* first */
	struct reader *next;
	unsigned a, b;	      /* its two objects */
	atomic_int out;	      /* suspended and not yet resumed */
};

static struct worker {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct reader *queue;
	struct reader readers[READERS];
	unsigned holds, lost, twice;
} workers[WORKERS];

static void
reader_suspend(struct waiter *waiter)
{
	struct reader *r = (struct reader *)waiter;

	if (atomic_fetch_add(&r->out, 1) != 0)
		workers[waiter->worker].twice++;
}

static void
worker_push(struct reader *r)
{
	struct worker *w = &workers[r->waiter.worker];

	pthread_mutex_lock(&w->lock);
	r->next = w->queue;
	w->queue = r;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

static void
reader_resume(struct waiter *waiter)
{
	struct reader *r = (struct reader *)waiter;

	if (atomic_fetch_sub(&r->out, 1) != 1)
		workers[waiter->worker].twice++;
	worker_push(r);
}

/* Renders until the page may be held; true when it shows the final state. */
static bool
render(struct reader *r, struct worker *worker)
{
	struct waiter *w = &r->waiter;
	unsigned a, b;

	if (w->reason != 0 && w->reason != WAKE_NEWS)
		worker->lost++;
	do {
		watch_begin(&w->watch);
		watch_add(&w->watch, SESSION(ids[r->a]));
		a = atomic_load_explicit(&data[r->a], memory_order_relaxed);
		watch_add(&w->watch, SESSION(ids[r->b]));
		b = atomic_load_explicit(&data[r->b], memory_order_relaxed);
		w->since = w->watch.begun;
		if (a == ROUNDS * BUMPERS && b == ROUNDS * BUMPERS)
			return true;
		w->deadline_ms = clock_mono_ms() + HOUR / 30;
	} while (!live_wait(w));
	worker->holds++;
	return false;
}

static struct reader *
worker_pop(struct worker *w)
{
	struct reader *r;

	pthread_mutex_lock(&w->lock);
	while (w->queue == NULL)
		pthread_cond_wait(&w->more, &w->lock);
	r = w->queue;
	w->queue = r->next;
	pthread_mutex_unlock(&w->lock);
	return r;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	unsigned left = READERS;

	while (left > 0)
		if (render(worker_pop(w), w))
			left--;
	return NULL;
}

/* Each bump comes while somebody is held: there are readers of every object
 * that is not at its end. */
static void *
bump(void *arg)
{
	struct hold_stats stats;

	(void)arg;
	for (unsigned i = 0; i < ROUNDS * OBJECTS; i++) {
		atomic_fetch_add_explicit(&data[i % OBJECTS], 1,
		    memory_order_relaxed);
		live_bump1(SESSION(ids[i % OBJECTS]));
		do {
			sched_yield();
			hold_stats(&stats);
		} while (stats.held == 0 && i + 1 < ROUNDS * OBJECTS);
	}
	return NULL;
}

static void *
tick_on(void *arg)
{
	(void)arg;
	while (atomic_load(&ticking))
		hold_tick(clock_mono_ms());
	return NULL;
}

static void
workers_init(void)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		atomic_store(&data[i], 0);
		ids[i] = next_id++;
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		struct worker *w = &workers[i];

		memset(w, 0, sizeof(*w));
		pthread_mutex_init(&w->lock, NULL);
		pthread_cond_init(&w->more, NULL);
		for (unsigned k = 0; k < READERS; k++) {
			w->readers[k].waiter = (struct waiter){
				.sid = next_id++,
				.uid = k % 5,
				.worker = i,
				.fd = -1,
				.suspend = reader_suspend,
				.resume = reader_resume,
			};
			w->readers[k].a = k % OBJECTS;
			w->readers[k].b = k / OBJECTS % OBJECTS;
			worker_push(&w->readers[k]);
		}
	}
}

/* Readers wait and come back while others bump, until all show the end. */
static void
run_race(void)
{
	pthread_t working[WORKERS], bumping[BUMPERS];
	unsigned holds = 0;

	workers_init();
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_create(&working[i], NULL, work, &workers[i]);
	for (unsigned i = 0; i < BUMPERS; i++)
		pthread_create(&bumping[i], NULL, bump, NULL);
	for (unsigned i = 0; i < BUMPERS; i++)
		pthread_join(bumping[i], NULL);
	for (unsigned i = 0; i < WORKERS; i++) {
		pthread_join(working[i], NULL);
		assert_int_equal(workers[i].lost, 0);
		assert_int_equal(workers[i].twice, 0);
		holds += workers[i].holds;
	}
	print_message("%u holds\n", holds);
}

static void
no_wake_up_is_lost(void **state)
{
	struct hold_config config = { .max = 20000, .wakes_per_tick = 128,
	    .workers = WORKERS };
	pthread_t ticker;

	(void)state;
	assert_int_equal(ticker_open(&config), OK);
	atomic_store(&ticking, true);
	pthread_create(&ticker, NULL, tick_on, NULL);
	run_race();
	atomic_store(&ticking, false);
	pthread_join(ticker, NULL);
	hold_stop();
}

static void
no_wake_up_is_lost_by_the_thread(void **state)
{
	struct hold_config config = { .max = 20000, .wakes_per_tick = 128,
	    .workers = WORKERS };

	(void)state;
	assert_int_equal(hold_start(&config), OK);
	run_race();
	hold_stop();
}

static void
post_resume(struct waiter *waiter)
{
	on_resume(waiter);
	sem_post((sem_t *)(uintptr_t)waiter->uid);
}

/* The thread sleeps: a bump, an earlier deadline and an eviction each reach
 * it. */
static void
sleeping_ticker_is_woken(void **state)
{
	struct hold_config config = { .max = 20000, .wakes_per_tick = 128,
	    .workers = 1 };
	struct object conv = CONV(next_id++);
	struct client *c = clients(4);
	sem_t woken;

	(void)state;
	sem_init(&woken, 0, 0);
	assert_int_equal(hold_start(&config), OK);
	start_ms = clock_mono_ms();
	for (int i = 0; i < 4; i++) {
		page(&c[i], conv);
		c[i].waiter.sid = 5;
		c[i].waiter.session_max = 3;
		c[i].waiter.uid = (uintptr_t)&woken;
		c[i].waiter.resume = post_resume;
		if (i == 1)
			c[i].waiter.deadline_ms = start_ms + 30;
		assert_true(live_wait(&c[i].waiter));
	}
	sem_wait(&woken);
	sem_wait(&woken);
	assert_int_equal(c[0].waiter.reason, WAKE_EVICTED);
	assert_int_equal(c[1].waiter.reason, WAKE_DEADLINE);
	live_bump1(conv);
	sem_wait(&woken);
	sem_wait(&woken);
	assert_int_equal(c[3].waiter.reason, WAKE_NEWS);
	hold_stop();
	sem_destroy(&woken);
}

static atomic_uint started, ended;

static void
count_resume(struct waiter *waiter)
{
	atomic_fetch_add(&ended, 1);
	free(waiter);
}

static void *
wait_until_refused(void *arg)
{
	for (uint64_t i = 0;; i++) {
		struct client *c = calloc(1, sizeof(*c));

		watch_begin(&c->waiter.watch);
		watch_add(&c->waiter.watch, CONV(i % 16));
		c->waiter.since = c->waiter.watch.begun;
		c->waiter.deadline_ms = INT64_MAX;
		c->waiter.sid = i;
		c->waiter.fd = -1;
		c->waiter.suspend = on_suspend;
		c->waiter.resume = count_resume;
		if (!live_wait(&c->waiter)) {
			free(c);
			return arg;
		}
		atomic_fetch_add(&started, 1);
		if (i == 1000)
			sem_post(arg);
	}
}

/* Stop, in the middle of new holds and evictions, answers every one. */
static void
stop_leaves_nobody_behind(void **state)
{
	struct hold_config config = { .max = 2000, .wakes_per_tick = 128,
	    .workers = 1 };
	struct hold_stats stats;
	pthread_t threads[3];
	sem_t busy;

	(void)state;
	sem_init(&busy, 0, 0);
	assert_int_equal(hold_start(&config), OK);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, wait_until_refused, &busy);
	for (int i = 0; i < 3; i++)
		sem_wait(&busy);
	hold_stop();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&ended), atomic_load(&started));
	hold_stats(&stats);
	assert_int_equal(stats.held, 0);
	sem_destroy(&busy);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_wake_up_is_lost),
		cmocka_unit_test(no_wake_up_is_lost_by_the_thread),
		cmocka_unit_test(sleeping_ticker_is_woken),
		cmocka_unit_test(stop_leaves_nobody_behind),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
