/*
 * Contacts: all transitions as a table, limits, touched objects.  That a block
 * cannot be told from a removal is in test_im_block.c.
 */
#include "im_fixture.h"

/* Pairs of states, mine first; see server/im/contact.c. */
enum pair_state {
	STRANGERS, EX_FRIENDS, FRIENDS, I_ASKED, ASKED_ME, I_BLOCK, BLOCKS_ME,
	I_BLOCK_ASKER, ASKED_BLOCKER, BOTH_BLOCK, PAIR_STATES
};

static const struct {
	const char *name;
	Rec__Friend__State mine, theirs;
} states[] = {
#define S(x) REC__FRIEND__STATE__##x
	[STRANGERS] = { "strangers", S(NONE), S(NONE) },
	[EX_FRIENDS] = { "ex-friends", S(NONE), S(NONE) },
	[FRIENDS] = { "friends", S(FRIEND), S(FRIEND) },
	[I_ASKED] = { "I asked", S(ASKED), S(ASKED_ME) },
	[ASKED_ME] = { "asked me", S(ASKED_ME), S(ASKED) },
	[I_BLOCK] = { "I block", S(BLOCKED), S(NONE) },
	[BLOCKS_ME] = { "blocks me", S(NONE), S(BLOCKED) },
	[I_BLOCK_ASKER] = { "I block asker", S(BLOCKED), S(ASKED) },
	[ASKED_BLOCKER] = { "asked blocker", S(ASKED), S(BLOCKED) },
	[BOTH_BLOCK] = { "both block", S(BLOCKED), S(BLOCKED) },
#undef S
};

/* By real actions, so that the way to each state is tested, too. */
static void
bring_to(enum pair_state state, uint64_t me, uint64_t peer)
{
	switch (state) {
	case STRANGERS:
		break;
	case FRIENDS:
		befriend(me, peer);
		break;
	case EX_FRIENDS:
		befriend(me, peer);
		assert_ok(act(CONTACT_REMOVE, peer, me));
		break;
	case I_ASKED:
		assert_ok(ask(me, peer));
		break;
	case ASKED_ME:
		assert_ok(ask(peer, me));
		break;
	case I_BLOCK:
		befriend(me, peer);
		assert_ok(act(CONTACT_BLOCK, me, peer));
		break;
	case BLOCKS_ME:
		bring_to(I_BLOCK, peer, me);
		break;
	case I_BLOCK_ASKER:
		assert_ok(ask(peer, me));
		assert_ok(act(CONTACT_BLOCK, me, peer));
		break;
	case ASKED_BLOCKER:
		bring_to(I_BLOCK_ASKER, peer, me);
		break;
	case BOTH_BLOCK:
		bring_to(I_BLOCK, me, peer);
		assert_ok(act(CONTACT_BLOCK, peer, me));
		break;
	case PAIR_STATES:
		fail();
	}
}

static Rec__Friend__State
state_of(uint64_t uid, uint64_t peer)
{
	struct contact contact;

	assert_ok(contact_get(NULL, &fix.arena, uid, peer, &contact));
	return contact.state;
}

enum how { BY_NAME, BY_PEER, ACCEPT, REFUSE, REMOVE, REMARK, BLOCK, UNBLOCK,
	HOWS };
static const char *const how_name[] = { "ask by name", "ask by peer", "accept",
	"refuse", "remove", "remark", "block", "unblock" };

static enum err
do_how(enum how how, uint64_t me, uint64_t peer)
{
	static const enum contact_action action[] = { CONTACT_ASK, CONTACT_ASK,
		CONTACT_ACCEPT, CONTACT_REFUSE, CONTACT_REMOVE, CONTACT_REMARK,
		CONTACT_BLOCK, CONTACT_UNBLOCK };

	return how == BY_NAME ? ask(me, peer) : act(action[how], me, peer);
}

