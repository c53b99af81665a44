/*
 * What the tests of server/im share: a real store in a directory of its own, a
 * record of what commands touched, and the commands as one-line calls.  Users
 * get names that no other test has.
 */
#ifndef TESTS_IM_FIXTURE_H
#define TESTS_IM_FIXTURE_H

#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/secret.h"
#include "im/account.h"
#include "im/contact.h"
#include "im/conversation.h"
#include "im/message.h"
#include "im/record.h"
#include "im/session.h"
#include "im/soft.h"
#include "store/backup.h"
#include "text/utf8.h"

#define UNUSED __attribute__((unused))
#define TOUCHED_MAX 4096

#define assert_ok(expr) assert_int_equal((expr), OK)

/* One at a time: a store, an arena for all results of a test, what was touched
 * since touched_clear. */
static struct {
	char dir[64];
	struct arena arena;
	pthread_mutex_t lock;
	struct object touched[TOUCHED_MAX];
	size_t n_touched;
	unsigned names;
} fix = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
fix_durable(const struct object *objects, size_t n)
{
	pthread_mutex_lock(&fix.lock);
	for (size_t i = 0; i < n && fix.n_touched < TOUCHED_MAX; i++)
		fix.touched[fix.n_touched++] = objects[i];
	pthread_mutex_unlock(&fix.lock);
}

UNUSED static void
touched_clear(void)
{
	fix.n_touched = 0;
}

static bool
touched_has(struct object want)
{
	for (size_t i = 0; i < fix.n_touched; i++)
		if (fix.touched[i].kind == want.kind &&
		    fix.touched[i].a == want.a && fix.touched[i].b == want.b)
			return true;
	return false;
}

/* Number of different objects touched. */
UNUSED static size_t
touched_count(void)
{
	size_t n = fix.n_touched, count = 0;

	for (fix.n_touched = 0; fix.n_touched < n; fix.n_touched++)
		count += !touched_has(fix.touched[fix.n_touched]);
	return count;
}

/* Touched was exactly this, since the last touched_clear; clears. */
#define assert_touched(...) do { \
	const struct object want_[] = { __VA_ARGS__ }; \
	size_t n_ = sizeof(want_) / sizeof(want_[0]); \
	for (size_t i_ = 0; i_ < n_; i_++) \
		if (!touched_has(want_[i_])) \
			fail_msg("object %zu not touched", i_); \
	assert_int_equal(touched_count(), n_); \
	touched_clear(); \
} while (0)

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
fix_up(void)
{
	struct store_config config = {
		.dir = fix.dir,
		.cache_bytes = 16 << 20,
		.checkpoint_kb = 4096,
		.queue_max = 4096,
		.queue_user_max = 512,
	};
	struct committer_hooks hooks = { .on_durable = fix_durable };

	assert_ok(store_open(&config));
	soft_init();
	assert_ok(committer_start(&hooks));
}

static void
fix_down(void)
{
	soft_flush(true);
	committer_stop();
	soft_fini();
	store_close();
}

UNUSED static void
fix_reopen(void)
{
	fix_down();
	fix_up();
}

UNUSED static int
fix_group_setup(void **state)
{
	(void)state;
	log_set_level(LOG_WARN);
	secret_init();
	strcpy(fix.dir, "/tmp/zhitiao-im-XXXXXX");
	if (mkdtemp(fix.dir) == NULL)
		return -1;
	arena_init(&fix.arena, 0);
	fix_up();
	return 0;
}

/* Whatever a test did, the promises between the tables hold. */
UNUSED static int
fix_group_teardown(void **state)
{
	struct audit audit;

	(void)state;
	fix_down();
	arena_fini(&fix.arena);
	if (store_verify(fix.dir, STDERR_FILENO, &audit) != OK ||
	    audit.faults != 0)
		return -1;
	return nftw(fix.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

UNUSED static int
fix_teardown(void **state)
{
	(void)state;
	arena_fini(&fix.arena);
	touched_clear();
	return 0;
}

/* ---- commands as calls ---- */

UNUSED static enum err
run(struct command *command, enum err (*fn)(struct txn *, struct command *))
{
	command->run = fn;
	return committer_run(command);
}

UNUSED static enum err
try_register(const char *typed, uint64_t *uid)
{
	struct account_register reg = { .password_hash = STR("hash") };
	enum err err;

	err = account_check(&fix.arena, str_c(typed), STR("12345678"), &reg.name,
	    &reg.folded);
	if (err == OK)
		err = run(&reg.command, account_register_run);
	*uid = reg.uid;
	return err;
}

/* A new user; the name is the prefix and a number of fixed width. */
UNUSED static uint64_t
user(const char *prefix)
{
	struct str name = str_fmt(&fix.arena, "%s%05u", prefix, fix.names++);
	uint64_t uid;

	assert_ok(try_register(name.p, &uid));
	return uid;
}

/*
 * What is due is swept, some rows a batch, with whatever is committed.  Time
 * goes on between, for a sweep that ends late puts the next one off.
 */
UNUSED static void
sweep(void)
{
	for (unsigned i = 0; i < 8; i++) {
		clock_advance(60000);
		user("sweep");
	}
}

UNUSED static struct str
name_of(uint64_t uid)
{
	Rec__User *record;

	assert_ok(account_get(NULL, &fix.arena, uid, &record));
	return str_dup(&fix.arena, record_str(record->name));
}

UNUSED static enum err
act(enum contact_action action, uint64_t me, uint64_t peer)
{
	struct contact_change change = { .action = action, .uid = me,
		.peer = peer };

	if (action == CONTACT_REMARK)
		change.remark = STR("remark");
	return run(&change.command, contact_change_run);
}

UNUSED static enum err
ask(uint64_t me, uint64_t peer)
{
	struct contact_change change = { .action = CONTACT_ASK, .uid = me,
		.name = name_of(peer) };
	enum err err = run(&change.command, contact_change_run);

	if (err == OK)
		assert_int_equal(change.peer, peer);
	return err;
}

UNUSED static uint64_t
befriend(uint64_t a, uint64_t b)
{
	uint64_t cid;

	assert_ok(ask(a, b));
	assert_ok(act(CONTACT_ACCEPT, b, a));
	assert_ok(conversation_find(NULL, &fix.arena, a, b, &cid));
	return cid;
}

UNUSED static struct message_send
send_form(uint64_t uid, struct form_id form, struct str text)
{
	struct message_send send = { .uid = uid, .form = form, .text = text };

	send.command.err = run(&send.command, message_send_run);
	if (send.command.err == OK && !send.repeated)
		message_sent_read(&send);
	return send;
}

UNUSED static struct form_id
talk_form(uint64_t cid, uint32_t count)
{
	return (struct form_id){ FORM_TALK, cid, count, true };
}

UNUSED static struct message_send
say(uint64_t uid, uint64_t cid, const char *text)
{
	struct form_id form = { .page = FORM_TALK, .page_id = cid };

	return send_form(uid, form, str_c(text));
}

UNUSED static struct conversation
talk_of(uint64_t cid, uint64_t viewer)
{
	struct conversation talk;

	assert_ok(conversation_get(&fix.arena, cid, viewer, &talk));
	return talk;
}

UNUSED static void
assert_str(struct str s, const char *want)
{
	if (!str_eq(s, str_c(want)))
		fail_msg("\"%.*s\" instead of \"%s\"", STR_ARGS(s), want);
}

#define TEST(fn) cmocka_unit_test_teardown(fn, fix_teardown)

#endif
