/*
 * Who is here, and which friends are told.  Time is moved by hand; a state is
 * looked at 10 s before its end or just after, so that a slow machine cannot
 * step over it.
 */
#include "im_fixture.h"

#include "base/clock.h"
#include "live/internal.h"
#include "live/shown.h"

#define S(n) (INT64_C(1000) * (n))
#define MIN(n) S(60 * (n))

static uint64_t next_uid = UINT64_C(1) << 40; /* people of no store */

static int
setup(void **state)
{
	(void)state;
	clock_advance(MIN(60));
	presence_open();
	clock_advance(MIN(1)); /* nobody is spread any more */
	return 0;
}

/* Nobody is left behind in the table when all have been idle for an hour. */
static int
teardown(void **state)
{
	clock_advance(MIN(60));
	presence_sweep(clock_mono_ms());
	clock_advance(MIN(1));
	presence_sweep(clock_mono_ms());
	assert_int_equal(presence_count(), 0);
	return fix_teardown(state);
}

static void
sweep_after(int64_t ms)
{
	clock_advance(ms);
	presence_sweep(clock_mono_ms());
}

static void
states_age(void **state)
{
	/* Activity, then perhaps a hold from the same moment on that lasts
	 * `held` (-1: none), then a look `after` the activity. */
	static const struct {
		bool active;
		int64_t held, after;
		enum presence want;
	} ages[] = {
		{ true, -1, 0, PRESENCE_ONLINE },
		{ true, -1, S(80), PRESENCE_ONLINE },
		{ true, -1, S(90), PRESENCE_AWAY },
		{ true, -1, S(290), PRESENCE_AWAY },
		{ true, -1, S(300), PRESENCE_OFFLINE },
		{ true, MIN(14), MIN(14), PRESENCE_ONLINE },
		{ true, MIN(13), MIN(14), PRESENCE_ONLINE },
		{ true, MIN(13), MIN(13) + S(90), PRESENCE_AWAY },
		{ true, MIN(20), MIN(15), PRESENCE_AWAY },
		{ true, MIN(20), MIN(20) + S(290), PRESENCE_AWAY },
		{ true, MIN(20), MIN(20) + S(300), PRESENCE_OFFLINE },
		{ true, S(25), S(115), PRESENCE_AWAY },
		{ true, S(25), S(315), PRESENCE_AWAY },
		{ true, S(25), S(325), PRESENCE_OFFLINE },
		{ false, MIN(1), 0, PRESENCE_AWAY },
		{ false, MIN(1), MIN(1) + S(290), PRESENCE_AWAY },
		{ false, MIN(1), MIN(1) + S(300), PRESENCE_OFFLINE },
		{ false, -1, 0, PRESENCE_OFFLINE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		int64_t held = ages[i].held, left = ages[i].after;
		uint64_t uid = next_uid++;
		bool ends = held >= 0 && held <= left;

		if (ages[i].active)
			presence_active(uid, false);
		if (held >= 0)
			presence_hold(uid, 1);
		if (ends) {
			clock_advance(held);
			presence_hold(uid, -1);
			left -= held;
		}
		clock_advance(left);
		if (presence_get(uid, 0) != ages[i].want)
			fail_msg("row %zu: %d", i, presence_get(uid, 0));
		if (held >= 0 && !ends)
			presence_hold(uid, -1);
	}
}

static void
two_holds_end_with_the_second(void **state)
{
	uint64_t uid = next_uid++;

	(void)state;
	presence_hold(uid, 1);
	presence_hold(uid, 1);
	presence_hold(uid, -1);
	clock_advance(MIN(10));
	assert_int_equal(presence_get(uid, 0), PRESENCE_AWAY);
	presence_hold(uid, -1);
	clock_advance(MIN(5));
	assert_int_equal(presence_get(uid, 0), PRESENCE_OFFLINE);
}

/* Nothing but phones for 90 s; whatever else is used counts at once. */
static void
phones_are_told_from_desks(void **state)
{
	uint64_t uid = next_uid++;

	(void)state;
	presence_active(uid, true);
	assert_int_equal(presence_get(uid, 0), PRESENCE_PHONE);
	presence_active(uid, false);
	assert_int_equal(presence_get(uid, 0), PRESENCE_ONLINE);
	clock_advance(S(60));
	presence_active(uid, true);
	assert_int_equal(presence_get(uid, 0), PRESENCE_ONLINE);
	clock_advance(S(40));
	assert_int_equal(presence_get(uid, 0), PRESENCE_PHONE);
	presence_hold(uid, 1);
	clock_advance(MIN(10));
	assert_int_equal(presence_get(uid, 0), PRESENCE_PHONE);
	presence_hold(uid, -1);
	clock_advance(S(90));
	assert_int_equal(presence_get(uid, 0), PRESENCE_AWAY);
}

static void
signed_out_is_offline_at_once(void **state)
{
	uint64_t uid = next_uid++;

	(void)state;
	presence_active(uid, false);
	presence_hold(uid, 1);
	presence_gone(uid);
	assert_int_equal(presence_get(uid, clock_wall_ms()), PRESENCE_OFFLINE);
	presence_hold(uid, -1);
	assert_int_equal(presence_get(uid, 0), PRESENCE_OFFLINE);
	presence_active(uid, false);
	assert_int_equal(presence_get(uid, 0), PRESENCE_ONLINE);
}

static void
restart_marks_nobody_offline(void **state)
{
	uint64_t here = next_uid++, left = next_uid++;
	int64_t start;

	(void)state;
	presence_open();
	start = clock_wall_ms();
	assert_int_equal(presence_get(here, start - S(290)), PRESENCE_AWAY);
	assert_int_equal(presence_get(left, start - S(310)), PRESENCE_OFFLINE);
	clock_advance(S(290));
	assert_int_equal(presence_get(here, start - S(290)), PRESENCE_AWAY);
	clock_advance(S(10));
	assert_int_equal(presence_get(here, start - S(290)), PRESENCE_OFFLINE);
}

/* ---- who is told ---- */

struct viewer {
	uint64_t uid;
	struct watch_set set;
};

static void
look(struct viewer *v)
{
	watch_begin(&v->set);
	watch_add(&v->set, (struct object){ OBJ_PRESENCE, v->uid, 0 });
}

/* Was the viewer's page told since the last look? */
static bool
told(struct viewer *v)
{
	bool moved = watch_moved(&v->set, v->set.begun);

	look(v);
	return moved;
}

static struct viewer
viewer(const char *name)
{
	struct viewer v = { .uid = user(name) };

	look(&v);
	return v;
}

static void
friends_who_look_are_told(void **state)
{
	struct viewer active = viewer("active"), holding = viewer("hold");
	struct viewer absent = viewer("absent"), stranger = viewer("stranger");
	struct viewer asked = viewer("asked"), out = viewer("out");
	uint64_t uid = user("person");

	(void)state;
	befriend(uid, active.uid);
	befriend(uid, holding.uid);
	befriend(uid, absent.uid);
	befriend(uid, out.uid);
	assert_ok(ask(uid, asked.uid));
	presence_active(active.uid, false);
	presence_active(asked.uid, false);
	presence_active(stranger.uid, false);
	presence_active(out.uid, false);
	told(&active); /* those who come back are told so themselves */
	told(&asked);
	told(&stranger);
	told(&out);
	clock_advance(MIN(29));
	presence_hold(holding.uid, 1);
	presence_gone(out.uid);
	sweep_after(0);
	presence_active(uid, false);
	sweep_after(0);
	assert_true(told(&active));
	assert_true(told(&holding));
	assert_false(told(&absent));
	assert_false(told(&stranger));
	assert_false(told(&asked));
	assert_false(told(&out));
	sweep_after(S(11)); /* no change, nobody told */
	assert_false(told(&active));
	presence_hold(holding.uid, -1);
}

static void
each_step_of_ageing_is_told(void **state)
{
	struct viewer v = viewer("viewer");
	uint64_t uid = user("person");

	(void)state;
	befriend(uid, v.uid);
	presence_active(v.uid, false);
	presence_active(uid, false);
	sweep_after(0);
	assert_true(told(&v));
	sweep_after(S(80));
	assert_false(told(&v));
	sweep_after(S(10)); /* away */
	assert_true(told(&v));
	sweep_after(S(200));
	assert_false(told(&v));
	sweep_after(S(10)); /* offline */
	assert_true(told(&v));
	presence_active(uid, false);
	sweep_after(S(11));
	assert_true(told(&v));
	presence_gone(uid);
	sweep_after(S(11));
	assert_true(told(&v));
}

static void
end_of_the_grace_is_told(void **state)
{
	struct viewer v = viewer("viewer");
	uint64_t uid = user("person");

	(void)state;
	befriend(uid, v.uid);
	presence_open();
	presence_active(v.uid, false);
	assert_true(told(&v)); /* was not looking before */
	assert_int_equal(presence_get(uid, clock_wall_ms()), PRESENCE_AWAY);
	sweep_after(MIN(4));
	assert_false(told(&v));
	sweep_after(MIN(1));
	sweep_after(S(30)); /* its own moment after the end */
	assert_true(told(&v));
}

/* Lists of those who did not look were not kept up: whoever comes back, by a
 * link or by a hold, is told that they changed. */
static void
who_comes_back_is_told(void **state)
{
	struct viewer v = viewer("viewer");

	(void)state;
	presence_active(v.uid, false);
	assert_true(told(&v));
	presence_active(v.uid, false);
	presence_back(v.uid);
	assert_false(told(&v));
	clock_advance(MIN(31));
	presence_back(v.uid);
	assert_true(told(&v));
	/* Another tab at the same time is no news to this one. */
	presence_back(v.uid);
	assert_false(told(&v));
	clock_advance(MIN(31));
	presence_active(v.uid, false);
	assert_true(told(&v));
}

static void
viewer_is_told_every_10_s_at_most(void **state)
{
	struct viewer v = viewer("viewer");
	uint64_t uids[5];
	int64_t now;

	(void)state;
	for (int i = 0; i < 5; i++) {
		uids[i] = user("person");
		befriend(uids[i], v.uid);
	}
	presence_active(v.uid, false);
	now = clock_mono_ms();
	presence_sweep(now);
	told(&v);
	for (int i = 0; i < 5; i++) {
		presence_active(uids[i], false);
		presence_sweep(now + S(i));
		assert_int_equal(told(&v), i == 0);
	}
	presence_sweep(now + S(9));
	assert_false(told(&v));
	presence_sweep(now + S(10)); /* the other four, in one */
	assert_true(told(&v));
	presence_sweep(now + S(20));
	assert_false(told(&v));
}

/* All of a circle come back in the second after a start, and half of them never:
 * each page is told of it, at a moment of its own, and nobody twice in 10 s. */
#define CIRCLE 20

static unsigned
told_of(struct viewer *circle, unsigned *times)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CIRCLE; i++)
		if (told(&circle[i])) {
			times[i]++;
			n++;
		}
	return n;
}