#define NF ERR_NOT_FOUND
/* What comes of it: an error or the state after. */
static const struct {
	enum err err;
	enum pair_state after;
} table[PAIR_STATES][HOWS] = {
	[STRANGERS] = {
		[BY_NAME] = { OK, I_ASKED }, [BY_PEER] = { NF, STRANGERS },
		[ACCEPT] = { NF, STRANGERS }, [REFUSE] = { OK, STRANGERS },
		[REMOVE] = { OK, STRANGERS }, [REMARK] = { NF, STRANGERS },
		[BLOCK] = { NF, STRANGERS }, [UNBLOCK] = { OK, STRANGERS } },
	[EX_FRIENDS] = {
		[BY_NAME] = { OK, I_ASKED }, [BY_PEER] = { OK, I_ASKED },
		[ACCEPT] = { NF, EX_FRIENDS }, [REFUSE] = { OK, EX_FRIENDS },
		[REMOVE] = { OK, EX_FRIENDS }, [REMARK] = { NF, EX_FRIENDS },
		[BLOCK] = { OK, I_BLOCK }, [UNBLOCK] = { OK, EX_FRIENDS } },
	[FRIENDS] = {
		[BY_NAME] = { OK, FRIENDS }, [BY_PEER] = { OK, FRIENDS },
		[ACCEPT] = { OK, FRIENDS }, [REFUSE] = { NF, FRIENDS },
		[REMOVE] = { OK, EX_FRIENDS }, [REMARK] = { OK, FRIENDS },
		[BLOCK] = { OK, I_BLOCK }, [UNBLOCK] = { OK, FRIENDS } },
	[I_ASKED] = {
		[BY_NAME] = { OK, I_ASKED }, [BY_PEER] = { OK, I_ASKED },
		[ACCEPT] = { NF, I_ASKED }, [REFUSE] = { OK, STRANGERS },
		[REMOVE] = { NF, I_ASKED }, [REMARK] = { OK, I_ASKED },
		[BLOCK] = { OK, I_BLOCK }, [UNBLOCK] = { OK, I_ASKED } },
	[ASKED_ME] = {
		[BY_NAME] = { OK, FRIENDS }, [BY_PEER] = { OK, FRIENDS },
		[ACCEPT] = { OK, FRIENDS }, [REFUSE] = { OK, STRANGERS },
		[REMOVE] = { NF, ASKED_ME }, [REMARK] = { OK, ASKED_ME },
		[BLOCK] = { OK, I_BLOCK_ASKER }, [UNBLOCK] = { OK, ASKED_ME } },
	[I_BLOCK] = {
		[BY_NAME] = { NF, I_BLOCK }, [BY_PEER] = { NF, I_BLOCK },
		[ACCEPT] = { NF, I_BLOCK }, [REFUSE] = { NF, I_BLOCK },
		[REMOVE] = { NF, I_BLOCK }, [REMARK] = { OK, I_BLOCK },
		[BLOCK] = { OK, I_BLOCK }, [UNBLOCK] = { OK, EX_FRIENDS } },
	[BLOCKS_ME] = {
		[BY_NAME] = { OK, ASKED_BLOCKER }, [BY_PEER] = { OK, ASKED_BLOCKER },
		[ACCEPT] = { NF, BLOCKS_ME }, [REFUSE] = { OK, BLOCKS_ME },
		[REMOVE] = { OK, BLOCKS_ME }, [REMARK] = { NF, BLOCKS_ME },
		[BLOCK] = { OK, BOTH_BLOCK }, [UNBLOCK] = { OK, BLOCKS_ME } },
	[I_BLOCK_ASKER] = {
		[BY_NAME] = { NF, I_BLOCK_ASKER }, [BY_PEER] = { NF, I_BLOCK_ASKER },
		[ACCEPT] = { NF, I_BLOCK_ASKER }, [REFUSE] = { NF, I_BLOCK_ASKER },
		[REMOVE] = { NF, I_BLOCK_ASKER }, [REMARK] = { OK, I_BLOCK_ASKER },
		[BLOCK] = { OK, I_BLOCK_ASKER }, [UNBLOCK] = { OK, ASKED_ME } },
	[ASKED_BLOCKER] = {
		[BY_NAME] = { OK, ASKED_BLOCKER }, [BY_PEER] = { OK, ASKED_BLOCKER },
		[ACCEPT] = { NF, ASKED_BLOCKER }, [REFUSE] = { OK, BLOCKS_ME },
		[REMOVE] = { NF, ASKED_BLOCKER }, [REMARK] = { OK, ASKED_BLOCKER },
		[BLOCK] = { OK, BOTH_BLOCK }, [UNBLOCK] = { OK, ASKED_BLOCKER } },
	[BOTH_BLOCK] = {
		[BY_NAME] = { NF, BOTH_BLOCK }, [BY_PEER] = { NF, BOTH_BLOCK },
		[ACCEPT] = { NF, BOTH_BLOCK }, [REFUSE] = { NF, BOTH_BLOCK },
		[REMOVE] = { NF, BOTH_BLOCK }, [REMARK] = { OK, BOTH_BLOCK },
		[BLOCK] = { OK, BOTH_BLOCK }, [UNBLOCK] = { OK, BLOCKS_ME } },
};

