/* Held requests: who is woken, by what, and in which order. */
#include "held_client.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void
moved_page_is_answered_at_once(void **state)
{
	struct object conv = SESSION(next_id++);
	struct client *c = clients(1);

	(void)state;
	page(c, conv);
	live_bump1(conv);
	assert_false(live_wait(&c->waiter));
	assert_int_equal(c->suspended, 0);
}

static void
news_resumes_once(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *c = clients(1), *other = clients(1);
	struct hold_stats stats;

	(void)state;
	held(c, conv);
	held(other, CONV(next_id++));
	tick(0);
	assert_int_equal(c->resumed, 0);
	live_bump1(conv);
	live_bump1(conv);
	assert_int_equal(c->resumed, 0);
	tick(20);
	assert_int_equal(c->resumed, 1);
	assert_int_equal(c->waiter.reason, WAKE_NEWS);
	live_bump1(conv);
	tick(40);
	assert_int_equal(c->resumed, 1);
	assert_int_equal(other->resumed, 0);
	hold_stats(&stats);
	assert_int_equal(stats.held, 1);
}

/* A bump that the page had already seen, still on its way to the ticker. */
static void
seen_news_does_not_wake(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *c = clients(1);

	(void)state;
	live_bump1(conv);
	held(c, conv);
	tick(0);
	assert_int_equal(c->resumed, 0);
}

static void
full_set_is_not_held(void **state)
{
	struct client *c = clients(1);

	(void)state;
	page(c, CONV(next_id++));
	c->waiter.watch.full = true;
	assert_false(live_wait(&c->waiter));
}

static void
until_ends_the_hold(void **state)
{
	int64_t wall = clock_wall_ms();
	struct client *c = clients(1);

	(void)state;
	page(c, CONV(next_id++));
	watch_until(&c->waiter.watch, wall);
	assert_false(live_wait(&c->waiter));
	page(c, CONV(next_id++));
	watch_until(&c->waiter.watch, wall + 2 * HOUR);
	assert_true(live_wait(&c->waiter));
	tick(0); /* an hour before */
	assert_int_equal(c->resumed, 0);
	tick(2 * HOUR);
	assert_int_equal(c->resumed, 1);
	assert_int_equal(c->waiter.reason, WAKE_NEWS);
}

static void
deadline_ends_the_hold(void **state)
{
	struct client *c = clients(50);

	(void)state;
	for (int i = 0; i < 50; i++) {
		page(&c[i], CONV(next_id++));
		c[i].waiter.deadline_ms = start_ms + 1000 + i * 37 % 50;
		assert_true(live_wait(&c[i].waiter));
	}
	for (int ms = 999; ms < 1051; ms++) {
		tick(ms);
		for (int i = 0; i < 50; i++)
			assert_int_equal(c[i].resumed,
			    1000 + i * 37 % 50 <= ms);
	}
	assert_int_equal(c[7].waiter.reason, WAKE_DEADLINE);
}

static void
hang_up_is_seen(void **state)
{
	struct client *early = clients(1), *c = clients(1), *quiet = clients(1);
	struct hold_stats before, after;
	int early_fd[2], fd[2], quiet_fd[2];

	(void)state;
	hold_stats(&before);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, early_fd), 0);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, quiet_fd), 0);
	close(early_fd[1]); /* gone before it was held */
	page(early, CONV(next_id++));
	early->waiter.fd = early_fd[0];
	assert_true(live_wait(&early->waiter));
	page(c, CONV(next_id++));
	c->waiter.fd = fd[0];
	assert_true(live_wait(&c->waiter));
	page(quiet, CONV(next_id++));
	quiet->waiter.fd = quiet_fd[0];
	assert_true(live_wait(&quiet->waiter));
	tick(0);
	assert_int_equal(early->resumed, 1);
	assert_int_equal(c->resumed, 0);
	close(fd[1]);
	tick(20);
	assert_int_equal(c->resumed, 1);
	assert_int_equal(c->waiter.reason, WAKE_HANGUP);
	assert_int_equal(quiet->resumed, 0);
	hold_stats(&after);
	assert_int_equal(after.hangups - before.hangups, 2);
	close(early_fd[0]);
	close(fd[0]);
	close(quiet_fd[0]); /* a closed socket leaves the epoll by itself */
	close(quiet_fd[1]);
}