/* Most viewers told in one second of the next `seconds`. */
static unsigned
crowd(struct viewer *circle, int seconds, unsigned *times)
{
	unsigned most = 0, n;

	for (int i = 0; i < seconds; i++) {
		sweep_after(S(1));
		n = told_of(circle, times);
		most = n > most ? n : most;
	}
	return most;
}

static void
a_start_is_no_storm(void **state)
{
	struct viewer circle[CIRCLE];
	unsigned times[CIRCLE] = { 0 };
	int64_t seen;

	(void)state;
	for (unsigned i = 0; i < CIRCLE; i++) {
		circle[i] = viewer("circle");
		for (unsigned k = 0; k < i; k++)
			befriend(circle[i].uid, circle[k].uid);
	}
	seen = clock_wall_ms();
	presence_open();
	for (unsigned i = 0; i < CIRCLE; i++)
		presence_hold(circle[i].uid, 1);
	for (unsigned i = 0; i < CIRCLE / 2; i++)
		presence_active(circle[i].uid, false);
	told_of(circle, times);
	memset(times, 0, sizeof(times));
	assert_true(crowd(circle, 60, times) < CIRCLE / 2);
	for (unsigned i = 0; i < CIRCLE; i++)
		assert_in_range(times[i], 1, 4);
	for (unsigned i = 0; i < CIRCLE; i++) /* some who do not come back */
		presence_get(user("gone"), seen);
	memset(times, 0, sizeof(times));
	crowd(circle, 60, times);
	for (unsigned i = 0; i < CIRCLE; i++)
		presence_hold(circle[i].uid, -1);
}

