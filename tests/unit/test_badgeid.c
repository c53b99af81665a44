/* Names of presence images: what was made is read, and nothing else. */
#include "im_fixture.h"

#include "web/badgeid.h"

static struct str
name_made(uint64_t uid, uint32_t generation)
{
	return badgeid_make(&fix.arena, uid, generation);
}

static bool
is_read(struct str name)
{
	uint64_t uid;
	uint32_t generation;

	return badgeid_read(name, &uid, &generation);
}

static void
test_comes_back(void **state)
{
	static const uint64_t uids[] = { 1, 255, 65536, (UINT64_C(1) << 40) - 1 };
	static const uint32_t generations[] = { 1, 3, 0xffffff };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 3; k++) {
			struct str name = name_made(uids[i], generations[k]);
			uint64_t uid;
			uint32_t generation;

			assert_int_equal(name.len, 20);
			assert_true(badgeid_read(name, &uid, &generation));
			assert_int_equal(uid, uids[i]);
			assert_int_equal(generation, generations[k]);
		}
}

/* The same name after a restart: it stands in somebody's forum. */
static void
test_stands_a_restart(void **state)
{
	struct str name = name_made(7, 1);

	(void)state;
	fix_reopen();
	badgeid_start();
	assert_true(str_eq(name, name_made(7, 1)));
}

/* Neither the next person's nor one's own next has much in common with it. */
static void
test_tells_nothing(void **state)
{
	struct str a = name_made(7, 1), others[] = { name_made(7, 3),
		name_made(8, 1) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t same = 0;

		for (size_t k = 0; k < a.len; k++)
			same += a.p[k] == others[i].p[k];
		assert_true(same < 8);
	}
}

static void
test_every_changed_character_is_seen(void **state)
{
	struct str name = name_made(7, 1);
	char changed[20];

	(void)state;
	for (size_t i = 0; i < name.len; i++) {
		memcpy(changed, name.p, name.len);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		assert_false(is_read((struct str){ changed, name.len }));
		changed[i] = (char)0xc3;
		assert_false(is_read((struct str){ changed, name.len }));
		assert_false(is_read(str_head(name, i)));
	}
	assert_false(is_read(str_fmt(&fix.arena, "%.*sA", STR_ARGS(name))));
	assert_false(is_read(str_fmt(&fix.arena, "%.*s=", STR_ARGS(name))));
	assert_false(is_read(STR_NONE));
}

static int
group_setup(void **state)
{
	int failed = fix_group_setup(state);

	if (failed == 0)
		badgeid_start();
	return failed;
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_teardown(f, fix_teardown)
	static const struct CMUnitTest tests[] = {
		CASE(test_comes_back),
		CASE(test_stands_a_restart),
		CASE(test_tells_nothing),
		CASE(test_every_changed_character_is_seen),
	};

	return cmocka_run_group_tests(tests, group_setup,
	    fix_group_teardown);
}
