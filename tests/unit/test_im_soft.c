/*
 * Talks as their members see them and the soft state behind: read marks and
 * activity only move forward, survive a flush and a new start.
 */
#include "im_fixture.h"

static uint32_t
stored_read(uint64_t cid, uint64_t uid)
{
	Rec__Member *member;

	assert_ok(conversation_member(NULL, &fix.arena,
	    (struct member_id){ cid, uid }, &member));
	return member->read_seq;
}

static int64_t
stored_seen(uint64_t uid)
{
	Rec__User *record;

	assert_ok(account_get(NULL, &fix.arena, uid, &record));
	return record->seen_ms;
}

/* Talks with something unread but `except`, and the messages in them. */
struct unread {
	unsigned talks, messages;
};

static struct unread
unread_of(uint64_t uid, uint64_t except)
{
	struct unread unread = { 0 };
	struct conversation *talk;
	size_t n;

	assert_ok(conversation_list(&fix.arena, uid, &talk, &n));
	for (size_t i = 0; i < n; i++) {
		if (talk[i].cid == except || talk[i].read_seq == talk[i].last_seq)
			continue;
		unread.talks++;
		unread.messages += talk[i].last_seq - talk[i].read_seq;
	}
	return unread;
}

/* ---- marks ---- */

static void
test_mark_moves_forward(void **state)
{
	uint32_t was = 99;

	(void)state;
	assert_int_equal(soft_read_get(1, 900, 3), 3);
	assert_true(soft_read(1, 900, 5, 3, &was));
	assert_int_equal(was, 3);
	assert_false(soft_read(1, 900, 4, 3, &was));
	assert_int_equal(was, 5);
	assert_false(soft_read(1, 900, 5, 3, NULL));
	assert_int_equal(soft_read_get(1, 900, 3), 5);
	/* The store may know more. */
	assert_int_equal(soft_read_get(1, 900, 8), 8);
	assert_false(soft_read(1, 900, 7, 8, &was));
	assert_int_equal(was, 8);
	assert_true(soft_read(1, 900, 9, 8, NULL));
	/* Others' marks are others'. */
	assert_int_equal(soft_read_get(2, 900, 0), 0);
	assert_int_equal(soft_read_get(1, 901, 0), 0);
}

static void
test_survives_restart(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	say(a, cid, "1");
	say(a, cid, "2");
	assert_true(soft_read(b, cid, 2, 0, NULL));
	assert_int_equal(stored_read(cid, b), 0);
	assert_int_equal(talk_of(cid, b).read_seq, 2);
	touched_clear();
	soft_flush(true);
	assert_int_equal(touched_count(), 0);
	assert_int_equal(stored_read(cid, b), 2);
	fix_reopen();
	assert_int_equal(talk_of(cid, b).read_seq, 2);
}

/* What is stored is never lowered, by whatever order commands arrive in. */
static void
test_store_moves_forward(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		say(a, cid, "x");
	soft_read(b, cid, 5, 0, NULL);
	soft_flush(true);
	/* A page that read the store long ago believes in 0. */
	soft_fini();
	soft_init();
	assert_true(soft_read(b, cid, 3, 0, NULL));
	soft_flush(true);
	assert_int_equal(stored_read(cid, b), 5);
	assert_int_equal(talk_of(cid, b).read_seq, 5);
}

/* A written mark stays for a while, then goes; the store has it. */
static void
test_idle_marks_are_dropped(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	say(a, cid, "x");
	soft_read(b, cid, 1, 0, NULL);
	soft_flush(true);
	soft_flush(true);
	assert_int_equal(soft_read_get(b, cid, 0), 1);
	soft_flush(true);
	assert_int_equal(soft_read_get(b, cid, 0), 0);
	assert_int_equal(talk_of(cid, b).read_seq, 1);
}

static void
test_seen(void **state)
{
	uint64_t uid = user("seen");
	int64_t now = clock_wall_ms() + 1000;
	struct session_open in = { .uid = uid, .kind = SESSION_COOKIE,
		.hash = session_hash_of(name_of(uid)) };
	Rec__Session *row;

	(void)state;
	assert_ok(run(&in.command, session_open_run));
	soft_seen(uid, &in.hash, now);
	soft_seen(uid, &in.hash, now - 500);
	soft_seen(uid, NULL, now + 7);
	assert_int_equal(soft_session_used(&in.hash, 5), now);
	assert_int_equal(soft_session_used(&in.hash, now + 1), now + 1);
	soft_flush(true);
	assert_int_equal(stored_seen(uid), now + 7);
	assert_ok(session_get(&fix.arena, &in.hash, &row));
	assert_int_equal(row->used_ms, now);
	assert_int_equal(row->expires_ms,
	    now + SESSION_COOKIE_IDLE_MS + SESSION_KEEP_MS);
}

