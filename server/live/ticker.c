/*
 * The ticker: one thread that calls every resume.
 *
 * A tick takes the hang-ups, the slots that live_bump put into `inbox`, the
 * slots whose bucket lets news out, and the waiters whose time has come; puts
 * all whom these wake into `ready`, one heap per worker with the newest news on
 * top; and resumes from each heap as many as a worker may get.  The rest stays
 * for the next tick.  libmicrohttpd scans its whole suspended list whenever
 * something was resumed, hence ticks of 20 ms with many at once.
 *
 * With nothing to do the thread sleeps in poll(2) on the hang-up epoll and on
 * an eventfd.  `sleeps_until` tells others whether a kick is needed: it is
 * MAX *before* the next time is looked up, so whoever adds something earlier
 * is either seen by the look-up or sees MAX.
 *
 * `ready`, `hot` and `woke` are the ticker's alone; the inbox has its own lock,
 * under which nothing is called.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "live/internal.h"

#define TICK_MS 20
/* The clock may jump (a test, a suspended machine): look at least so often
 * while anything waits for a time. */
#define SLEEP_MAX_MS 1000

struct slots {
	uint32_t *at;
	size_t n, size;
};

static struct {
	pthread_mutex_t lock;
	struct slots slots;
	bool open;
} inbox = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct {
	struct hold_config config;
	struct slots bumped; /* the inbox of this tick */
	struct slots hot;    /* what may wake now */
	bool *woke;
	size_t woke_size;
	struct heap *ready; /* [workers] */
} ticker;

/* By worker.  Outlives the thread: the last are answered after the stop. */
#define WORKERS_MAX 256
static atomic_uint at_work[WORKERS_MAX];

static int epoll_fd = -1, kick_fd = -1;
static pthread_t thread;
static bool thread_runs;
static atomic_bool stopping;
static _Atomic int64_t sleeps_until;

static void
slots_add(struct slots *slots, uint32_t slot)
{
	if (slots->n == slots->size) {
		slots->size = slots->size == 0 ? 256 : slots->size * 2;
		slots->at = realloc(slots->at,
		    slots->size * sizeof(*slots->at));
		if (slots->at == NULL)
			abort();
	}
	slots->at[slots->n++] = slot;
}

static void
slots_fini(struct slots *slots)
{
	free(slots->at);
	*slots = (struct slots){ 0 };
}

/* ---- from other threads ---- */

