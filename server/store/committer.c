/*
 * The committer: one thread runs every write, so that writes have a total order
 * and never deadlock with each other.  A batch is one parent transaction; each
 * command runs in a child of it, so that one that fails goes alone.  The parent
 * is committed without waiting for the disk, which ends its page locks, and
 * then the log is flushed once: readers never wait for an fsync, and nobody is
 * told "stored" before it.
 *
 * A batch that deadlocked (with a reader, which is rare: the reader loses) is
 * aborted as a whole and run again; commands are pure, so that shows nowhere.
 */
#include "store/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "store/queue.h"
#include "store/stats.h"

#define BATCH_MAX 128 /* the sweeper among them */
#define BATCH_TRIES 40
#define TOUCHED_FIRST 256

struct batch {
	struct command *command[BATCH_MAX];
	size_t n, n_ok;
	int64_t taken_us, flushed_us; /* the latter: how long it took */
	struct txn txn;
};

static struct {
	pthread_t thread;
	struct queue queue;
	struct committer_hooks hooks;
	bool running;	     /* between start and stop */
	struct batch batch;  /* the thread's own */
} committer;

static _Thread_local bool this_is_committer;

/* ---- what commands see ---- */

int64_t
txn_now_ms(const struct txn *txn)
{
	return txn->now_ms;
}

struct arena *
txn_arena(struct txn *txn)
{
	return &txn->arena;
}

void
txn_touch(struct txn *txn, struct object object)
{
	size_t size;

	if (txn->n_touched == txn->touched_size) {
		size = txn->touched_size > 0 ? 2 * txn->touched_size :
		    TOUCHED_FIRST;
		txn->touched = realloc(txn->touched,
		    size * sizeof(*txn->touched));
		if (txn->touched == NULL)
			abort();
		txn->touched_size = size;
	}
	txn->touched[txn->n_touched++] = object;
}

DB_TXN *
txn_handle(struct txn *txn)
{
	/* A read beside the own transaction would wait for itself. */
	assert((txn != NULL) == this_is_committer);
	if (txn == NULL)
		return NULL;
	assert(txn->child != NULL);
	return txn->child;
}

enum err
txn_result(struct txn *txn, int ret)
{
	enum err err = store_err(ret);

	if (err == OK || err == ERR_NOT_FOUND || err == ERR_EXISTS)
		return err;
	if (txn->fault == 0)
		txn->fault = ret;
	return err;
}

/* ---- running a batch ---- */

static void
txn_abort(DB_TXN *txn)
{
	int ret = txn->abort(txn);

	if (ret != 0)
		store_die("abort", ret);
}

/* Ends the child as the command deserves; sets command->err.  BDB code. */
static int
command_end(struct txn *txn, struct command *command)
{
	DB_TXN *child = txn->child;

	txn->child = NULL;
	if (txn->fault != 0) {
		txn_abort(child);
		command->err = err_of(txn->fault);
		return txn->fault;
	}
	if (command->err != OK) {
		txn_abort(child);
		return 0;
	}
	txn->fault = child->commit(child, 0);
	command->err = store_err(txn->fault);
	return txn->fault;
}

/* Runs one command in a child of `parent`.  0 or a deadlock. */
static int
command_try(DB_TXN *parent, struct txn *txn, struct command *command)
{
	DB_ENV *env = store_tables()->env;
	size_t touched = txn->n_touched;
	int ret;

	txn->fault = 0;
	ret = env->txn_begin(env, parent, &txn->child, 0);
	if (ret == 0) {
		command->err = command->run(txn, command);
		ret = command_end(txn, command);
	} else {
		command->err = store_err(ret);
	}
	if (command->err != OK)
		txn->n_touched = touched;
	return is_deadlock(ret) ? ret : 0;
}

static int
batch_commit(struct batch *batch, DB_TXN *parent)
{
	DB_ENV *env = store_tables()->env;
	int64_t begun;
	int ret;

	if ((ret = parent->commit(parent, DB_TXN_WRITE_NOSYNC)) != 0)
		return ret;
	begun = stats_now_us();
	/* Committed and visible, but not safe: no way back from here. */
	if ((ret = mark_flush(env)) != 0)
		store_die("log flush", ret);
	batch->flushed_us = stats_now_us() - begun;
	histogram_add(HISTOGRAM_FLUSH, (uint64_t)batch->flushed_us);
	stats_add(STAT_FLUSHES, 1);
	return 0;
}

/* One attempt at the whole batch.  BDB code: not 0 means nothing is stored. */
static int
batch_try(struct batch *batch)
{
	DB_ENV *env = store_tables()->env;
	DB_TXN *parent;
	int ret;

	batch->n_ok = 0;
	batch->txn.n_touched = 0;
	if ((ret = env->txn_begin(env, NULL, &parent, 0)) != 0)
		return ret;
	for (size_t i = 0; i < batch->n; i++) {
		ret = command_try(parent, &batch->txn, batch->command[i]);
		if (ret != 0) {
			txn_abort(parent);
			return ret;
		}
		batch->n_ok += batch->command[i]->err == OK;
	}
	if (batch->n_ok > 0)
		return batch_commit(batch, parent);
	txn_abort(parent);
	return 0;
}

static void
batch_backoff(unsigned tries)
{
	struct timespec wait = { .tv_nsec = 20000L << (tries < 8 ? tries : 8) };

	nanosleep(&wait, NULL);
}

/* Nothing of it is stored: whoever believed in success learns otherwise. */
static void
batch_fail(struct batch *batch, int ret)
{
	enum err err = store_err(ret);

	if (err != ERR_DISK) /* that one the library has logged */
		log_error("batch of %zu: %s", batch->n, db_strerror(ret));
	for (size_t i = 0; i < batch->n; i++)
		if (batch->command[i]->err == OK || is_deadlock(ret))
			batch->command[i]->err = err;
	batch->n_ok = 0;
	batch->txn.n_touched = 0;
}