/* ---- what is shown ---- */

static void
set_showing(uint64_t uid, struct showing_set set)
{
	set.uid = uid;
	assert_ok(run(&set.command, showing_set_run));
	/* The real hook of the committer; here by hand. */
	live_bump1((struct object){ OBJ_SHOWING, uid, 0 });
}

static void
choose(uint64_t uid, enum showing_mode mode)
{
	set_showing(uid, (struct showing_set){ .set = SHOW_MODE, .mode = mode });
}

static enum presence
shown(uint64_t uid)
{
	struct showing showing;

	return shown_presence(uid, &showing);
}

static void
choices_are_shown(void **state)
{
	static const struct {
		enum showing_mode mode;
		enum presence here, away;
	} rows[] = {
		{ SHOWING_AUTO, PRESENCE_ONLINE, PRESENCE_AWAY },
		{ SHOWING_AWAY, PRESENCE_AWAY, PRESENCE_AWAY },
		{ SHOWING_BUSY, PRESENCE_BUSY, PRESENCE_AWAY },
		{ SHOWING_PHONE, PRESENCE_PHONE, PRESENCE_AWAY },
		{ SHOWING_INVISIBLE, PRESENCE_OFFLINE, PRESENCE_OFFLINE },
	};

	(void)state;
	clock_advance(MIN(5)); /* no grace: a state is as it looks */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t uid = user("chooser");

		choose(uid, rows[i].mode);
		assert_int_equal(shown(uid), PRESENCE_OFFLINE);
		presence_active(uid, false);
		assert_int_equal(shown(uid), rows[i].here);
		clock_advance(S(100));
		assert_int_equal(shown(uid), rows[i].away);
		clock_advance(MIN(5));
		assert_int_equal(shown(uid), PRESENCE_OFFLINE);
	}
}