static void
check_states(uint64_t me, uint64_t peer, enum pair_state want, const char *when)
{
	if (state_of(me, peer) != states[want].mine ||
	    state_of(peer, me) != states[want].theirs)
		fail_msg("%s: %d/%d, not \"%s\"", when, state_of(me, peer),
		    state_of(peer, me), states[want].name);
}

static void
check_transition(enum pair_state before, enum how how)
{
	uint64_t me = user("me"), peer = user("peer");
	struct str when = str_fmt(&fix.arena, "%s, %s", states[before].name,
	    how_name[how]);
	enum err err;

	bring_to(before, me, peer);
	check_states(me, peer, before, states[before].name);
	touched_clear();
	err = do_how(how, me, peer);
	if (err != table[before][how].err)
		fail_msg("%s: %s", when.p, err_name(err));
	check_states(me, peer, table[before][how].after, when.p);
	if (err != OK && touched_count() != 0)
		fail_msg("%s: touched although refused", when.p);
}

static void
test_transitions(void **state)
{
	(void)state;
	for (unsigned s = 0; s < PAIR_STATES; s++)
		for (unsigned how = 0; how < HOWS; how++)
			check_transition(s, how);
}

/* Twice is once: the second changes and touches nothing (a remark aside). */
static void
test_twice(void **state)
{
	static const struct {
		enum pair_state before;
		enum how how;
	} row[] = { { STRANGERS, BY_NAME }, { EX_FRIENDS, BY_PEER },
		{ ASKED_ME, ACCEPT }, { ASKED_ME, REFUSE }, { I_ASKED, REFUSE },
		{ FRIENDS, REMOVE }, { FRIENDS, BLOCK }, { I_BLOCK, UNBLOCK },
		{ I_BLOCK_ASKER, UNBLOCK }, { BLOCKS_ME, BY_NAME } };

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint64_t me = user("me"), peer = user("peer");

		bring_to(row[i].before, me, peer);
		assert_ok(do_how(row[i].how, me, peer));
		touched_clear();
		assert_ok(do_how(row[i].how, me, peer));
		assert_int_equal(touched_count(), 0);
	}
}

static void
test_rows(void **state)
{
	uint64_t me = user("me"), peer = user("peer");
	struct contact row;

	(void)state;
	assert_ok(contact_get(NULL, &fix.arena, me, peer, &row));
	assert_int_equal(row.state, REC__FRIEND__STATE__NONE);
	assert_int_equal(row.uid, peer);
	assert_int_equal(row.name.len, 0);
	befriend(me, peer);
	assert_ok(contact_get(NULL, &fix.arena, me, peer, &row));
	assert_true(str_eq(row.name, name_of(peer)));
	assert_int_equal(row.remark.len, 0);
	assert_true(row.since_ms > 0);
	assert_true(contact_may_see(&row));
	assert_ok(act(CONTACT_REMARK, me, peer));
	assert_ok(contact_get(NULL, &fix.arena, me, peer, &row));
	assert_str(row.remark, "remark");
	assert_ok(contact_get(NULL, &fix.arena, peer, me, &row));
	assert_int_equal(row.remark.len, 0);
}

/* Only friends see presence, whatever else is between them. */
static void
test_may_see(void **state)
{
	struct contact row = { .uid = 1 };

	(void)state;
	for (unsigned s = 0; s <= REC__FRIEND__STATE__BLOCKED; s++) {
		row.state = s;
		assert_int_equal(contact_may_see(&row),
		    s == REC__FRIEND__STATE__FRIEND);
	}
}

