#ifndef STORE_TEST_H
#define STORE_TEST_H

/*
 * What the tests of the store share: a store in a directory of its own, and
 * commands put together from a list of steps.
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "store/backup.h"
#include "store/committer.h"
#include "store/internal.h"
#include "store/records.pb-c.h"

#define UNUSED __attribute__((unused))

/* ---- directories ---- */

static UNUSED void
test_dir_make(char out[64])
{
	strcpy(out, "/tmp/zhitiao-test-XXXXXX");
	assert_non_null(mkdtemp(out));
}

static UNUSED void
test_dir_remove(const char *dir)
{
	dir_clear(dir, true);
}

/* Small logs, so that they roll; read by the library at open. */
static UNUSED void
test_dir_config(const char *dir)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/DB_CONFIG", dir);
	assert_non_null(file = fopen(path, "w"));
	fputs("set_lg_bsize 65536\nset_lg_max 1048576\n", file);
	assert_int_equal(fclose(file), 0);
}

/* ---- the store ---- */

static UNUSED enum err
test_store_open(const char *dir)
{
	struct store_config config = { .dir = dir, .cache_bytes = 16 << 20,
		.checkpoint_kb = 4096, .queue_max = 1000,
		.queue_user_max = 1000 };

	return store_open(&config);
}

static UNUSED void
test_start(const char *dir)
{
	struct committer_hooks hooks = { NULL, NULL };

	assert_int_equal(test_store_open(dir), OK);
	assert_int_equal(committer_start(&hooks), OK);
}

static UNUSED void
test_stop(void)
{
	committer_stop();
	store_close();
}

/* ---- commands: up to eight steps, then `answer` ---- */

enum step_kind {
	STEP_END,
	STEP_PUT,
	STEP_INSERT,
	STEP_DEL,
	STEP_EXPIRE,
	STEP_TOUCH
};
struct step {
	enum step_kind kind;
	enum table table;
	struct key key;
	struct str value;
	int64_t wall_ms;
	struct object object;
};

struct steps {
	struct command command;
	struct step step[8];
	enum err answer;  /* what run() says if all steps were OK */
	unsigned runs;	  /* how often it ran */
};

static enum err
step_run(struct txn *txn, const struct step *step)
{
	switch (step->kind) {
	case STEP_PUT:
		return store_put(txn, step->table, step->key, step->value);
	case STEP_INSERT:
		return store_insert(txn, step->table, step->key, step->value);
	case STEP_DEL:
		return store_del(txn, step->table, step->key);
	case STEP_EXPIRE:
		return store_expire_at(txn, step->table, step->key,
		    step->wall_ms);
	case STEP_TOUCH:
		txn_touch(txn, step->object);
		return OK;
	case STEP_END:
		break;
	}
	return OK;
}

static UNUSED enum err
steps_run(struct txn *txn, struct command *command)
{
	struct steps *steps = (struct steps *)command;
	enum err err = OK;

	steps->runs++;
	for (size_t i = 0; i < 8 && steps->step[i].kind != STEP_END; i++) {
		err = step_run(txn, &steps->step[i]);
		if (err != OK)
			return err;
	}
	return steps->answer;
}

static UNUSED enum err
test_step(struct step step)
{
	struct steps steps = { .command = { .run = steps_run },
		.step = { step } };

	return committer_run(&steps.command);
}

static UNUSED enum err
test_put(enum table table, struct key key, struct str value)
{
	return test_step((struct step){ .kind = STEP_PUT, .table = table,
		.key = key, .value = value });
}

static enum err
nothing_run(struct txn *txn, struct command *command)
{
	(void)txn;
	(void)command;
	return OK;
}

/* Returns when all that was queued before is done. */
static UNUSED void
test_barrier(void)
{
	struct command command = { .run = nothing_run, .user = UINT64_MAX };
	enum err err;

	while ((err = committer_run(&command)) == ERR_BUSY)
		sched_yield();
	assert_int_equal(err, OK);
}

static UNUSED bool
test_has(enum table table, struct key key)
{
	enum err err = store_get(NULL, table, key, NULL, NULL);

	assert_true(err == OK || err == ERR_NOT_FOUND);
	return err == OK;
}

#endif
