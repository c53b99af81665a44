/*
 * A block cannot be told from "removed me and takes messages from friends
 * only".  Two worlds are brought to the same point; in one the peer blocks, in
 * the other it does the harmless thing.  From then on the blocked side does the
 * same in both, and everything it can read or is answered is compared.
 */
#include "im_fixture.h"

struct world {
	uint64_t me, peer, friend; /* `friend`: of mine, uninvolved */
	uint64_t cid;		   /* 0: no talk */
};

enum start { WERE_FRIENDS, WERE_EX_FRIENDS, HAD_ASKED, WAS_ASKED, STARTS };

static struct world
world_new(enum start start)
{
	struct world world = { user("me"), user("peer"), user("friend"), 0 };

	befriend(world.me, world.friend);
	switch (start) {
	case WERE_FRIENDS:
	case WERE_EX_FRIENDS:
		world.cid = befriend(world.me, world.peer);
		say(world.peer, world.cid, "hello");
		say(world.me, world.cid, "hello too");
		say(world.peer, world.cid, "unread");
		assert_ok(act(CONTACT_REMARK, world.me, world.peer));
		if (start == WERE_EX_FRIENDS)
			assert_ok(act(CONTACT_REMOVE, world.me, world.peer));
		break;
	case HAD_ASKED:
		assert_ok(ask(world.me, world.peer));
		break;
	case WAS_ASKED:
		assert_ok(ask(world.peer, world.me));
		break;
	case STARTS:
		fail();
	}
	return world;
}

/* An open request of mine is simply never answered. */
static void
harmless(enum start start, const struct world *world)
{
	struct account_prefs rule = { .uid = world->peer,
		.set = PREFS_WRITE_RULE, .write_rule = 1 };

	if (start == WERE_FRIENDS)
		assert_ok(act(CONTACT_REMOVE, world->peer, world->me));
	if (start == WAS_ASKED)
		assert_ok(act(CONTACT_REFUSE, world->peer, world->me));
	assert_ok(run(&rule.command, account_prefs_run));
}

/* ---- all that `me` can read, as text in which the worlds look alike ---- */

/* Users and talks by role, names without their numbers. */
static const char *
role(const struct world *world, uint64_t uid)
{
	return uid == world->me ? "me" : uid == world->peer ? "peer" :
	    uid == world->friend ? "friend" : "?";
}

static struct str
stem(struct str name)
{
	while (name.len > 0 && name.p[name.len - 1] >= '0' &&
	    name.p[name.len - 1] <= '9')
		name.len--;
	return name;
}

static void
see_contacts(const struct world *world, struct sbuf *out)
{
	struct contact row, *list;
	size_t n;

	assert_ok(contact_get(NULL, &fix.arena, world->me, world->peer, &row));
	sbuf_fmt(out, "row %d %.*s %.*s see %d since %d\n", row.state,
	    STR_ARGS(stem(row.name)), STR_ARGS(row.remark),
	    contact_may_see(&row), row.since_ms != 0);
	assert_ok(contact_list(&fix.arena, world->me, &list, &n));
	for (size_t i = 0; i < n; i++)
		sbuf_fmt(out, "listed %s %d %.*s %.*s\n",
		    role(world, list[i].uid), list[i].state,
		    STR_ARGS(stem(list[i].name)), STR_ARGS(list[i].remark));
	sbuf_fmt(out, "write %s open %s\n",
	    err_name(contact_may_write(NULL, &fix.arena, world->me, world->peer)),
	    err_name(contact_may_open(&fix.arena, world->me, world->peer)));
}

static void
see_talk(const struct world *world, const struct conversation *talk,
    struct sbuf *out)
{
	sbuf_fmt(out, "talk %s %.*s %.*s last %u read %u sends %u by %s: %.*s\n",
	    role(world, talk->peer), STR_ARGS(stem(talk->name)),
	    STR_ARGS(talk->remark), talk->last_seq, talk->read_seq,
	    talk->send_count, role(world, talk->last_sender),
	    STR_ARGS(talk->snippet));
}