static void
kick(void)
{
	uint64_t one = 1;

	if (write(kick_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_error("eventfd: %s", strerror(errno));
}

void
ticker_news(const uint32_t *slots, size_t n)
{
	pthread_mutex_lock(&inbox.lock);
	if (inbox.open) {
		if (inbox.slots.n == 0)
			kick();
		for (size_t i = 0; i < n; i++)
			slots_add(&inbox.slots, slots[i]);
	}
	pthread_mutex_unlock(&inbox.lock);
}

void
ticker_due(int64_t due_ms)
{
	if (due_ms < atomic_load(&sleeps_until))
		kick();
}

/* ---- a tick ---- */

static void
take_inbox(void)
{
	struct slots empty = ticker.bumped;
	uint64_t count;

	/* Drained before the inbox is taken: what comes later kicks again. */
	if (read(kick_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		log_error("eventfd: %s", strerror(errno));
	empty.n = 0;
	pthread_mutex_lock(&inbox.lock);
	ticker.bumped = inbox.slots;
	inbox.slots = empty;
	pthread_mutex_unlock(&inbox.lock);
}

static void
find_hot(int64_t now_ms)
{
	uint32_t slot;

	ticker.hot.n = 0;
	while (bucket_due(now_ms, &slot))
		slots_add(&ticker.hot, slot);
	for (size_t i = 0; i < ticker.bumped.n; i++)
		if (bucket_bump(ticker.bumped.at[i], now_ms))
			slots_add(&ticker.hot, ticker.bumped.at[i]);
	if (ticker.hot.size > ticker.woke_size) {
		free(ticker.woke);
		ticker.woke_size = ticker.hot.size;
		ticker.woke = calloc(ticker.woke_size, sizeof(*ticker.woke));
		if (ticker.woke == NULL)
			abort();
	}
}

static void
make_ready(struct waiter *waiter)
{
	heap_put(&ticker.ready[waiter->worker], &waiter->links.node,
	    -(int64_t)waiter->links.news);
}

void
live_done(unsigned worker)
{
	atomic_fetch_sub(&at_work[worker], 1);
}

/* How many this worker may get in this tick. */
static size_t
share_of(unsigned worker)
{
	unsigned has = atomic_load(&at_work[worker]);
	unsigned most = ticker.config.at_work, max = ticker.config.wakes_per_tick;

	if (most == 0)
		return max;
	if (has >= most)
		return 0;
	return most - has < max ? most - has : max;
}

static void
hand_out(unsigned worker, size_t max)
{
	struct heap *ready = &ticker.ready[worker];
	struct heap_node *node;

	while (max-- > 0 && (node = heap_top(ready)) != NULL) {
		struct waiter *waiter = node->item;

		heap_del(ready, node);
		hold_release(waiter);
		atomic_fetch_add(&at_work[worker], 1);
		waiter->resume(waiter); /* gone: not ours from here on */
	}
}

static void
tick(int64_t now_ms, bool all)
{
	hold_reap();
	take_inbox();
	find_hot(now_ms);
	if (ticker.hot.n > 0)
		memset(ticker.woke, 0, ticker.hot.n * sizeof(*ticker.woke));
	hold_sweep(&(struct hold_sweep){
		.slots = ticker.hot.at,
		.woke = ticker.woke,
		.n = ticker.hot.n,
		.now_ms = now_ms,
		.all = all,
		.ready = make_ready,
	});
	for (size_t i = 0; i < ticker.hot.n; i++)
		if (ticker.woke[i])
			bucket_woke(ticker.hot.at[i], now_ms);
	for (unsigned i = 0; i < ticker.config.workers; i++)
		hand_out(i, all ? SIZE_MAX : share_of(i));
}

void
hold_tick(int64_t now_ms)
{
	tick(now_ms, false);
}

/* ---- the thread ---- */

static bool
any_ready(void)
{
	for (unsigned i = 0; i < ticker.config.workers; i++)
		if (heap_top(&ticker.ready[i]) != NULL)
			return true;
	return false;
}

static int
time_to_sleep(int64_t now_ms)
{
	int64_t next = hold_next_ms(), bucket = bucket_next_ms();

	if (bucket < next)
		next = bucket;
	if (any_ready())
		next = now_ms;
	atomic_store(&sleeps_until, next);
	if (next == INT64_MAX)
		return -1;
	if (next <= now_ms)
		return 0;
	return next - now_ms < SLEEP_MAX_MS ? (int)(next - now_ms) :
	    SLEEP_MAX_MS;
}

static void
sleep_until_work(int64_t ticked_ms)
{
	struct pollfd fds[2] = {
		{ .fd = kick_fd, .events = POLLIN },
		{ .fd = epoll_fd, .events = POLLIN },
	};
	int64_t now;

	atomic_store(&sleeps_until, INT64_MAX);
	poll(fds, 2, time_to_sleep(clock_mono_ms()));
	atomic_store(&sleeps_until, INT64_MIN);
	now = clock_mono_ms();
	if (now < ticked_ms + TICK_MS && !atomic_load(&stopping))
		nanosleep(&(struct timespec){
		    .tv_nsec = (ticked_ms + TICK_MS - now) * 1000000 }, NULL);
}

static void *
ticker_run(void *arg)
{
	(void)arg;
	while (!atomic_load(&stopping)) {
		int64_t now = clock_mono_ms();

		tick(now, false);
		sleep_until_work(now);
	}
	return NULL;
}

/* ---- start and stop ---- */

enum err
ticker_open(const struct hold_config *config)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (epoll_fd < 0 || kick_fd < 0) {
		log_error("%s", strerror(errno));
		return ERR_INTERNAL;
	}
	assert(config->workers <= WORKERS_MAX);
	ticker.config = *config;
	for (unsigned i = 0; i < config->workers; i++)
		atomic_store(&at_work[i], 0);
	ticker.ready = calloc(config->workers, sizeof(*ticker.ready));
	if (ticker.ready == NULL)
		abort();
	atomic_store(&stopping, false);
	atomic_store(&sleeps_until, INT64_MIN);
	pthread_mutex_lock(&inbox.lock);
	inbox.open = true;
	pthread_mutex_unlock(&inbox.lock);
	hold_open(config, epoll_fd);
	return OK;
}

enum err
hold_start(const struct hold_config *config)
{
	enum err err = ticker_open(config);
	int error;

	if (err != OK)
		return err;
	error = pthread_create(&thread, NULL, ticker_run, NULL);
	if (error != 0) {
		log_error("pthread_create: %s", strerror(error));
		hold_stop();
		return ERR_INTERNAL;
	}
	thread_runs = true;
	return OK;
}

void
hold_stop(void)
{
	if (kick_fd < 0)
		return;
	hold_close();
	atomic_store(&stopping, true);
	kick();
	if (thread_runs)
		pthread_join(thread, NULL);
	thread_runs = false;
	/* The thread is gone: this one is the ticker now. */
	tick(clock_mono_ms(), true);
	pthread_mutex_lock(&inbox.lock);
	inbox.open = false;
	slots_fini(&inbox.slots);
	pthread_mutex_unlock(&inbox.lock);
	for (unsigned i = 0; i < ticker.config.workers; i++)
		heap_fini(&ticker.ready[i]);
	free(ticker.ready);
	ticker.ready = NULL;
	slots_fini(&ticker.bumped);
	slots_fini(&ticker.hot);
	free(ticker.woke);
	ticker.woke = NULL;
	ticker.woke_size = 0;
	bucket_fini();
	close(kick_fd);
	close(epoll_fd);
	kick_fd = epoll_fd = -1;
}
