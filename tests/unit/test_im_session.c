/* Sign-ins: open, end, bounded in number, kept 30 days after the end. */
#include "im_fixture.h"

#define DAY_MS INT64_C(86400000)

static struct session_hash
new_hash(void)
{
	char token[TOKEN_LEN + 1];

	secret_token(token);
	return session_hash_of(str_c(token));
}

static struct session_hash
open_kind(uint64_t uid, enum session_kind kind)
{
	struct session_open in = { .uid = uid, .kind = kind,
		.hash = new_hash() };

	assert_ok(run(&in.command, session_open_run));
	return in.hash;
}

static Rec__Session *
row_of(const struct session_hash *hash)
{
	Rec__Session *row;

	assert_ok(session_get(&fix.arena, hash, &row));
	return row;
}

static bool
is_open(const struct session_hash *hash)
{
	return session_is_open(row_of(hash), 0, clock_wall_ms());
}

static size_t
count(uint64_t uid)
{
	size_t n;

	assert_ok(session_count(&fix.arena, uid, &n));
	return n;
}

static struct object
object_of(const struct session_hash *hash)
{
	return (struct object){ OBJ_SESSION, session_id_of(hash), 0 };
}

static struct object
list_of(uint64_t uid)
{
	return (struct object){ OBJ_SESSIONS, uid, 0 };
}

static enum err
end_with(uint64_t uid, const struct session_hash *hash, bool others, bool all)
{
	struct session_end in = { .uid = uid, .others = others, .all = all };

	if (hash != NULL)
		in.hash = *hash;
	return run(&in.command, session_end_run);
}

static void
test_hash(void **state)
{
	struct session_hash a = session_hash_of(STR("AAAAAAAAAAAAAAAA"));
	struct session_hash again = session_hash_of(STR("AAAAAAAAAAAAAAAA"));
	struct session_hash b = session_hash_of(STR("AAAAAAAAAAAAAAAB"));
	uint8_t plain[32];

	(void)state;
	assert_memory_equal(&a, &again, sizeof(a));
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_int_equal(session_id_of(&a) >> 56, a.b[0]);
	secret_hash(plain, sizeof(plain), STR_NONE, STR("AAAAAAAAAAAAAAAA"));
	assert_memory_not_equal(&a, plain, sizeof(a));
	fix_reopen();
	again = session_hash_of(STR("AAAAAAAAAAAAAAAA"));
	assert_memory_equal(&a, &again, sizeof(a));
}

static void
test_open(void **state)
{
	char agent[200];
	uint64_t uid = user("open");
	struct session_open in = { .uid = uid, .kind = SESSION_PATH,
		.tls = true, .hash = new_hash(), .family = STR("lynx"),
		.user_agent = { agent, sizeof(agent) } };
	Rec__Session *row;

	(void)state;
	memset(agent, 'x', sizeof(agent));
	assert_ok(run(&in.command, session_open_run));
	row = row_of(&in.hash);
	assert_int_equal(row->uid, uid);
	assert_int_equal(row->sid, session_id_of(&in.hash));
	assert_int_equal(row->kind, SESSION_PATH);
	assert_true(row->tls);
	assert_str(record_str(row->family), "lynx");
	assert_int_equal(row->user_agent.len, 120);
	assert_int_equal(row->expires_ms,
	    row->used_ms + SESSION_PATH_IDLE_MS + SESSION_KEEP_MS);
	assert_true(is_open(&in.hash));
	assert_int_equal(count(uid), 1);
}

static void
test_client_text_is_text(void **state)
{
	struct session_open in = { .uid = user("bytes"),
		.hash = new_hash(), .kind = SESSION_COOKIE,
		.family = STR("\xff\xfe"), .user_agent = STR("Nokia\xc3") };

	(void)state;
	assert_ok(run(&in.command, session_open_run));
	assert_int_equal(row_of(&in.hash)->family.len, 0);
	assert_int_equal(row_of(&in.hash)->user_agent.len, 0);
}

static void
test_unknown(void **state)
{
	struct session_hash hash = new_hash();
	struct session_open in = { .uid = 1 << 30, .hash = hash };
	Rec__Session *row;

	(void)state;
	assert_int_equal(run(&in.command, session_open_run), ERR_NOT_FOUND);
	assert_int_equal(session_get(&fix.arena, &hash, &row), ERR_NOT_FOUND);
	assert_int_equal(end_with(1, &hash, false, false), ERR_NOT_FOUND);
	assert_int_equal(count(1 << 30), 0);
}

