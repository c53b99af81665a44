#ifndef STORE_COMMITTER_H
#define STORE_COMMITTER_H

#include "base/clock.h"
#include "store/store.h"

/*
 * One thread runs every write.  It takes what is queued (at most 127), runs
 * each command in a child transaction, commits the parent with
 * DB_TXN_WRITE_NOSYNC, flushes the log once, hands the touched objects to
 * `on_durable`, then calls done() of each command.  A command that returns an
 * error is aborted alone and touches nothing.  A deadlock aborts the parent and
 * reruns the whole batch, so run() must be pure: it may change only its own
 * out-fields, which each run sets anew.
 */
struct command {
	/* Filled by the caller; the struct must live until done(). */
	enum err (*run)(struct txn *txn, struct command *command);
	void (*done)(struct command *command); /* committer thread; must be short */
	void *owner;
	uint64_t user; /* for the share of the queue */
	/* Set before done(): OK means durable. */
	enum err err;
	struct command *next; /* the committer's, both */
	int64_t submitted_us;
};

/* `on_durable` and `on_batch_end` run on the committer thread; the latter after
 * the done() calls of a batch, so that resumes can be handed over together. */
struct committer_hooks {
	void (*on_durable)(const struct object *objects, size_t n);
	void (*on_batch_end)(void);
};
enum err committer_start(const struct committer_hooks *hooks) MUST_USE;
/* Refuses new commands, runs all queued ones, joins. */
void committer_stop(void);

/* ERR_BUSY when the queue or the user's share is full: done() is not called.
 * Never blocks. */
enum err committer_submit(struct command *command) MUST_USE;
/* For start-up, the control socket and tests: submits and waits. */
enum err committer_run(struct command *command) MUST_USE;

/* ---- inside run() ---- */
int64_t txn_now_ms(const struct txn *txn);	/* one wall time per batch */
struct arena *txn_arena(struct txn *txn);	/* lives until the batch ends */
void txn_touch(struct txn *txn, struct object object);

#endif
