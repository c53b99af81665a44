/* The held link: what a page writes into it, the next request reads out of it; and
 * read marks of replies that nobody has seen arrive. */
#include "web_fixture.h"

static struct request *
asked(const char *query)
{
	struct str target = str_fmt(&fix.arena, "/c12?%s", query);
	struct request *request = request_to(target.p);

	assert_ok(request_parse(request));
	held_parse(request);
	return request;
}

/* The link of a page that began at `v`. */
static struct str
link_at(uint64_t v, uint32_t seen, unsigned round)
{
	struct request *request = request_to("/c12");

	request->watch.begun = v;
	request->seen = seen;
	request->round = round;
	return held_link(request, STR("c12"));
}

static struct request *
follow(struct str link)
{
	assert_true(str_starts(link, STR("c12?")));
	return asked(str_dup(&fix.arena, str_from(link, 4)).p);
}

/* The counter of news is at least `v` from here on. */
static void
news_until(uint64_t v)
{
	struct watch_set set;

	do {
		live_bump1((struct object){ OBJ_CONV, 1, 0 });
		watch_begin(&set);
	} while (set.begun < v);
}

static void
test_the_link_comes_back(void **state)
{
	struct request *request;

	(void)state;
	news_until(50);
	request = follow(link_at(41, 57, 3));
	assert_int_equal(request->watch_v, 41);
	assert_int_equal(request->seen, 57);
	assert_int_equal(request->round, 3);
	request = follow(link_at(1, 0, 0));
	assert_int_equal(request->watch_v, 1);
	assert_int_equal(request->seen, 0);
}

static void
test_no_two_links_are_the_same(void **state)
{
	struct str links[8];
	unsigned same = 0;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		links[i] = str_dup(&fix.arena, link_at(1, 0, 0));
	for (size_t i = 0; i < 7; i++)
		same += str_eq(links[i], links[i + 1]);
	assert_true(same < 3);
	for (size_t i = 0; i < 8; i++)
		assert_true(links[i].len < 64);
}

/* Only a hold that ran its time makes the next one longer. */
static void
test_rounds_grow_by_deadlines(void **state)
{
	static const struct {
		enum wake_reason reason;
		bool resumed;
		unsigned round;
	} rows[] = {
		{ WAKE_DEADLINE, true, 4 }, { WAKE_NEWS, true, 3 },
		{ WAKE_STOP, true, 3 }, { WAKE_EVICTED, true, 3 },
		{ 0, false, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request *request = request_to("/c12");

		request->round = 3;
		request->resumed_hold = rows[i].resumed;
		request->waiter.reason = rows[i].reason;
		assert_int_equal(follow(held_link(request, STR("c12")))->round,
		    rows[i].round);
		assert_int_equal(held_early(request),
		    rows[i].reason == WAKE_STOP || rows[i].reason == WAKE_EVICTED);
	}
}

static void
test_malformed_foreign_and_future_links_are_answered_at_once(void **state)
{
	static const char *const bad[] = {
		"", "w=", "w=.", "w=....", "w=1", "w=1.1.0.0.0", "w=x.1.0.0.0",
		"w=00000000.1", "w=%E6%B1%89", "w=ffffffff.1.2.3.4", "W=1.1",
	};
	struct str good = link_at(1, 5, 5);
	char *copy = (char *)str_dup(&fix.arena, str_from(good, 4)).p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(asked(bad[i])->watch_v, 0);
	assert_int_equal(asked(copy)->watch_v, 1);
	copy[2] = copy[2] == '0' ? '1' : '0';	/* another epoch */
	assert_int_equal(asked(copy)->watch_v, 0);
	assert_int_equal(follow(link_at(0, 0, 0))->watch_v, 0);
	assert_int_equal(follow(link_at(UINT64_MAX, 0, 0))->watch_v, 0);
}

/* SEEN and ROUND are only numbers of the client's own; nonsense is none. */
static void
test_nonsense_behind_the_version(void **state)
{
	static const struct {
		const char *tail;
		uint32_t seen;
		unsigned round;
	} rows[] = {
		{ "", 0, 0 }, { ".", 0, 0 }, { ".7", 7, 0 }, { ".7.", 7, 0 },
		{ ".x.2.0", 0, 2 }, { ".-1.-1", 0, 0 }, { ".4294967295", UINT32_MAX, 0 },
		{ ".4294967296.5", 0, 5 }, { ".7.99", 7, 99 }, { ".7.100", 7, 0 },
		{ ".7.18446744073709551616", 7, 0 }, { ".7.2.x.y.z", 7, 2 },
	};
	char version[WATCH_VERSION_LEN];

	(void)state;
	watch_version(1, version);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request *request = asked(str_fmt(&fix.arena, "w=%s%s",
		    version, rows[i].tail).p);

		assert_int_equal(request->watch_v, 1);
		assert_int_equal(request->seen, rows[i].seen);
		assert_int_equal(request->round, rows[i].round);
	}
}