static void
see_talks(const struct world *world, struct sbuf *out)
{
	struct conversation talk, *list;
	struct message *message;
	uint64_t cid;
	size_t n;

	sbuf_fmt(out, "find %s\n", err_name(conversation_find(NULL, &fix.arena,
	    world->me, world->peer, &cid)));
	assert_ok(conversation_list(&fix.arena, world->me, &list, &n));
	for (size_t i = 0; i < n; i++)
		see_talk(world, &list[i], out);
	if (world->cid == 0)
		return;
	assert_ok(conversation_get(&fix.arena, world->cid, world->me, &talk));
	see_talk(world, &talk, out);
	assert_ok(message_list(&fix.arena, world->cid, 1, 100, &message, &n));
	for (size_t i = 0; i < n; i++)
		sbuf_fmt(out, "%u %s %.*s\n", message[i].seq,
		    role(world, message[i].sender), STR_ARGS(message[i].text));
}

static struct str
view(const struct world *world)
{
	struct sbuf out;

	sbuf_init(&out, &fix.arena, 0);
	see_contacts(world, &out);
	see_talks(world, &out);
	return sbuf_str(&out);
}

/* ---- what `me` tries ---- */

struct answer {
	enum err err;
	bool friends_now;
	size_t touched; /* objects that belong to `me` */
};

static size_t
touched_of(uint64_t uid)
{
	size_t n = 0;

	for (size_t i = 0; i < fix.n_touched; i++) {
		const struct object *object = &fix.touched[i];

		n += object->kind == OBJ_MEMBER ? object->b == uid :
		    object->kind != OBJ_CONV && object->a == uid;
	}
	return n;
}

static struct answer
change(const struct world *world, enum contact_action action, bool by_name)
{
	struct contact_change in = { .action = action, .uid = world->me,
		.peer = world->peer, .remark = STR("new remark") };
	struct answer answer;

	if (by_name)
		in.name = name_of(world->peer);
	touched_clear();
	answer.err = run(&in.command, contact_change_run);
	answer.friends_now = in.friends_now;
	answer.touched = touched_of(world->me);
	return answer;
}

static struct answer
write_to(const struct world *world, struct form_id form)
{
	struct answer answer = { 0 };

	touched_clear();
	answer.err = send_form(world->me, form, STR("are you there?")).command.err;
	answer.touched = touched_of(world->me);
	return answer;
}

enum attempt { TRY_TALK, TRY_PERSON, TRY_ASK_NAME, TRY_ASK_PEER, TRY_ACCEPT,
	TRY_REFUSE, TRY_REMOVE, TRY_REMARK, TRY_UNBLOCK, TRY_BLOCK, TRIES };

static struct answer
attempt(const struct world *world, enum attempt what)
{
	static const enum contact_action action[TRIES] = {
		[TRY_ASK_NAME] = CONTACT_ASK, [TRY_ASK_PEER] = CONTACT_ASK,
		[TRY_ACCEPT] = CONTACT_ACCEPT, [TRY_REFUSE] = CONTACT_REFUSE,
		[TRY_REMOVE] = CONTACT_REMOVE, [TRY_REMARK] = CONTACT_REMARK,
		[TRY_UNBLOCK] = CONTACT_UNBLOCK, [TRY_BLOCK] = CONTACT_BLOCK,
	};
	struct form_id person = { FORM_PERSON, world->peer, 0, true };

	if (what == TRY_TALK)
		return write_to(world, talk_form(world->cid, 1));
	if (what == TRY_PERSON)
		return write_to(world, person);
	return change(world, action[what], what == TRY_ASK_NAME);
}

static void
assert_alike(const struct world *blocked, const struct world *removed)
{
	struct str a = view(blocked), b = view(removed);

	if (!str_eq(a, b))
		fail_msg("blocked sees\n%.*sremoved sees\n%.*s", STR_ARGS(a),
		    STR_ARGS(b));
}