static void
test_end_one(void **state)
{
	uint64_t uid = user("end"), other = user("end");
	struct session_hash a = open_kind(uid, SESSION_COOKIE);
	struct session_hash b = open_kind(uid, SESSION_COOKIE);

	(void)state;
	touched_clear();
	assert_int_equal(end_with(other, &a, false, false), ERR_NOT_FOUND);
	assert_int_equal(touched_count(), 0);
	assert_ok(end_with(uid, &a, false, false));
	assert_touched(object_of(&a), list_of(uid));
	assert_ok(end_with(uid, &a, false, false));
	assert_int_equal(touched_count(), 0);
	assert_false(is_open(&a));
	assert_true(is_open(&b));
	assert_int_equal(count(uid), 1);
	assert_int_equal(row_of(&a)->uid, uid);
	assert_int_equal(row_of(&a)->expires_ms,
	    row_of(&a)->ended_ms + SESSION_KEEP_MS);
}

static void
test_end_others_and_all(void **state)
{
	uint64_t uid = user("others");
	struct session_hash a = open_kind(uid, SESSION_COOKIE);
	struct session_hash b = open_kind(uid, SESSION_PATH);
	struct session_hash c = open_kind(uid, SESSION_BEARER);

	(void)state;
	touched_clear();
	assert_ok(end_with(uid, &b, true, false));
	assert_touched(object_of(&a), object_of(&c), list_of(uid));
	assert_true(is_open(&b));
	assert_int_equal(count(uid), 1);
	a = open_kind(uid, SESSION_COOKIE);
	touched_clear();
	assert_ok(end_with(uid, NULL, false, true));
	assert_touched(object_of(&a), object_of(&b), list_of(uid));
	assert_int_equal(count(uid), 0);
}

/* The 101st ends the one idle longest, soft activity included. */
static void
test_hundred(void **state)
{
	uint64_t uid = user("hundred");
	struct session_hash hash[102];

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		hash[i] = open_kind(uid, SESSION_COOKIE);
		clock_advance(10);
	}
	assert_int_equal(count(uid), 100);
	soft_seen(uid, &hash[0], clock_wall_ms());
	touched_clear();
	hash[100] = open_kind(uid, SESSION_COOKIE);
	assert_touched(object_of(&hash[1]), list_of(uid));
	assert_int_equal(count(uid), 100);
	assert_true(is_open(&hash[0]));
	assert_false(is_open(&hash[1]));
	assert_true(is_open(&hash[2]));
	soft_flush(true);
	hash[101] = open_kind(uid, SESSION_COOKIE);
	assert_true(is_open(&hash[0]));
	assert_false(is_open(&hash[2]));
}

static void
test_idle(void **state)
{
	uint64_t uid = user("idle");
	struct session_hash path = open_kind(uid, SESSION_PATH);
	struct session_hash cookie = open_kind(uid, SESSION_COOKIE);
	int64_t now = clock_wall_ms(), later = now + SESSION_PATH_IDLE_MS;

	(void)state;
	assert_true(session_is_open(row_of(&path), 0, later - 60000));
	assert_false(session_is_open(row_of(&path), 0, later));
	assert_true(session_is_open(row_of(&path), now + 120000, later));
	assert_true(session_is_open(row_of(&cookie), 0, later));
	clock_advance(SESSION_PATH_IDLE_MS);
	assert_int_equal(count(uid), 1);
	clock_advance(SESSION_COOKIE_IDLE_MS);
	assert_int_equal(count(uid), 0);
	open_kind(uid, SESSION_PATH);
	assert_int_equal(count(uid), 1);
}

/* Use moves the day on which the row may go; the end fixes it. */
static void
test_row_outlives_session(void **state)
{
	uint64_t uid = user("keep");
	struct session_hash used = open_kind(uid, SESSION_PATH);
	struct session_hash ended = open_kind(uid, SESSION_PATH);
	Rec__Session *row;

	(void)state;
	clock_advance(DAY_MS);
	soft_seen(uid, &used, clock_wall_ms());
	soft_flush(true);
	assert_int_equal(row_of(&used)->expires_ms, row_of(&used)->used_ms +
	    SESSION_PATH_IDLE_MS + SESSION_KEEP_MS);
	assert_ok(end_with(uid, &ended, false, false));

	/* 29 days after the end both rows are there, swept or not. */
	clock_advance(29 * DAY_MS);
	sweep();
	assert_int_equal(row_of(&ended)->uid, uid);
	row_of(&used);
	/* 30: one is gone.  The other's first entry was for 31.5 days. */
	clock_advance(DAY_MS);
	sweep();
	assert_int_equal(session_get(&fix.arena, &ended, &row), ERR_NOT_FOUND);
	clock_advance(DAY_MS);
	sweep();
	row_of(&used);
	clock_advance(DAY_MS);
	sweep();
	assert_int_equal(session_get(&fix.arena, &used, &row), ERR_NOT_FOUND);
	assert_int_equal(count(uid), 0);
}

