/* The sweeper: rows go when their time has come, and not before. */
#include "store_test.h"

struct fixture {
	char dir[64];
	struct arena arena;
};

static int
setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	test_dir_make(fixture->dir);
	arena_init(&fixture->arena, 0);
	test_start(fixture->dir);
	*state = fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fixture = *state;

	test_stop();
	test_dir_remove(fixture->dir);
	arena_fini(&fixture->arena);
	free(fixture);
	return 0;
}

static enum err
put_sent(uint64_t number, int64_t entry_ms, int64_t expires_ms)
{
	struct key key = key_u64(key_u32(key_u64(key_u8(KEY1(1), 1), 2), 3),
	    number);
	Rec__Sent sent = REC__SENT__INIT;
	struct steps steps = { .command = { .run = steps_run } };
	uint8_t bytes[64];

	sent.expires_ms = expires_ms;
	steps.step[0] = (struct step){ .kind = STEP_PUT, .table = T_SENT,
		.key = key, .value = { (char *)bytes,
		    rec__sent__pack(&sent, bytes) } };
	steps.step[1] = (struct step){ .kind = STEP_EXPIRE, .table = T_SENT,
		.key = key, .wall_ms = entry_ms };
	return committer_run(&steps.command);
}

static bool
has_sent(uint64_t number)
{
	return test_has(T_SENT, key_u64(key_u32(key_u64(key_u8(KEY1(1), 1), 2),
	    3), number));
}

/* Advances, and lets the sweeper finish what became due. */
static void
sweep_after(int64_t ms)
{
	/* The first sweep may still ride in the batch that was just answered: its
	 * end would count the wait from behind the advance. */
	test_barrier();
	clock_advance(ms);
	for (int i = 0; i < 20; i++)
		test_barrier();
}

static void
test_sweep(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_wall_ms(), day = 86400000;
	struct rows rows;

	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(put_sent(i, now + day, now + day), OK);
	assert_int_equal(put_sent(1000, now + day, now + 3 * day), OK);
	assert_int_equal(put_sent(1001, now + 2 * day, now + 2 * day), OK);
	sweep_after(day / 2);
	assert_true(has_sent(0));
	sweep_after(day / 2 + 1);
	for (uint64_t i = 0; i < 300; i++)
		assert_false(has_sent(i));
	assert_true(has_sent(1000)); /* was given a later time */
	assert_true(has_sent(1001));
	sweep_after(day);
	assert_true(has_sent(1000));
	assert_false(has_sent(1001));
	sweep_after(day);
	assert_false(has_sent(1000));
	assert_int_equal(store_scan(NULL, T_EXPIRY, key_none(), key_none(), 5,
	    &f->arena, &rows), OK);
	assert_int_equal(rows.n, 0);
}

static void
test_sweep_session(void **state)
{
	struct key hash = key_bytes(key_none(),
	    STR("0123456789abcdef0123456789abcdef"));
	struct key listed = key_bytes(KEY1(7),
	    STR("0123456789abcdef0123456789abcdef"));
	Rec__Session session = REC__SESSION__INIT;
	struct steps steps = { .command = { .run = steps_run } };
	uint8_t bytes[64];

	(void)state;
	session.uid = 7;
	session.expires_ms = clock_wall_ms() + 1000;
	steps.step[0] = (struct step){ .kind = STEP_PUT, .table = T_SESS,
		.key = hash, .value = { (char *)bytes,
		    rec__session__pack(&session, bytes) } };
	steps.step[1] = (struct step){ .kind = STEP_PUT, .table = T_USESS,
		.key = listed };
	steps.step[2] = (struct step){ .kind = STEP_EXPIRE, .table = T_SESS,
		.key = hash, .wall_ms = session.expires_ms };
	assert_int_equal(committer_run(&steps.command), OK);
	sweep_after(40000);
	assert_false(test_has(T_SESS, hash));
	assert_false(test_has(T_USESS, listed));
}

/* An index row without a record goes by the list alone. */
static void
test_sweep_draft(void **state)
{
	struct key key = key_u64(key_u8(KEY1(3), 1), 4);
	Rec__Draft draft = REC__DRAFT__INIT;
	struct steps steps = { .command = { .run = steps_run } };
	uint8_t bytes[64];

	(void)state;
	draft.expires_ms = clock_wall_ms() + 100000;
	steps.step[0] = (struct step){ .kind = STEP_PUT, .table = T_DRAFT,
		.key = key, .value = { (char *)bytes,
		    rec__draft__pack(&draft, bytes) } };
	/* Listed twice, once too early; and a row that is no more. */
	steps.step[1] = (struct step){ .kind = STEP_EXPIRE, .table = T_DRAFT,
		.key = key, .wall_ms = draft.expires_ms };
	steps.step[2] = (struct step){ .kind = STEP_EXPIRE, .table = T_DRAFT,
		.key = key, .wall_ms = 1 };
	steps.step[3] = (struct step){ .kind = STEP_EXPIRE, .table = T_DRAFT,
		.key = KEY1(1), .wall_ms = 1 };
	steps.step[4] = (struct step){ .kind = STEP_PUT, .table = T_PAIR,
		.key = KEY1(8) };
	steps.step[5] = (struct step){ .kind = STEP_EXPIRE, .table = T_PAIR,
		.key = KEY1(8), .wall_ms = 1 };
	assert_int_equal(committer_run(&steps.command), OK);
	sweep_after(31000);
	assert_true(test_has(T_DRAFT, key));
	assert_false(test_has(T_PAIR, KEY1(8)));
	sweep_after(100000);
	assert_false(test_has(T_DRAFT, key));
}

/* Rubbish on the list, or in a row, does not stop the rest. */
static void
test_sweep_damaged(void **state)
{
	struct steps steps = { .command = { .run = steps_run } };

	(void)state;
	steps.step[0] = (struct step){ .kind = STEP_PUT, .table = T_EXPIRY,
		.key = KEY1(1) };
	steps.step[1] = (struct step){ .kind = STEP_PUT, .table = T_EXPIRY,
		.key = key_u8(KEY1(1), 200) };
	steps.step[2] = (struct step){ .kind = STEP_PUT, .table = T_EXPIRY,
		.key = key_u8(key_none(), 0) };
	steps.step[3] = (struct step){ .kind = STEP_PUT, .table = T_SENT,
		.key = KEY1(1), .value = STR("\xff\xff") };
	steps.step[4] = (struct step){ .kind = STEP_EXPIRE, .table = T_SENT,
		.key = KEY1(1), .wall_ms = 2 };
	assert_int_equal(committer_run(&steps.command), OK);
	assert_int_equal(put_sent(5, 3, 3), OK);
	sweep_after(31000);
	assert_false(has_sent(5));
	assert_true(test_has(T_SENT, KEY1(1)));
	assert_false(test_has(T_EXPIRY, key_u8(KEY1(1), 200)));
	assert_false(test_has(T_EXPIRY, key_u8(key_none(), 0)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sweep), TEST(test_sweep_session),
		TEST(test_sweep_draft), TEST(test_sweep_damaged),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