/* The next hold of a connection: the socket had left the epoll. */
static void
socket_is_held_again(void **state)
{
	struct object conv = CONV(next_id++);
	struct client *first = clients(1), *second = clients(1);
	int fd[2];

	(void)state;
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	page(first, conv);
	first->waiter.fd = fd[0];
	assert_true(live_wait(&first->waiter));
	live_bump1(conv);
	tick(0);
	assert_int_equal(first->resumed, 1);
	page(second, conv);
	second->waiter.fd = fd[0];
	assert_true(live_wait(&second->waiter));
	close(fd[1]);
	tick(20);
	assert_int_equal(second->resumed, 1);
	assert_int_equal(second->waiter.reason, WAKE_HANGUP);
	assert_int_equal(first->resumed, 1);
	close(fd[0]);
}

static void
session_keeps_its_newest_holds(void **state)
{
	struct client *c = clients(4), *other = clients(1);

	(void)state;
	held(other, CONV(next_id++));
	for (int i = 0; i < 4; i++) {
		page(&c[i], CONV(next_id++));
		c[i].waiter.sid = 7;
		c[i].waiter.session_max = 2;
		assert_true(live_wait(&c[i].waiter));
	}
	tick(0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(c[i].resumed, i < 2);
	assert_int_equal(c[0].waiter.reason, WAKE_EVICTED);
	assert_int_equal(other->resumed, 0);
}

static int
setup_three(void **state)
{
	(void)state;
	return open_with(3, 128, 2);
}

static void
oldest_make_room(void **state)
{
	struct client *c = clients(5);

	(void)state;
	for (int i = 0; i < 5; i++)
		held(&c[i], CONV(next_id++));
	tick(0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(c[i].resumed, i < 2);
	assert_int_equal(c[0].waiter.reason, WAKE_EVICTED);
}

static void
stop_resumes_everyone(void **state)
{
	struct client *c = clients(1000), *late = clients(1);

	(void)state;
	for (int i = 0; i < 1000; i++)
		held(&c[i], CONV(next_id++));
	hold_stop();
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(c[i].resumed, 1);
		assert_int_equal(c[i].waiter.reason, WAKE_STOP);
	}
	page(late, CONV(next_id++));
	assert_false(live_wait(&late->waiter));
	live_bump1(CONV(1)); /* still allowed */
}

static int
setup_small_ticks(void **state)
{
	(void)state;
	return open_with(20000, 4, 2);
}

static void
newest_news_goes_first(void **state)
{
	struct object a = CONV(next_id++), b = CONV(next_id++);
	struct client *old = clients(6), *new = clients(6), *elsewhere = clients(6);

	(void)state;
	for (int i = 0; i < 6; i++) {
		held(&old[i], a);
		held(&new[i], b);
		page(&elsewhere[i], a);
		elsewhere[i].waiter.worker = 1;
		assert_true(live_wait(&elsewhere[i].waiter));
	}
	live_bump1(a);
	tick(0);
	assert_int_equal(resumes, 8); /* four of each worker */
	live_bump1(b);
	tick(20);
	assert_int_equal(resumes, 14); /* four more, and the other's rest */
	tick(40);
	tick(60);
	assert_int_equal(resumes, 18);
	for (int i = 0; i < 6; i++) {
		int before = 0;

		assert_int_equal(elsewhere[i].resumed, 1);
		for (int k = 0; k < 6; k++)
			before += old[k].order < new[i].order;
		assert_int_equal(before, 4); /* those of the first tick */
	}
}

static void
five_thousand_wake(void **state)
{
	struct client *c = clients(5000);
	struct object conv = CONV(next_id++);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		page(&c[i], conv);
		c[i].waiter.worker = (unsigned)i % 2;
		for (int k = 0; k < WATCH_MAX - 1; k++)
			watch_add(&c[i].waiter.watch, CONV(next_id++));
		assert_true(live_wait(&c[i].waiter));
	}
	live_bump1(conv);
	for (int i = 1; i <= 5000 / 256 + 1; i++) {
		tick(i * 20);
		assert_int_equal(resumes, i * 256 < 5000 ? i * 256 : 5000);
	}
	for (int i = 0; i < 5000; i++)
		assert_int_equal(c[i].resumed, 1);
}