/* A late flush must not open again what was ended. */
static void
test_soft_does_not_revive(void **state)
{
	uint64_t uid = user("revive");
	struct session_hash hash = open_kind(uid, SESSION_COOKIE);
	int64_t expires_ms;

	(void)state;
	clock_advance(1000);
	soft_seen(uid, &hash, clock_wall_ms());
	assert_ok(end_with(uid, &hash, false, false));
	expires_ms = row_of(&hash)->expires_ms;
	soft_flush(true);
	assert_false(is_open(&hash));
	assert_int_equal(row_of(&hash)->expires_ms, expires_ms);
	assert_int_equal(count(uid), 0);
}

static void
set_rule(uint64_t uid, enum places_rule rule)
{
	struct account_prefs in = { .uid = uid, .set = PREFS_PLACES,
		.places = rule };

	assert_ok(run(&in.command, account_prefs_run));
}

static void
test_newest_wins(void **state)
{
	uint64_t uid = user("newest");
	struct session_hash a = open_kind(uid, SESSION_COOKIE);
	struct session_hash b = open_kind(uid, SESSION_PATH), c;

	(void)state;
	set_rule(uid, PLACES_NEWEST);
	assert_int_equal(count(uid), 2);
	touched_clear();
	c = open_kind(uid, SESSION_BEARER);
	assert_touched(object_of(&a), object_of(&b), list_of(uid));
	assert_int_equal(count(uid), 1);
	assert_true(is_open(&c));
	assert_int_equal(row_of(&a)->why_ended, SESSION_WHY_NEWEST);
	set_rule(uid, PLACES_ASK); /* the answer comes with the command */
	open_kind(uid, SESSION_COOKIE);
	assert_int_equal(count(uid), 2);
}

static void
test_end_by_id(void **state)
{
	uint64_t uid = user("byid"), other = user("byid");
	struct session_hash a = open_kind(uid, SESSION_COOKIE);
	struct session_end in = { .uid = other, .sid = session_id_of(&a),
		.why = SESSION_WHY_SIGNED_OUT };

	(void)state;
	assert_int_equal(run(&in.command, session_end_run), ERR_NOT_FOUND);
	assert_true(is_open(&a));
	in.uid = uid;
	assert_ok(run(&in.command, session_end_run));
	assert_false(is_open(&a));
	assert_int_equal(row_of(&a)->why_ended, SESSION_WHY_SIGNED_OUT);
	assert_int_equal(run(&in.command, session_end_run), ERR_NOT_FOUND);
}

static void
test_list(void **state)
{
	uint64_t uid = user("list");
	struct session_hash first = open_kind(uid, SESSION_PATH), second, third;
	int64_t begun = clock_wall_ms();
	struct session_list list;

	(void)state;
	clock_advance(DAY_MS);
	second = open_kind(uid, SESSION_PATH);
	third = open_kind(uid, SESSION_COOKIE);
	assert_ok(end_with(uid, &third, false, false));
	assert_ok(session_list(&fix.arena, uid, 0, &list));
	assert_int_equal(list.n, 2);
	assert_int_equal(list.item[0]->sid, session_id_of(&second));
	assert_in_range(list.until_ms, begun,
	    begun + SESSION_PATH_IDLE_MS);
	/* The one that looks does not idle; use moves an end, and tells so
	 * when it is written. */
	assert_ok(session_list(&fix.arena, uid, session_id_of(&first), &list));
	assert_in_range(list.until_ms, begun + DAY_MS + SESSION_PATH_IDLE_MS,
	    clock_wall_ms() + SESSION_PATH_IDLE_MS);
	soft_seen(uid, &first, clock_wall_ms() + 5000);
	touched_clear();
	soft_flush(true);
	assert_touched((struct object){ OBJ_USED, uid, 0 });
	assert_ok(session_list(&fix.arena, uid, 0, &list));
	assert_int_equal(list.item[0]->sid, session_id_of(&first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hash),
		TEST(test_open),
		TEST(test_client_text_is_text),
		TEST(test_unknown),
		TEST(test_end_one),
		TEST(test_end_others_and_all),
		TEST(test_hundred),
		TEST(test_idle),
		TEST(test_row_outlives_session),
		TEST(test_soft_does_not_revive),
		TEST(test_newest_wins),
		TEST(test_end_by_id),
		TEST(test_list),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
