/* How often news may wake: nothing is lost, nobody is woken too often. */
#include "held_client.h"

static void
three_at_once_then_one_in_two_seconds(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *c = clients(1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		held(c, conv);
		live_bump1(conv);
		tick(i * 100);
		assert_int_equal(c->resumed, 1);
	}
	held(c, conv);
	live_bump1(conv);
	tick(300);
	live_bump1(conv);
	tick(400);
	assert_int_equal(c->resumed, 0);
	tick(2199);
	assert_int_equal(c->resumed, 0);
	tick(2200); /* two seconds after the last wake, and not lost */
	assert_int_equal(c->resumed, 1);
	assert_int_equal(c->waiter.reason, WAKE_NEWS);
}

/* Three messages that reach a tick together are one wake, not three. */
static void
together_they_are_one_wake(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *c = clients(1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		held(c, conv);
		for (int n = 0; n < 3; n++)
			live_bump1(conv);
		tick(i * 100);
		assert_int_equal(c->resumed, 1);
	}
	held(c, conv);
	live_bump1(conv);
	tick(300);
	assert_int_equal(c->resumed, 0);
	tick(2200);
	assert_int_equal(c->resumed, 1);
}

/* While ten come in a second, a wake every two; when they stop, at once again. */
static void
busy_talk_slows_down_and_recovers(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *c = clients(1);
	int wakes = 0;

	(void)state;
	held(c, conv);
	for (int ms = 0; ms < 20000; ms += 20) {
		if (ms % 100 == 0)
			live_bump1(conv);
		tick(ms);
		if (c->resumed == 0)
			continue;
		wakes++;
		held(c, conv);
	}
	assert_in_range(wakes, 10, 13);
	tick(23000);
	held(c, conv);
	live_bump1(conv);
	tick(25000);
	assert_int_equal(c->resumed, 1);
	tick(30000);
	assert_int_equal(bucket_count(), 0); /* nothing is kept for quiet talks */
}

/* Two messages a second is a lively talk, not a flood. */
static void
two_a_second_wake_each_time(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *c = clients(1);

	(void)state;
	for (int ms = 0; ms < 20000; ms += 500) {
		held(c, conv);
		live_bump1(conv);
		tick(ms);
		assert_int_equal(c->resumed, 1);
	}
}

/* Who comes back with an old V while news is kept waits for it to be let out:
 * else each reload would be a wake. */
static void
reader_coming_back_waits_for_the_bucket(void **state)
{
	struct object conv = CONV(next_id++), session = SESSION(next_id++);
	struct client *c = clients(1), *signed_out = clients(1), *late = clients(1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		held(c, conv);
		live_bump1(conv);
		tick(i);
	}
	page(c, conv);
	page(signed_out, conv);
	watch_add(&signed_out->waiter.watch, session);
	*late = *c;
	live_bump1(conv);
	tick(100);
	assert_true(live_wait(&c->waiter));
	assert_true(live_wait(&signed_out->waiter));
	live_bump1(session); /* other news is not kept back */
	tick(200);
	assert_int_equal(signed_out->resumed, 1);
	assert_int_equal(c->resumed, 0);
	tick(2100);
	assert_int_equal(c->resumed, 1);
	assert_int_equal(c->waiter.reason, WAKE_NEWS);
	assert_false(live_wait(&late->waiter)); /* nothing kept: at once */
}

static void
at_most_every(enum object_kind kind, int64_t pause_ms)
{
	struct object object = { kind, next_id++, 0 };
	struct client *c = clients(1);

	held(c, object);
	live_bump1(object);
	tick(0);
	assert_int_equal(c->resumed, 1); /* the first does not wait */
	held(c, object);
	for (int64_t ms = 20; ms < pause_ms; ms += 500) {
		live_bump1(object);
		tick(ms);
		assert_int_equal(c->resumed, 0);
	}
	tick(pause_ms);
	assert_int_equal(c->resumed, 1);
	held(c, object);
	live_bump1(object);
	tick(2 * pause_ms - 1);
	assert_int_equal(c->resumed, 0);
	tick(2 * pause_ms);
	assert_int_equal(c->resumed, 1);
}

static void
presence_wakes_every_10_s(void **state)
{
	(void)state;
	at_most_every(OBJ_PRESENCE, 10000);
}

static void
bar_wakes_every_30_s(void **state)
{
	(void)state;
	at_most_every(OBJ_BAR, 30000);
}

/* What nobody waited for does not use up the pause. */
static void
unheard_news_costs_no_pause(void **state)
{
	struct object bar = { OBJ_BAR, next_id++, 0 };
	struct client *c = clients(1);

	(void)state;
	live_bump1(bar);
	tick(0);
	held(c, bar);
	live_bump1(bar);
	tick(1000);
	assert_int_equal(c->resumed, 1);
}

/* Sign-out and bans end holds at once, however many. */
static void
sign_out_is_never_delayed(void **state)
{
	struct object session = SESSION(next_id++);
	struct client *c = clients(1);

	(void)state;
	for (int i = 0; i < 20; i++) {
		held(c, session);
		live_bump1(session);
		tick(i);
		assert_int_equal(c->resumed, 1);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(three_at_once_then_one_in_two_seconds),
		TEST(together_they_are_one_wake),
		TEST(busy_talk_slows_down_and_recovers),
		TEST(two_a_second_wake_each_time),
		TEST(reader_coming_back_waits_for_the_bucket),
		TEST(presence_wakes_every_10_s),
		TEST(bar_wakes_every_30_s),
		TEST(unheard_news_costs_no_pause),
		TEST(sign_out_is_never_delayed),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