/* Objects that share a chain of the table, even in one set. */
static void
neighbours_in_the_table_stay(void **state)
{
	struct client *c = clients(64);
	struct waiter *w;

	(void)state;
	for (uint32_t i = 0; i < 64; i++) {
		page(&c[i], SESSION(next_id++));
		w = &c[i].waiter;
		w->sid = 9; /* one shard */
		w->watch.n = WATCH_MAX;
		for (uint32_t k = 0; k < WATCH_MAX; k++)
			w->watch.slot[k] = (i / 32 + 2 * k) * 8192;
		assert_true(live_wait(w));
	}
	/* Find an object in one of the even slots and bump it. */
	for (uint64_t id = 1;; id++) {
		uint32_t slot = watch_slot(CONV(id));

		if (slot % 8192 != 0 || slot / 8192 % 2 != 0 ||
		    slot / 8192 >= 2 * WATCH_MAX)
			continue;
		live_bump1(CONV(id));
		break;
	}
	tick(0);
	for (int i = 0; i < 64; i++)
		assert_int_equal(c[i].resumed, i < 32);
}

static void
holds_count_as_presence(void **state)
{
	struct object conv = CONV(next_id++);
	uint64_t uid = next_id++;
	struct client *c = clients(1);

	(void)state;
	assert_int_equal(presence_get(uid, 0), PRESENCE_OFFLINE);
	page(c, conv);
	c->waiter.uid = uid;
	assert_true(live_wait(&c->waiter));
	assert_int_equal(presence_get(uid, 0), PRESENCE_AWAY);
	live_bump1(conv);
	tick(0);
	assert_int_equal(c->resumed, 1);
	clock_advance(301000);
	assert_int_equal(presence_get(uid, 0), PRESENCE_OFFLINE);
}

static void
free_on_resume(struct waiter *waiter)
{
	resumes++;
	free(waiter);
}

/* Under a sanitizer: nobody touches a waiter after its resume. */
static void
waiter_may_be_freed_in_resume(void **state)
{
	struct object conv = CONV(next_id++);

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct client *c = calloc(1, sizeof(*c));

		page(c, i % 3 == 0 ? conv : CONV(next_id++));
		c->waiter.resume = free_on_resume;
		c->waiter.uid = 1;
		if (i % 3 == 1)
			c->waiter.deadline_ms = start_ms;
		assert_true(live_wait(&c->waiter));
	}
	live_bump1(conv);
	tick(0);
	tick(20);
	assert_int_equal(resumes, 200);
	hold_stop();
	assert_int_equal(resumes, 300);
}

/* A worker that has not answered yet gets no more; the rest come as it does. */
static void
at_work(void **state)
{
	struct client *c = clients(20);

	(void)state;
	hold_stop();
	assert_int_equal(ticker_open(&(struct hold_config){ .max = 100,
	    .wakes_per_tick = 8, .at_work = 4, .workers = 1 }), OK);
	for (size_t i = 0; i < 20; i++)
		held(&c[i], CONV(4711));
	live_bump1(CONV(4711));
	for (int turn = 0; turn < 3; turn++) {
		tick(turn);
		assert_int_equal(resumes, 4);
	}
	for (unsigned done = 1; done <= 16; done++) {
		live_done(0);
		tick(10 + done);
		assert_int_equal(resumes, 4 + done);
	}
	for (int i = 0; i < 4; i++)
		live_done(0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(moved_page_is_answered_at_once),
		TEST(news_resumes_once),
		TEST(seen_news_does_not_wake),
		TEST(full_set_is_not_held),
		TEST(until_ends_the_hold),
		TEST(deadline_ends_the_hold),
		TEST(hang_up_is_seen),
		TEST(socket_is_held_again),
		TEST(session_keeps_its_newest_holds),
		cmocka_unit_test_setup_teardown(oldest_make_room,
		    setup_three, teardown),
		TEST(stop_resumes_everyone),
		cmocka_unit_test_setup_teardown(newest_news_goes_first,
		    setup_small_ticks, teardown),
		TEST(five_thousand_wake),
		TEST(neighbours_in_the_table_stay),
		TEST(holds_count_as_presence),
		TEST(waiter_may_be_freed_in_resume),
		TEST(at_work),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
