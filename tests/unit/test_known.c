/*
 * What is known of sessions and accounts is what the store says, as soon as a
 * change of it has been told; and a session that was used is never taken for
 * one that idled out.
 */
#include "im_fixture.h"

#include "im/admin.h"
#include "im/showing.h"
#include "live/internal.h"
#include "live/known.h"

/* What was touched since is told to `live`, as the committer does. */
static void
tell(void)
{
	live_bump(fix.touched, fix.n_touched);
	touched_clear();
}

static struct session_hash
sign_in(uint64_t uid, char token[TOKEN_LEN + 1])
{
	struct session_open open = { .uid = uid, .kind = SESSION_PATH,
		.family = STR("lynx") };

	secret_token(token);
	open.hash = session_hash_of(str_c(token));
	assert_ok(run(&open.command, session_open_run));
	tell();
	return open.hash;
}

static Rec__Session *
known(const struct session_hash *hash)
{
	Rec__Session *session;

	assert_ok(known_session(&fix.arena, hash, clock_wall_ms(), &session));
	return session;
}

static bool
is_admin(uint64_t uid)
{
	Rec__User *user;

	assert_ok(known_user(&fix.arena, uid, &user));
	return user->admin;
}

static void
end_session(uint64_t uid, const struct session_hash *hash)
{
	struct session_end end = { .uid = uid, .hash = *hash };

	assert_ok(run(&end.command, session_end_run));
}

/* Kept: a change that nobody was told of yet is not seen, else it is. */
static void
test_account(void **state)
{
	struct admin_set set = { .uid = user("known"), .admin = true };

	(void)state;
	tell();
	assert_false(is_admin(set.uid));
	assert_ok(run(&set.command, admin_set_run));
	assert_false(is_admin(set.uid));
	tell();
	assert_true(is_admin(set.uid));
	assert_true(is_admin(set.uid));
}

/* What a person chose to be shown as is in the same row, but is news of another
 * kind. */
static void
test_showing(void **state)
{
	struct showing_set set = { .uid = user("known"), .set = SHOW_MODE,
		.mode = SHOWING_BUSY };
	Rec__User *user;

	(void)state;
	tell();
	is_admin(set.uid);
	assert_ok(run(&set.command, showing_set_run));
	tell();
	assert_ok(known_user(&fix.arena, set.uid, &user));
	assert_int_equal(user->presence_mode, SHOWING_BUSY);
}

static void
test_session_ends(void **state)
{
	char token[TOKEN_LEN + 1];
	uint64_t uid = user("known");
	struct session_hash hash = sign_in(uid, token);

	(void)state;
	assert_int_equal(known(&hash)->uid, uid);
	end_session(uid, &hash);
	assert_int_equal(known(&hash)->ended_ms, 0);
	tell();
	assert_int_not_equal(known(&hash)->ended_ms, 0);
}

/* The same place of the shelf: the rest of the key counts as well. */
static void
test_another_with_that_id(void **state)
{
	char token[TOKEN_LEN + 1];
	struct session_hash hash = sign_in(user("known"), token), other = hash;
	Rec__Session *session;

	(void)state;
	known(&hash);
	other.b[SESSION_HASH_LEN - 1] ^= 1;
	assert_int_equal(known_session(&fix.arena, &other, clock_wall_ms(),
	    &session), ERR_NOT_FOUND);
	assert_int_equal(known(&hash)->sid, session_id_of(&hash));
}

/* Used for two days, its use written and forgotten: what is known of it is two
 * days old and must not end it. */
static void
test_used_is_not_idle(void **state)
{
	char token[TOKEN_LEN + 1];
	uint64_t uid = user("known");
	struct session_hash hash = sign_in(uid, token);

	(void)state;
	known(&hash);
	clock_advance(SESSION_PATH_IDLE_MS - 1000);
	soft_seen(uid, &hash, clock_wall_ms());
	for (int i = 0; i < 4; i++)
		soft_flush(true);
	clock_advance(SESSION_PATH_IDLE_MS - 1000);
	assert_true(session_is_open(known(&hash), 0, clock_wall_ms()));
	clock_advance(2000);
	assert_false(session_is_open(known(&hash), 0, clock_wall_ms()));
}

static void
test_unknown(void **state)
{
	struct session_hash hash = session_hash_of(STR("0123456789abcdef"));
	Rec__Session *session;
	Rec__User *nobody;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(known_session(&fix.arena, &hash, 0, &session),
		    ERR_NOT_FOUND);
		assert_int_equal(known_user(&fix.arena, UINT64_MAX, &nobody),
		    ERR_NOT_FOUND);
	}
}

static int
down(void **state)
{
	known_clear();
	return fix_group_teardown(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_account),
		TEST(test_showing),
		TEST(test_session_ends),
		TEST(test_another_with_that_id),
		TEST(test_used_is_not_idle),
		TEST(test_unknown),
	};

	return cmocka_run_group_tests(tests, fix_group_setup, down);
}