static void
test_may_open_and_write(void **state)
{
	static const struct {
		enum pair_state state;
		enum err open, write, write_friends_only;
	} row[] = {
		{ STRANGERS, NF, OK, ERR_NOT_TAKEN },
		{ EX_FRIENDS, OK, OK, ERR_NOT_TAKEN },
		{ FRIENDS, OK, OK, OK },
		{ I_ASKED, OK, OK, ERR_NOT_TAKEN },
		{ ASKED_ME, OK, OK, ERR_NOT_TAKEN },
		{ I_BLOCK, OK, ERR_BLOCKING, ERR_BLOCKING },
		{ BLOCKS_ME, OK, ERR_NOT_TAKEN, ERR_NOT_TAKEN },
		{ I_BLOCK_ASKER, OK, ERR_BLOCKING, ERR_BLOCKING },
		{ ASKED_BLOCKER, OK, ERR_NOT_TAKEN, ERR_NOT_TAKEN },
		{ BOTH_BLOCK, OK, ERR_BLOCKING, ERR_BLOCKING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint64_t me = user("me"), peer = user("peer");
		struct account_prefs rule = { .uid = peer,
			.set = PREFS_WRITE_RULE, .write_rule = 1 };

		bring_to(row[i].state, me, peer);
		assert_int_equal(contact_may_open(&fix.arena, me, peer),
		    row[i].open);
		assert_int_equal(contact_may_write(NULL, &fix.arena, me, peer),
		    row[i].write);
		assert_ok(run(&rule.command, account_prefs_run));
		assert_int_equal(contact_may_write(NULL, &fix.arena, me, peer),
		    row[i].write_friends_only);
	}
}

static void
test_self_and_nobody(void **state)
{
	uint64_t me = user("me");
	struct contact_change change = { .action = CONTACT_ASK, .uid = me,
		.name = STR("nobody-at-all") };

	(void)state;
	assert_int_equal(run(&change.command, contact_change_run),
	    ERR_NO_SUCH_NAME);
	change.name = STR("not a name!");
	assert_int_equal(run(&change.command, contact_change_run),
	    ERR_NO_SUCH_NAME);
	change.name = STR("");
	change.peer = 1 << 30;
	assert_int_equal(run(&change.command, contact_change_run), NF);
	assert_int_equal(ask(me, me), ERR_SELF);
	for (unsigned how = BY_PEER; how < HOWS; how++)
		assert_int_equal(do_how(how, me, me), ERR_SELF);
	assert_int_equal(contact_may_write(NULL, &fix.arena, me, me), ERR_SELF);
	assert_int_equal(contact_may_write(NULL, &fix.arena, me, 1 << 30), NF);
	assert_int_equal(contact_may_open(&fix.arena, me, me), NF);
	assert_int_equal(contact_may_open(&fix.arena, me, 1 << 30), NF);
}

/* The name may be typed in any form that folds to it. */
static void
test_ask_by_folded_name(void **state)
{
	uint64_t me = user("me"), peer;
	struct contact_change change = { .action = CONTACT_ASK, .uid = me,
		.name = STR("ｋÜHN") };

	(void)state;
	assert_ok(try_register("Kühn", &peer));
	assert_ok(run(&change.command, contact_change_run));
	assert_int_equal(change.peer, peer);
	assert_false(change.friends_now);
}

/* A rerun after a deadlock finds the out-fields of the run before. */
static void
test_rerun_is_pure(void **state)
{
	uint64_t me = user("me"), peer = user("peer");
	struct contact_change change = { .action = CONTACT_ASK, .uid = me,
		.name = name_of(peer), .friends_now = true, .peer = 1 << 30 };

	(void)state;
	assert_ok(run(&change.command, contact_change_run));
	assert_int_equal(change.peer, peer);
	assert_false(change.friends_now);
}

static void
test_crossing_requests(void **state)
{
	uint64_t me = user("me"), peer = user("peer"), cid;
	struct contact_change change = { .action = CONTACT_ASK, .uid = me,
		.name = name_of(peer) };

	(void)state;
	assert_ok(ask(peer, me));
	assert_ok(run(&change.command, contact_change_run));
	assert_true(change.friends_now);
	assert_ok(conversation_find(NULL, &fix.arena, peer, me, &cid));
}

static enum err
set_remark(uint64_t me, uint64_t peer, struct str remark)
{
	struct contact_change change = { .action = CONTACT_REMARK, .uid = me,
		.peer = peer, .remark = remark };

	return run(&change.command, contact_change_run);
}

static void
test_remark_chars(void **state)
{
	uint64_t me = user("me"), peer = user("peer");
	char text[33 * 4];
	struct contact row;

	(void)state;
	befriend(me, peer);
	for (size_t i = 0; i < 33; i++)
		memcpy(text + 4 * i, "😀", 4);
	assert_ok(set_remark(me, peer, (struct str){ text, 128 }));
	assert_int_equal(set_remark(me, peer, (struct str){ text, 132 }),
	    ERR_TEXT_LONG);
	memset(text, 'x', sizeof(text));
	assert_int_equal(set_remark(me, peer, (struct str){ text, 33 }),
	    ERR_TEXT_LONG);
	assert_ok(contact_get(NULL, &fix.arena, me, peer, &row));
	assert_int_equal(row.remark.len, 128);
	assert_ok(set_remark(me, peer, STR("")));
	assert_ok(contact_get(NULL, &fix.arena, me, peer, &row));
	assert_int_equal(row.remark.len, 0);
}

/* Rows with users that need not exist, as one command; NONE deletes them. */
struct fill {
	struct command command;
	uint64_t uid, first;
	unsigned n;
	Rec__Friend__State state;
};

static enum err
fill_run(struct txn *txn, struct command *command)
{
	struct fill *fill = (struct fill *)command;
	Rec__Friend row = REC__FRIEND__INIT;
	enum err err = OK;

	row.state = fill->state;
	for (unsigned i = 0; err == OK && i < fill->n; i++) {
		struct key key = KEY2(fill->uid, fill->first + i);

		err = row.state == REC__FRIEND__STATE__NONE ?
		    store_del(txn, T_FRIEND, key) :
		    store_put_record(txn, T_FRIEND, key, &row.base);
	}
	return err;
}

static void
fill_rows(uint64_t uid, uint64_t first, unsigned n, Rec__Friend__State how)
{
	struct fill fill = { .uid = uid, .first = first, .n = n, .state = how };

	assert_ok(run(&fill.command, fill_run));
}

static void
test_limits(void **state)
{
	uint64_t me = user("me"), peer = user("peer"), full = user("full");
	uint64_t far = 1 << 20;
	struct contact *list;
	size_t n;

	(void)state;
	fill_rows(me, far, CONTACT_ASKED_MAX - 1, REC__FRIEND__STATE__ASKED);
	assert_ok(ask(me, peer));
	assert_int_equal(ask(me, full), ERR_LIMIT);
	assert_ok(act(CONTACT_REFUSE, me, peer));
	assert_ok(ask(me, full));

	fill_rows(full, far, CONTACT_MAX - 1, REC__FRIEND__STATE__FRIEND);
	assert_ok(contact_list(&fix.arena, full, &list, &n));
	assert_int_equal(n, CONTACT_MAX);
	assert_int_equal(ask(full, peer), ERR_LIMIT);
	assert_int_equal(ask(peer, full), ERR_LIMIT);
	assert_ok(act(CONTACT_ACCEPT, full, me));
	assert_ok(act(CONTACT_BLOCK, full, me));
	assert_ok(act(CONTACT_UNBLOCK, full, me));
	fill_rows(me, far, CONTACT_ASKED_MAX, REC__FRIEND__STATE__NONE);
	fill_rows(full, far, CONTACT_MAX, REC__FRIEND__STATE__NONE);
}

/* A blocked asker of a full list gets the answer that any other would get. */
static void
test_limit_hides_block(void **state)
{
	uint64_t full = user("full"), blocked = user("me"), ex = user("me");

	(void)state;
	bring_to(I_BLOCK, full, blocked);
	bring_to(EX_FRIENDS, full, ex);
	fill_rows(full, 1 << 20, CONTACT_MAX - 1, REC__FRIEND__STATE__FRIEND);
	assert_int_equal(ask(ex, full), ERR_LIMIT); /* the blocked row counts */
	assert_ok(ask(blocked, full));
	assert_ok(act(CONTACT_REFUSE, blocked, full));
	fill_rows(full, 1 << 21, 1, REC__FRIEND__STATE__FRIEND);
	assert_int_equal(ask(blocked, full), ERR_LIMIT);
	fill_rows(full, 1 << 20, CONTACT_MAX, REC__FRIEND__STATE__NONE);
	fill_rows(full, 1 << 21, 1, REC__FRIEND__STATE__NONE);
}

static void
test_list(void **state)
{
	uint64_t me = user("me"), a = user("a"), b = user("b"), c = user("c");
	struct contact *list;
	size_t n;

	(void)state;
	assert_ok(contact_list(&fix.arena, me, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(ask(c, me));
	befriend(me, a);
	assert_ok(ask(me, b));
	assert_ok(contact_list(&fix.arena, me, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].uid, a);
	assert_int_equal(list[1].uid, b);
	assert_int_equal(list[2].uid, c);
	assert_int_equal(list[0].state, REC__FRIEND__STATE__FRIEND);
	assert_int_equal(list[1].state, REC__FRIEND__STATE__ASKED);
	assert_int_equal(list[2].state, REC__FRIEND__STATE__ASKED_ME);
	assert_true(str_eq(list[2].name, name_of(c)));
}

static void
test_touched(void **state)
{
	uint64_t me = user("me"), peer = user("peer"), cid;

	(void)state;
	touched_clear();
	assert_ok(ask(me, peer));
	assert_touched({ OBJ_FRIENDS, me, 0 }, { OBJ_FRIENDS, peer, 0 },
	    { OBJ_BAR, peer, 0 });
	assert_ok(act(CONTACT_REFUSE, me, peer));
	assert_touched({ OBJ_FRIENDS, me, 0 }, { OBJ_FRIENDS, peer, 0 },
	    { OBJ_BAR, peer, 0 });
	assert_ok(ask(me, peer));
	touched_clear();
	assert_ok(act(CONTACT_ACCEPT, peer, me));
	assert_ok(conversation_find(NULL, &fix.arena, me, peer, &cid));
#define RELATION { OBJ_FRIENDS, me, 0 }, { OBJ_FRIENDS, peer, 0 }, \
	{ OBJ_INBOX, me, 0 }, { OBJ_INBOX, peer, 0 }, \
	{ OBJ_PRESENCE, me, 0 }, { OBJ_PRESENCE, peer, 0 }, \
	{ OBJ_MEMBER, cid, me }, { OBJ_MEMBER, cid, peer }
	assert_touched(RELATION, { OBJ_BAR, peer, 0 }, { OBJ_TALKS, me, 0 },
	    { OBJ_TALKS, peer, 0 });
	assert_ok(act(CONTACT_REMARK, me, peer));
	assert_touched({ OBJ_FRIENDS, me, 0 }, { OBJ_INBOX, me, 0 },
	    { OBJ_MEMBER, cid, me });
	assert_ok(act(CONTACT_REMOVE, me, peer));
	assert_touched(RELATION);
	befriend(me, peer);
	touched_clear();
	assert_ok(act(CONTACT_BLOCK, me, peer));
	assert_touched(RELATION);
#undef RELATION
	/* The blocker hears nothing of a request, nor the asker of its end. */
	assert_ok(ask(peer, me));
	assert_touched({ OBJ_FRIENDS, peer, 0 });
	assert_ok(act(CONTACT_UNBLOCK, me, peer));
	assert_touched({ OBJ_FRIENDS, me, 0 }, { OBJ_INBOX, me, 0 },
	    { OBJ_BAR, me, 0 }, { OBJ_MEMBER, cid, me },
	    { OBJ_MEMBER, cid, peer });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_transitions),
		TEST(test_twice),
		TEST(test_rows),
		TEST(test_may_see),
		TEST(test_may_open_and_write),
		TEST(test_self_and_nobody),
		TEST(test_ask_by_folded_name),
		TEST(test_rerun_is_pure),
		TEST(test_crossing_requests),
		TEST(test_remark_chars),
		TEST(test_limits),
		TEST(test_limit_hides_block),
		TEST(test_list),
		TEST(test_touched),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