static void
nobody_sees_the_unknown_and_the_hidden(void **state)
{
	uint64_t uid = user("hidden");

	(void)state;
	presence_active(uid, false);
	assert_int_equal(shown(uid), PRESENCE_ONLINE);
	set_showing(uid, (struct showing_set){ .set = SHOW_RULE,
	    .rule = SHOWING_NOBODY });
	assert_int_equal(shown(uid), PRESENCE_OFFLINE);
	uid = next_uid++;
	presence_active(uid, false);
	assert_int_equal(presence_get(uid, 0), PRESENCE_ONLINE);
	assert_int_equal(shown(uid), PRESENCE_OFFLINE);
}

/* A choice is told as ageing is: away, its line, and that it went. */
static void
choices_are_told(void **state)
{
	struct viewer v = viewer("viewer");
	uint64_t uid = user("person");

	(void)state;
	befriend(uid, v.uid);
	presence_active(v.uid, false);
	presence_active(uid, false);
	sweep_after(0);
	told(&v);
	sweep_after(S(11));
	assert_false(told(&v));
	choose(uid, SHOWING_BUSY);
	sweep_after(0);
	assert_true(told(&v));
	set_showing(uid, (struct showing_set){ .set = SHOW_STATUS,
	    .status = STR("at lunch") });
	sweep_after(S(11));
	assert_true(told(&v));
	choose(uid, SHOWING_INVISIBLE);
	sweep_after(S(11));
	assert_true(told(&v));
	choose(uid, SHOWING_AUTO);
	sweep_after(S(11));
	assert_true(told(&v));
}

/* What a page showed for less than a second is told to be over, too. */
static void
a_short_visit_is_told(void **state)
{
	struct viewer v = viewer("viewer");
	uint64_t uid = user("person");

	(void)state;
	befriend(uid, v.uid);
	presence_active(v.uid, false);
	sweep_after(S(11));
	told(&v);
	presence_active(uid, false);
	assert_int_equal(shown(uid), PRESENCE_ONLINE);
	choose(uid, SHOWING_INVISIBLE);
	sweep_after(S(1));
	assert_true(told(&v));
	choose(uid, SHOWING_AUTO);
	assert_int_equal(shown(uid), PRESENCE_ONLINE);
	presence_gone(uid);
	sweep_after(S(11));
	assert_true(told(&v));
	sweep_after(S(11));
	assert_false(told(&v));
}

/* Every stamp that a page of the viewer may watch. */
struct watched {
	struct watch_set set;
	uint64_t viewer, person;
};

static void
watch_all(struct watched *w)
{
	watch_begin(&w->set);
	watch_add(&w->set, (struct object){ OBJ_PRESENCE, w->viewer, 0 });
	watch_add(&w->set, (struct object){ OBJ_PEER, w->viewer, w->person });
	watch_add(&w->set, (struct object){ OBJ_PEER, w->viewer, 0 });
	watch_add(&w->set, (struct object){ OBJ_TYPING, w->viewer, w->person });
}

