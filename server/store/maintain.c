/*
 * The maintenance thread: once a second it writes some dirty pages ahead,
 * checkpoints when enough log has been written (a start after a crash costs
 * about 11 ms per MB of log), and looks for expired locks, without which a
 * thread that waits for itself would wait for ever.
 */
#include "store/internal.h"

#include <time.h>

#include "base/log.h"

#define TICK_S 1
#define TRICKLE_PERCENT 20	/* of the cache to be clean */
#define CHECKPOINT_MINUTES 1	/* at the latest, if anything was written */

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop; /* under lock */
	DB_ENV *env;
	unsigned checkpoint_kb;
} maintain = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
maintain_tick(void)
{
	DB_ENV *env = maintain.env;
	int written, rejected, ret;

	env->lock_detect(env, 0, DB_LOCK_EXPIRE, &rejected);
	ret = env->memp_trickle(env, TRICKLE_PERCENT, &written);
	if (ret == 0)
		ret = env->txn_checkpoint(env, maintain.checkpoint_kb,
		    CHECKPOINT_MINUTES, 0);
	if (ret != 0 && store_err(ret) == ERR_DISK)
		log_error("checkpoint: %s", db_strerror(ret));
}

static void *
maintain_main(void *arg)
{
	struct timespec until;

	(void)arg;
	pthread_mutex_lock(&maintain.lock);
	clock_gettime(CLOCK_MONOTONIC, &until);
	while (!maintain.stop) {
		until.tv_sec += TICK_S;
		while (!maintain.stop && pthread_cond_timedwait(&maintain.wake,
		    &maintain.lock, &until) == 0)
			continue;
		if (maintain.stop)
			break;
		pthread_mutex_unlock(&maintain.lock);
		maintain_tick();
		clock_gettime(CLOCK_MONOTONIC, &until);
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
	maintain.stop = false;
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