/* More marks than one command may write; strangers' marks do no harm. */
static void
test_many_marks(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	say(a, cid, "x");
	for (uint64_t other = 1 << 20; other < (1 << 20) + 5000; other++)
		soft_read(b, other, 9, 0, NULL);
	for (uint64_t other = 1 << 20; other < (1 << 20) + 5000; other++)
		assert_int_equal(soft_read_get(b, other, 0), 9);
	soft_read(b, cid, 1, 0, NULL);
	soft_flush(true);
	assert_int_equal(stored_read(cid, b), 1);
	for (unsigned i = 0; i < 3; i++)
		soft_flush(true);
	assert_int_equal(soft_read_get(b, 1 << 20, 0), 0);
}

/* A stopped committer loses nothing: the marks are due again. */
static void
test_refused_stays_due(void **state)
{
	static const struct committer_hooks hooks = { .on_durable = fix_durable };
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	say(a, cid, "x");
	soft_read(b, cid, 1, 0, NULL);
	committer_stop();
	soft_flush(true);
	soft_flush(true);
	soft_flush(true);
	assert_int_equal(soft_read_get(b, cid, 0), 1);
	assert_ok(committer_start(&hooks));
	soft_flush(true);
	assert_int_equal(stored_read(cid, b), 1);
}

struct reader {
	pthread_t thread;
	uint64_t uid, cid;
	int64_t from_ms;
	bool went_back;
};

static void *
reader_main(void *arg)
{
	struct reader *self = arg;
	uint32_t last = 0, now;

	for (uint32_t seq = 1; seq <= 20000; seq++) {
		soft_read(self->uid, self->cid, seq, 0, NULL);
		soft_seen(self->uid, NULL, self->from_ms + seq);
		now = soft_read_get(self->uid, self->cid, 0);
		self->went_back |= now < last || now < seq;
		last = now;
	}
	return NULL;
}

/* Marks move while they are flushed; one entry between two threads, too. */
static void
test_flush_beside_readers(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);
	struct reader reader[3] = { { .uid = a }, { .uid = b }, { .uid = b } };
	int64_t from_ms = clock_wall_ms() + 1000000;

	(void)state;
	say(a, cid, "x");
	for (size_t i = 0; i < 3; i++) {
		reader[i].cid = cid;
		reader[i].from_ms = from_ms;
		pthread_create(&reader[i].thread, NULL, reader_main, &reader[i]);
	}
	for (unsigned i = 0; i < 10; i++)
		soft_flush(false);
	for (size_t i = 0; i < 3; i++) {
		pthread_join(reader[i].thread, NULL);
		assert_false(reader[i].went_back);
	}
	soft_flush(true);
	assert_int_equal(stored_seen(a), from_ms + 20000);
	assert_int_equal(stored_seen(b), from_ms + 20000);
	/* A mark beyond the head is not stored: it would hide news. */
	assert_int_equal(stored_read(cid, b), 1);
}

/* ---- talks ---- */

static void
test_get(void **state)
{
	uint64_t a = user("a"), b = user("b"), c = user("c");
	uint64_t cid = befriend(a, b);
	struct conversation talk = talk_of(cid, a);

	(void)state;
	assert_int_equal(talk.cid, cid);
	assert_int_equal(talk.peer, b);
	assert_true(str_eq(talk.name, name_of(b)));
	assert_int_equal(talk.remark.len, 0);
	assert_int_equal(talk.last_seq, 0);
	assert_ok(act(CONTACT_REMARK, a, b));
	assert_str(talk_of(cid, a).remark, "remark");
	assert_int_equal(talk_of(cid, b).remark.len, 0);
	assert_int_equal(talk_of(cid, b).peer, a);
	assert_int_equal(conversation_get(&fix.arena, cid, c, &talk),
	    ERR_NOT_FOUND);
	assert_int_equal(conversation_get(&fix.arena, 1 << 30, a, &talk),
	    ERR_NOT_FOUND);
	assert_int_equal(conversation_find(NULL, &fix.arena, a, c, &cid),
	    ERR_NOT_FOUND);
}

