/* Imports: whichever file of two people comes first, the rows of both end as
 * they were; what is known already is not made less. */
#include "im_fixture.h"

#include "im/import.h"

#define NONE REC__FRIEND__STATE__NONE
#define FRIEND REC__FRIEND__STATE__FRIEND
#define ASKED REC__FRIEND__STATE__ASKED
#define ASKED_ME REC__FRIEND__STATE__ASKED_ME
#define BLOCKED REC__FRIEND__STATE__BLOCKED

static Rec__Friend__State
state_of(uint64_t uid, uint64_t peer)
{
	struct contact contact;

	assert_ok(contact_get(NULL, &fix.arena, uid, peer, &contact));
	return contact.state;
}

static bool
bring(uint64_t uid, uint64_t peer, Rec__Friend__State state, int64_t since_ms)
{
	struct import_contact in = { .uid = uid, .peer = peer, .state = state,
		.since_ms = since_ms };

	if (state == NONE) /* no row, so none in the file */
		return false;
	assert_ok(run(&in.command, import_contact_run));
	return in.changed;
}

/* All pairs of states that there can be (store/promises.c). */
static const struct {
	Rec__Friend__State a, b;
} pairs[] = {
	{ FRIEND, FRIEND }, { ASKED, ASKED_ME }, { ASKED_ME, ASKED },
	{ BLOCKED, NONE }, { NONE, BLOCKED }, { BLOCKED, ASKED },
	{ ASKED, BLOCKED }, { BLOCKED, BLOCKED },
};

static void
test_either_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(pairs) / sizeof(pairs[0]); i++) {
		uint64_t a = user("a"), b = user("b");
		Rec__Friend__State first = pairs[i / 2].a, second = pairs[i / 2].b;
		struct contact contact;

		if (i % 2 == 0) {
			bring(a, b, first, 5);
			bring(b, a, second, 7);
		} else {
			bring(b, a, second, 7);
			bring(a, b, first, 5);
		}
		assert_int_equal(state_of(a, b), first);
		assert_int_equal(state_of(b, a), second);
		assert_ok(contact_get(NULL, &fix.arena, a, b, &contact));
		assert_int_equal(contact.since_ms, first == NONE ? 0 : 5);
		assert_false(bring(a, b, first, 5));
		assert_false(bring(b, a, second, 7));
	}
}

static void
test_what_is_known_stays(void **state)
{
	uint64_t a = user("a"), b = user("b");

	(void)state;
	bring(a, b, FRIEND, 5);
	assert_false(bring(a, b, ASKED, 9));
	assert_false(bring(b, a, BLOCKED, 9));
	assert_int_equal(state_of(a, b), FRIEND);
	assert_int_equal(state_of(b, a), FRIEND);
}

static void
test_messages_join(void **state)
{
	uint64_t a = user("a"), b = user("b");
	struct import_talk talk = { .uid = a, .peer = b, .since_ms = 3 };
	struct message list[] = { { 1, a, 10, STR("one") },
		{ 2, b, 11, STR("two") }, { 4, b, 13, STR("four") } };
	struct import_messages in = { .list = list, .n = 2 };
	struct conversation seen;

	(void)state;
	assert_ok(run(&talk.command, import_talk_run));
	assert_true(talk.made);
	in.cid = talk.cid;
	assert_ok(run(&in.command, import_messages_run));
	assert_int_equal(in.fresh, 2);
	assert_ok(run(&in.command, import_messages_run));
	assert_int_equal(in.fresh, 0);

	in.list = &list[2]; /* 4 behind 2 */
	in.n = 1;
	assert_int_equal(run(&in.command, import_messages_run), ERR_REQUEST);
	list[1].text = STR("TWO");
	in.list = list;
	in.n = 2;
	assert_int_equal(import_compare(&fix.arena, &in), ERR_EXISTS);
	assert_int_equal(in.differs, 2);
	assert_int_equal(run(&in.command, import_messages_run), ERR_EXISTS);

	assert_ok(conversation_get(&fix.arena, talk.cid, a, &seen));
	assert_int_equal(seen.last_seq, 2);
	assert_int_equal(seen.last_ms, 11);
	assert_str(seen.snippet, "two");
}

static void
test_a_read_mark_ends_at_the_head(void **state)
{
	uint64_t a = user("a"), b = user("b");
	struct import_talk talk = { .uid = a, .peer = b };
	struct message one = { 1, b, 10, STR("one") };
	struct import_messages in = { .list = &one, .n = 1 };
	struct import_read read = { .uid = a, .seq = 9 };
	struct conversation seen;

	(void)state;
	assert_ok(run(&talk.command, import_talk_run));
	in.cid = read.cid = talk.cid;
	assert_ok(run(&in.command, import_messages_run));
	assert_ok(run(&read.command, import_read_run));
	assert_ok(conversation_get(&fix.arena, talk.cid, a, &seen));
	assert_int_equal(seen.read_seq, 1);
}

/* Pages of talks that are here already: who may write has changed. */
static void
test_talks_hear_of_it(void **state)
{
	uint64_t a = user("a"), cid;
	Rec__Prefs prefs = REC__PREFS__INIT;
	struct import_user owner = { .name = STR("fromfile") };
	struct import_talk talk = { .uid = a };

	(void)state;
	assert_ok(run(&owner.command, import_user_run));
	talk.peer = owner.uid;
	assert_ok(run(&talk.command, import_talk_run));
	cid = talk.cid;

	touched_clear();
	prefs.write_rule = 1;
	owner.prefs = &prefs;
	assert_ok(run(&owner.command, import_user_run));
	assert_true(touched_has((struct object){ OBJ_MEMBER, cid, a }));

	touched_clear();
	assert_true(bring(a, owner.uid, FRIEND, 5));
	assert_true(touched_has((struct object){ OBJ_MEMBER, cid, a }));
	assert_true(touched_has((struct object){ OBJ_MEMBER, cid, owner.uid }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_either_order), TEST(test_what_is_known_stays),
		TEST(test_messages_join), TEST(test_a_read_mark_ends_at_the_head),
		TEST(test_talks_hear_of_it),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