/* Of the invisible no stamp moves, whatever they do and choose. */
static void
the_invisible_move_nothing(void **state)
{
	struct watched w = { .viewer = user("viewer"), .person = user("ghost") };

	(void)state;
	befriend(w.person, w.viewer);
	choose(w.person, SHOWING_INVISIBLE);
	presence_active(w.viewer, false);
	sweep_after(0);
	watch_all(&w);
	presence_active(w.person, false);
	presence_hold(w.person, 1);
	sweep_after(S(11));
	set_showing(w.person, (struct showing_set){ .set = SHOW_STATUS,
	    .status = STR("nobody reads this") });
	sweep_after(S(11));
	presence_hold(w.person, -1);
	presence_gone(w.person);
	sweep_after(S(11));
	presence_active(w.person, true);
	sweep_after(S(91));
	sweep_after(MIN(5));
	assert_false(watch_moved(&w.set, w.set.begun));
	/* Nor at the end of a grace after a start. */
	presence_open();
	assert_int_equal(shown(w.person), PRESENCE_OFFLINE);
	presence_hold(w.viewer, 1);
	for (int i = 0; i < 12; i++)
		sweep_after(S(30));
	assert_false(watch_moved(&w.set, w.set.begun));
	choose(w.person, SHOWING_AUTO);
	presence_active(w.person, false);
	sweep_after(S(31));
	assert_true(watch_moved(&w.set, w.set.begun));
	presence_hold(w.viewer, -1);
}

/* Who has a talk is told under that rule only, and never the blocked. */
static void
talks_are_told_by_rule(void **state)
{
	struct viewer v = viewer("talker");
	uint64_t uid = user("person"), cid;

	(void)state;
	befriend(uid, v.uid);
	assert_ok(act(CONTACT_REMOVE, uid, v.uid));
	assert_ok(conversation_find(NULL, &fix.arena, uid, v.uid, &cid));
	presence_active(v.uid, false);
	presence_active(uid, false);
	told(&v);
	sweep_after(S(1));
	assert_false(told(&v));
	set_showing(uid, (struct showing_set){ .set = SHOW_RULE,
	    .rule = SHOWING_TALKS });
	sweep_after(S(11));
	assert_true(told(&v));
	set_showing(uid, (struct showing_set){ .set = SHOW_RULE,
	    .rule = SHOWING_FRIENDS });
	sweep_after(S(11));
	assert_true(told(&v)); /* that it is not to be seen any more */
	choose(uid, SHOWING_AWAY);
	sweep_after(S(11));
	assert_false(told(&v));
	set_showing(uid, (struct showing_set){ .set = SHOW_RULE,
	    .rule = SHOWING_TALKS });
	sweep_after(S(11));
	told(&v);
	assert_ok(act(CONTACT_BLOCK, uid, v.uid));
	told(&v);
	choose(uid, SHOWING_AUTO);
	sweep_after(S(11));
	assert_false(told(&v));
}

/* ---- threads ---- */

static void *
come_and_go(void *arg)
{
	for (uint64_t i = 0; i < 20000; i++) {
		uint64_t uid = next_uid + i % 100;

		presence_hold(uid, 1);
		presence_active(uid, false);
		if (presence_get(uid, 0) == PRESENCE_ONLINE && i % 7 == 0)
			presence_gone(uid);
		presence_hold(uid, -1);
	}
	return arg;
}

static void
threads_agree(void **state)
{
	pthread_t threads[3];

	(void)state;
	assert_ok(presence_start());
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, come_and_go, NULL);
	for (int i = 0; i < 20; i++)
		presence_sweep(clock_mono_ms());
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(presence_count(), 100);
	presence_stop();
	assert_int_equal(presence_count(), 0);
	presence_hold(next_uid, -1); /* the last hold, ended after the stop */
	assert_int_equal(presence_count(), 0);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(states_age),
		CASE(two_holds_end_with_the_second),
		CASE(phones_are_told_from_desks),
		CASE(signed_out_is_offline_at_once),
		CASE(restart_marks_nobody_offline),
		CASE(friends_who_look_are_told),
		CASE(each_step_of_ageing_is_told),
		CASE(end_of_the_grace_is_told),
		CASE(who_comes_back_is_told),
		CASE(viewer_is_told_every_10_s_at_most),
		CASE(a_start_is_no_storm),
		CASE(choices_are_shown),
		CASE(nobody_sees_the_unknown_and_the_hidden),
		CASE(choices_are_told),
		CASE(a_short_visit_is_told),
		CASE(the_invisible_move_nothing),
		CASE(talks_are_told_by_rule),
		CASE(threads_agree),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