static void
test_unread_numbers(void **state)
{
	uint64_t me = user("me"), a = user("a"), b = user("b"), c = user("c");
	uint64_t ma = befriend(me, a), mb = befriend(me, b);
	struct unread unread;

	(void)state;
	befriend(me, c);
	unread = unread_of(me, 0);
	assert_int_equal(unread.talks, 0);
	say(a, ma, "1");
	say(a, ma, "2");
	say(b, mb, "1");
	unread = unread_of(me, 0);
	assert_int_equal(unread.talks, 2);
	assert_int_equal(unread.messages, 3);
	unread = unread_of(me, ma);
	assert_int_equal(unread.talks, 1);
	assert_int_equal(unread.messages, 1);
	soft_read(me, ma, 1, 0, NULL);
	assert_int_equal(unread_of(me, 0).messages, 2);
	soft_read(me, ma, 2, 0, NULL);
	assert_int_equal(unread_of(me, 0).messages, 1);
	assert_int_equal(unread_of(a, 0).messages, 0);
	/* A mark ahead of the head that a reader saw is no unread number. */
	soft_read(me, mb, 7, 0, NULL);
	assert_int_equal(unread_of(me, 0).talks, 0);
	assert_int_equal(talk_of(mb, me).read_seq, 1);
}

/* Own messages are read, unless something of the other stands before them. */
static void
test_own_messages_are_read(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	say(a, cid, "1");
	say(a, cid, "2");
	assert_int_equal(unread_of(a, 0).messages, 0);
	say(b, cid, "3: answer without having read");
	assert_int_equal(unread_of(b, 0).messages, 3);
	assert_int_equal(unread_of(a, 0).messages, 1);
	soft_read(b, cid, 3, 0, NULL);
	say(b, cid, "4");
	assert_int_equal(unread_of(b, 0).messages, 0);
	assert_int_equal(unread_of(a, 0).messages, 2);
	/* Even if memory is lost without a flush. */
	soft_fini();
	soft_init();
	assert_int_equal(unread_of(b, 0).messages, 0);
}

static void
test_list_order(void **state)
{
	uint64_t me = user("me"), a = user("a"), b = user("b"), c = user("c");
	uint64_t ma = befriend(me, a), mb, mc;
	struct conversation *list;
	size_t n;

	(void)state;
	clock_advance(10);
	mb = befriend(me, b);
	clock_advance(10);
	mc = befriend(me, c);
	clock_advance(10);
	say(a, ma, "newest");
	assert_ok(act(CONTACT_REMARK, me, a));
	assert_ok(conversation_list(&fix.arena, me, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].cid, ma);
	assert_str(list[0].snippet, "newest");
	assert_str(list[0].remark, "remark");
	assert_int_equal(list[0].last_seq, 1);
	assert_int_equal(list[0].read_seq, 0);
	assert_int_equal(list[1].cid, mc);
	assert_int_equal(list[2].cid, mb);
	assert_true(str_eq(list[2].name, name_of(b)));
	assert_ok(conversation_list(&fix.arena, user("alone"), &list, &n));
	assert_int_equal(n, 0);
}

struct make {
	struct command command;
	uint64_t a, b, cid;
};

static enum err
make_run(struct txn *txn, struct command *command)
{
	struct make *make = (struct make *)command;

	return conversation_make(txn, make->a, make->b, &make->cid);
}

static void
test_make(void **state)
{
	struct make make = { .a = user("a"), .b = user("b") };
	uint64_t cid;

	(void)state;
	touched_clear();
	assert_ok(run(&make.command, make_run));
	cid = make.cid;
	assert_touched({ OBJ_INBOX, make.a, 0 }, { OBJ_INBOX, make.b, 0 },
	    { OBJ_TALKS, make.a, 0 }, { OBJ_TALKS, make.b, 0 },
	    { OBJ_MEMBER, cid, make.a }, { OBJ_MEMBER, cid, make.b });
	make = (struct make){ .a = make.b, .b = make.a };
	assert_ok(run(&make.command, make_run));
	assert_int_equal(make.cid, cid);
	assert_int_equal(touched_count(), 0);
	make.b = make.a;
	assert_int_equal(run(&make.command, make_run), ERR_SELF);
	make.b = 1 << 30;
	assert_int_equal(run(&make.command, make_run), ERR_NOT_FOUND);
	assert_int_equal(conversation_find(NULL, &fix.arena, make.a, make.b,
	    &cid), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mark_moves_forward),
		TEST(test_survives_restart),
		TEST(test_store_moves_forward),
		TEST(test_idle_marks_are_dropped),
		TEST(test_seen),
		TEST(test_many_marks),
		TEST(test_refused_stays_due),
		TEST(test_flush_beside_readers),
		TEST(test_get),
		TEST(test_unread_numbers),
		TEST(test_own_messages_are_read),
		TEST(test_list_order),
		TEST(test_make),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