static void
both_attempt(const struct world *blocked, const struct world *removed,
    enum attempt what)
{
	struct answer a = attempt(blocked, what), b = attempt(removed, what);

	if (a.err != b.err || a.friends_now != b.friends_now ||
	    a.touched != b.touched)
		fail_msg("attempt %d: blocked %s %d %zu, removed %s %d %zu",
		    (int)what, err_name(a.err), a.friends_now, a.touched,
		    err_name(b.err), b.friends_now, b.touched);
	assert_alike(blocked, removed);
}

/* Each attempt, then each other one after it. */
static void
compare(enum start start, enum attempt first)
{
	struct world blocked = world_new(start), removed = world_new(start);
	size_t touched;

	assert_alike(&blocked, &removed);
	touched_clear();
	assert_ok(act(CONTACT_BLOCK, blocked.peer, blocked.me));
	touched = touched_of(blocked.me);
	touched_clear();
	harmless(start, &removed);
	if (start == WERE_EX_FRIENDS)
		assert_int_equal(touched, touched_of(removed.me));
	assert_alike(&blocked, &removed);
	both_attempt(&blocked, &removed, first);
	for (unsigned what = 0; what < TRIES; what++)
		both_attempt(&blocked, &removed, what);
}

static void
test_indistinguishable(void **state)
{
	(void)state;
	for (unsigned first = 0; first < TRIES; first++) {
		compare(WERE_FRIENDS, first);
		compare(WERE_EX_FRIENDS, first);
		compare(HAD_ASKED, first);
	}
}

/* A request of the blocker's own disappears as if it was taken back. */
static void
test_blocker_had_asked(void **state)
{
	struct world blocked = world_new(WAS_ASKED);
	struct world removed = world_new(WAS_ASKED);

	(void)state;
	touched_clear();
	assert_ok(act(CONTACT_BLOCK, blocked.peer, blocked.me));
	assert_int_equal(touched_of(blocked.me), 2);
	touched_clear();
	harmless(WAS_ASKED, &removed);
	assert_int_equal(touched_of(removed.me), 2);
	for (unsigned what = 0; what < TRIES; what++)
		both_attempt(&blocked, &removed, what);
}

/* What was sent before the block is still "already sent" after it. */
static void
test_repeat_after_block(void **state)
{
	struct world world = world_new(WERE_FRIENDS);
	struct form_id form = talk_form(world.cid, 0);
	struct message_send first, again;

	(void)state;
	first = send_form(world.me, form, STR("before"));
	assert_ok(first.command.err);
	assert_ok(act(CONTACT_BLOCK, world.peer, world.me));
	again = send_form(world.me, form, STR("before"));
	assert_ok(again.command.err);
	assert_true(again.repeated);
	assert_int_equal(again.seq, first.seq);
	assert_int_equal(send_form(world.me, form, STR("after")).command.err,
	    ERR_NOT_TAKEN);
}

/* The blocker sees the request once it lets go; old friends are not back. */
static void
test_unblock(void **state)
{
	struct world world = world_new(WERE_FRIENDS);
	struct contact row;

	(void)state;
	assert_ok(act(CONTACT_BLOCK, world.peer, world.me));
	assert_ok(ask(world.me, world.peer));
	assert_ok(act(CONTACT_UNBLOCK, world.peer, world.me));
	assert_ok(contact_get(NULL, &fix.arena, world.peer, world.me, &row));
	assert_int_equal(row.state, REC__FRIEND__STATE__ASKED_ME);
	assert_true(str_eq(row.name, name_of(world.me)));
	assert_ok(act(CONTACT_ACCEPT, world.peer, world.me));
	assert_ok(say(world.me, world.cid, "again").command.err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_indistinguishable),
		TEST(test_blocker_had_asked),
		TEST(test_repeat_after_block),
		TEST(test_unblock),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
