/*
 * The maintenance thread.  Four times a second it checkpoints if enough log has
 * been written, so that what a start after a crash must read (about 11 ms per
 * MB) is `checkpoint_kb` and what a quarter of a second wrote: with a look once a
 * second 35 MB came together at 29,000 messages a second.  Once a second it also
 * writes some dirty pages ahead, so that readers find clean ones to replace, and
 * looks for expired locks, without which a thread that waits for itself would
 * wait for ever.
 *
 * Writers do not wait for a checkpoint but at a page while it is copied out, and
 * share the disk with it: their p50 is the same, their p99 larger (doc/design.md).
 * Writing nearly all pages ahead costs a quarter more CPU and gains nothing.
 */
#include "store/internal.h"

#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "store/stats.h"

#define TICK_MS 250
#define TICKS_FULL 4		/* every so many ticks all is looked after */
#define TRICKLE_PERCENT 20	/* of the cache to be clean */
#define CHECKPOINT_MAX_US (60 * INT64_C(1000000)) /* if anything was written */

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop; /* under lock */
	DB_ENV *env;
	unsigned checkpoint_kb;
	/* The thread's own: when the last checkpoint was, and whether that, or
	 * what comes before it, failed: tried again once a second only. */
	int64_t checkpoint_us;
	bool failed;
} maintain = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Bytes of log since the last checkpoint; BDB code. */
static int
log_written(uint64_t *out)
{
	DB_LOG_STAT *stat;
	int ret = maintain.env->log_stat(maintain.env, &stat, 0);

	if (ret != 0)
		return ret;
	*out = ((uint64_t)stat->st_wc_mbytes << 20) + stat->st_wc_bytes;
	free(stat);
	return 0;
}

static int
maintain_checkpoint(void)
{
	int64_t begun = stats_now_us();
	uint64_t written;
	int ret;

	if ((ret = log_written(&written)) != 0)
		return ret;
	if (written < (uint64_t)maintain.checkpoint_kb << 10 && (written == 0 ||
	    begun - maintain.checkpoint_us < CHECKPOINT_MAX_US))
		return 0;
	log_debug("checkpoint begins");
	ret = maintain.env->txn_checkpoint(maintain.env, 0, 0, 0);
	log_debug("checkpoint ends");
	maintain.checkpoint_us = stats_now_us();
	histogram_add(HISTOGRAM_CHECKPOINT,
	    (uint64_t)(maintain.checkpoint_us - begun));
	return ret;
}

static void
maintain_tick(bool full)
{
	DB_ENV *env = maintain.env;
	bool failed = maintain.failed;
	int written, rejected, ret = 0;

	if (failed && !full)
		return;
	if (full) {
		env->lock_detect(env, 0, DB_LOCK_EXPIRE, &rejected);
		ret = env->memp_trickle(env, TRICKLE_PERCENT, &written);
	}
	if (ret == 0)
		ret = maintain_checkpoint();
	maintain.failed = ret != 0;
	if (ret != 0 && store_err(ret) == ERR_DISK && !failed)
		log_error("checkpoint: %s", db_strerror(ret));
}

static void
tick_after(struct timespec *until)
{
	clock_gettime(CLOCK_MONOTONIC, until);
	until->tv_nsec += TICK_MS * 1000000L;
	if (until->tv_nsec >= 1000000000L) {
		until->tv_sec++;
		until->tv_nsec -= 1000000000L;
	}
}

static void *
maintain_main(void *arg)
{
	struct timespec until;
	unsigned ticks = 0;

	(void)arg;
	pthread_mutex_lock(&maintain.lock);
	while (!maintain.stop) {
		tick_after(&until);
		while (!maintain.stop && pthread_cond_timedwait(&maintain.wake,
		    &maintain.lock, &until) == 0)
			continue;
		if (maintain.stop)
			break;
		pthread_mutex_unlock(&maintain.lock);
		maintain_tick(++ticks % TICKS_FULL == 0);
		pthread_mutex_lock(&maintain.lock);
	}
	pthread_mutex_unlock(&maintain.lock);
	return NULL;
}

enum err
maintain_start(DB_ENV *env, unsigned checkpoint_kb)
{
	pthread_condattr_t attr;

	maintain.env = env;
	maintain.checkpoint_kb = checkpoint_kb;
	maintain.stop = maintain.failed = false;
	maintain.checkpoint_us = stats_now_us();
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&maintain.wake, &attr);
	pthread_condattr_destroy(&attr);
	return thread_start(&maintain.thread, maintain_main, NULL) ? OK :
	    ERR_INTERNAL;
}

void
maintain_stop(void)
{
	pthread_mutex_lock(&maintain.lock);
	maintain.stop = true;
	pthread_cond_signal(&maintain.wake);
	pthread_mutex_unlock(&maintain.lock);
	pthread_join(maintain.thread, NULL);
	pthread_cond_destroy(&maintain.wake);
}