/* ---- read marks ---- */

static uint32_t
read_mark(uint64_t uid, uint64_t cid)
{
	return talk_of(cid, uid).read_seq;
}

/* A talk in which `*reader` has three messages unread. */
static uint64_t
unread_talk(uint64_t *writer, uint64_t *reader)
{
	uint64_t cid;

	*writer = user("writer");
	*reader = user("reader");
	cid = befriend(*writer, *reader);
	for (unsigned i = 0; i < 3; i++)
		assert_ok(send_form(*writer, talk_form(cid, i),
		    str_fmt(&fix.arena, "text %u", i)).command.err);
	assert_int_equal(read_mark(*reader, cid), 0);
	return cid;
}

static void
prove(uint64_t uid, struct str proof)
{
	struct request *request = request_to(str_fmt(&fix.arena, "/?%.*s",
	    STR_ARGS(proof)).p);

	request->viewer.uid = uid;
	assert_ok(request_parse(request));
	held_proof(request);
}

static struct str
proof_of(uint64_t uid, uint64_t cid, uint32_t seen, bool held)
{
	struct request *request = request_of_user(uid, 1);

	request->talk = cid;
	request->seen = seen;
	request->resumed_hold = held;
	return held_proof_link(request);
}

static void
test_a_held_page_is_read_when_its_links_are_followed(void **state)
{
	uint64_t writer, reader, cid = unread_talk(&writer, &reader);
	struct str proof = proof_of(reader, cid, 2, true);

	(void)state;
	prove(reader, STR(""));
	assert_int_equal(read_mark(reader, cid), 0);
	prove(reader, proof);
	assert_int_equal(read_mark(reader, cid), 2);
	prove(reader, proof_of(reader, cid, 1, true));	/* never back */
	assert_int_equal(read_mark(reader, cid), 2);
	prove(reader, proof_of(reader, cid, 3, true));
	assert_int_equal(read_mark(reader, cid), 3);
}

static void
test_only_held_pages_of_talks_have_something_to_prove(void **state)
{
	(void)state;
	assert_str(proof_of(7, 12, 3, false), "");
	assert_str(proof_of(7, 0, 3, true), "");
	assert_str(proof_of(7, 12, 0, true), "");
	assert_str(proof_of(7, 12, 3, true), "r=12.3");
}

static void
test_a_forged_proof_moves_nothing(void **state)
{
	uint64_t writer, reader, cid = unread_talk(&writer, &reader);
	uint64_t stranger = user("stranger");
	static const char *const bad[] = { "r=", "r=.", "r=x.1", "r=1.x",
	    "r=1.-1", "r=99999999.1", "r=18446744073709551616.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		prove(reader, str_c(bad[i]));
	prove(reader, proof_of(reader, cid, 4, true));	/* beyond what there is */
	prove(reader, proof_of(reader, cid, UINT32_MAX, true));
	prove(stranger, proof_of(stranger, cid, 3, true));
	assert_int_equal(read_mark(reader, cid), 0);
	assert_int_equal(soft_read_get(stranger, cid, 0), 0);
}

static void
test_a_mark_that_moves_wakes_the_readers_other_pages(void **state)
{
	uint64_t writer, reader, cid = unread_talk(&writer, &reader);
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	watch_add(&set, (struct object){ OBJ_INBOX, reader, 0 });
	held_mark(reader, cid, 2, 0);
	assert_true(watch_stale(&set, 0));
	watch_begin(&set);
	watch_add(&set, (struct object){ OBJ_INBOX, reader, 0 });
	held_mark(reader, cid, 2, 0);
	held_mark(reader, cid, 1, 0);
	assert_false(watch_stale(&set, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_the_link_comes_back),
		WEB_TEST(test_no_two_links_are_the_same),
		WEB_TEST(test_rounds_grow_by_deadlines),
		WEB_TEST(test_malformed_foreign_and_future_links_are_answered_at_once),
		WEB_TEST(test_nonsense_behind_the_version),
		WEB_TEST(test_a_held_page_is_read_when_its_links_are_followed),
		WEB_TEST(test_only_held_pages_of_talks_have_something_to_prove),
		WEB_TEST(test_a_forged_proof_moves_nothing),
		WEB_TEST(test_a_mark_that_moves_wakes_the_readers_other_pages),
	};

	return cmocka_run_group_tests(tests, web_group_setup, web_group_teardown);
}