static void
batch_run(struct batch *batch)
{
	unsigned tries = 0;
	int ret;

	for (size_t i = 0; i < batch->n; i++)
		batch->command[i]->err = OK;
	while (is_deadlock(ret = batch_try(batch)) && ++tries < BATCH_TRIES) {
		arena_fini(&batch->txn.arena);
		batch_backoff(tries);
	}
	if (ret != 0)
		batch_fail(batch, ret);
}

static void
batch_count(const struct batch *batch)
{
	int64_t now = stats_now_us();
	size_t failures = 0;

	for (size_t i = 0; i < batch->n; i++) {
		const struct command *command = batch->command[i];

		failures += command->err == ERR_DISK ||
		    command->err == ERR_INTERNAL;
		histogram_add(HISTOGRAM_WAIT,
		    (uint64_t)(batch->taken_us - command->submitted_us));
		histogram_add(HISTOGRAM_LATENCY,
		    (uint64_t)(now - command->submitted_us));
	}
	histogram_add(HISTOGRAM_RUN,
	    (uint64_t)(now - batch->taken_us - batch->flushed_us));
	histogram_add(HISTOGRAM_BATCH, batch->n);
	stats_add(STAT_COMMANDS, batch->n);
	stats_add(STAT_BATCHES, 1);
	stats_add(STAT_FAILURES, failures);
}

static void
batch_answer(struct batch *batch)
{
	const struct committer_hooks *hooks = &committer.hooks;
	struct command *command;

	if (batch->txn.n_touched > 0 && hooks->on_durable != NULL)
		hooks->on_durable(batch->txn.touched, batch->txn.n_touched);
	for (size_t i = 0; i < batch->n; i++) {
		command = batch->command[i];
		if (command->done != NULL)
			command->done(command); /* may free it */
	}
	if (hooks->on_batch_end != NULL)
		hooks->on_batch_end();
}

/* What is queued, once something is, and the sweeper when it is due. */
static void
batch_take(struct batch *batch)
{
	struct command *sweep = sweep_command();

	batch->n = queue_take(&committer.queue, batch->command, BATCH_MAX - 1,
	    sweep_wait_ms());
	batch->taken_us = stats_now_us();
	batch->flushed_us = 0;
	if (sweep_wait_ms() > 0)
		return;
	sweep->submitted_us = batch->taken_us;
	batch->command[batch->n++] = sweep;
}

static void *
committer_main(void *arg)
{
	struct batch *batch = &committer.batch;

	(void)arg;
	this_is_committer = true;
	while (!queue_finished(&committer.queue)) {
		batch_take(batch);
		if (batch->n == 0)
			continue;
		batch->txn.now_ms = clock_wall_ms();
		batch_run(batch);
		batch_count(batch);
		batch_answer(batch);
		arena_fini(&batch->txn.arena);
	}
	free(batch->txn.touched);
	return NULL;
}

/* ---- the outside ---- */

enum err
committer_start(const struct committer_hooks *hooks)
{
	const struct store_config *config = store_limits();

	assert(!committer.running);
	committer.hooks = *hooks;
	committer.batch.txn = (struct txn){ .child = NULL };
	arena_init(&committer.batch.txn.arena, 0);
	if (committer.queue.share != NULL)
		queue_fini(&committer.queue);
	queue_init(&committer.queue, config->queue_max, config->queue_user_max);
	sweep_reset();
	if (!thread_start(&committer.thread, committer_main, NULL))
		return ERR_INTERNAL;
	committer.running = true;
	return OK;
}

void
committer_stop(void)
{
	assert(committer.running && !this_is_committer);
	queue_close(&committer.queue);
	pthread_join(committer.thread, NULL);
	/* The queue stays, closed: a late submit gets its ERR_BUSY. */
	committer.running = false;
}

enum err
committer_submit(struct command *command)
{
	enum err err;

	assert(command->run != NULL);
	command->submitted_us = stats_now_us();
	err = queue_push(&committer.queue, command);
	if (err != OK)
		stats_add(STAT_REFUSED, 1);
	return err;
}

unsigned
committer_waiting(void)
{
	return committer.running ? queue_len(&committer.queue) : 0;
}

/* A command around the caller's: its done() wakes whoever waits. */
struct waiting {
	struct command command;
	struct command *inner;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool finished;
};

static enum err
waiting_run(struct txn *txn, struct command *command)
{
	struct waiting *waiting = (struct waiting *)command;

	return waiting->inner->run(txn, waiting->inner);
}

static void
waiting_done(struct command *command)
{
	struct waiting *waiting = (struct waiting *)command;

	waiting->inner->err = command->err;
	if (waiting->inner->done != NULL)
		waiting->inner->done(waiting->inner);
	pthread_mutex_lock(&waiting->lock);
	waiting->finished = true;
	pthread_cond_signal(&waiting->woken);
	pthread_mutex_unlock(&waiting->lock);
}

enum err
committer_run(struct command *command)
{
	struct waiting waiting = {
		.command = { .run = waiting_run, .done = waiting_done,
		    .user = command->user },
		.inner = command,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.woken = PTHREAD_COND_INITIALIZER,
	};
	enum err err;

	assert(!this_is_committer);
	if ((err = committer_submit(&waiting.command)) != OK)
		return err;
	pthread_mutex_lock(&waiting.lock);
	while (!waiting.finished)
		pthread_cond_wait(&waiting.woken, &waiting.lock);
	pthread_mutex_unlock(&waiting.lock);
	return waiting.command.err;
}
