/* Form keys: only the session, user and page that were given one may use it, for
 * three days, also after a restart; and no byte of it can be changed. */
#include "web_fixture.h"

#define DAY_MS INT64_C(86400000)
#define KEY_LEN 19
#define PAGE 1
#define PAGE_ID 12

static enum formkey_state
check(struct request *request, struct str key, uint32_t want)
{
	uint32_t count = 77;
	enum formkey_state state = formkey_check(request, key, PAGE, PAGE_ID,
	    &count);

	assert_int_equal(count, want);
	return state;
}

static void
test_a_key_comes_back_with_its_counter(void **state)
{
	static const uint32_t counts[] = { 0, 1, 255, 256, 65536, UINT32_MAX };
	struct request *request = request_of_user(7, 70);

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct str key = formkey_make(request, PAGE, PAGE_ID, counts[i]);

		assert_int_equal(key.len, KEY_LEN);
		for (size_t k = 0; k < key.len; k++)
			assert_non_null(memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"
			    "ghijklmnopqrstuvwxyz0123456789-_", key.p[k], 64));
		assert_int_equal(check(request, key, counts[i]), FORMKEY_OK);
	}
}

static void
test_a_key_is_of_one_session_user_and_page(void **state)
{
	struct request *owner = request_of_user(7, 70);
	struct str key = formkey_make(owner, PAGE, PAGE_ID, 5);
	uint32_t count;

	(void)state;
	assert_int_equal(check(request_of_user(7, 71), key, 5), FORMKEY_FOREIGN);
	assert_int_equal(check(request_of_user(8, 70), key, 5), FORMKEY_FOREIGN);
	assert_int_equal(check(request_of_user(70, 7), key, 5), FORMKEY_FOREIGN);
	assert_int_equal(formkey_check(owner, key, PAGE + 1, PAGE_ID, &count),
	    FORMKEY_FOREIGN);
	assert_int_equal(formkey_check(owner, key, PAGE, PAGE_ID + 1, &count),
	    FORMKEY_FOREIGN);
	assert_int_equal(formkey_check(owner, key, PAGE_ID, PAGE, &count),
	    FORMKEY_FOREIGN);
	assert_int_equal(check(request_of_user(7, 70), key, 5), FORMKEY_OK);
}

static void
test_a_key_is_good_for_three_days(void **state)
{
	struct request *request = request_of_user(7, 70);
	int64_t made_ms = request->now_ms;
	struct str key = formkey_make(request, PAGE, PAGE_ID, 5);

	(void)state;
	request->now_ms = made_ms + 3 * DAY_MS;
	assert_int_equal(check(request, key, 5), FORMKEY_OK);
	request->now_ms = made_ms + 4 * DAY_MS;
	assert_int_equal(check(request, key, 5), FORMKEY_OLD);
	/* Two bytes of day come round only after 179 years. */
	request->now_ms = made_ms + 60000 * DAY_MS;
	assert_int_equal(check(request, key, 5), FORMKEY_OLD);
	/* A clock that was set back does not make a key young for ever. */
	request->now_ms = made_ms - DAY_MS;
	assert_int_equal(check(request, key, 5), FORMKEY_OLD);
}

static void
test_a_page_with_a_key_is_made_anew_next_day(void **state)
{
	struct request *request = request_of_user(7, 70);

	(void)state;
	formkey_make(request, PAGE, PAGE_ID, 0);
	assert_true(watch_stale(&request->calm, request->now_ms + DAY_MS));
	assert_false(watch_stale(&request->calm, request->now_ms));
}

static void
test_no_changed_key_is_good(void **state)
{
	struct request *request = request_of_user(7, 70);
	struct str key = formkey_make(request, PAGE, PAGE_ID, 5);
	char copy[KEY_LEN + 1];
	uint32_t count;

	(void)state;
	for (size_t at = 0; at < KEY_LEN; at++)
		for (int c = 1; c < 256; c++) {
			memcpy(copy, key.p, KEY_LEN + 1);
			if (copy[at] == (char)c)
				continue;
			copy[at] = (char)c;
			assert_int_equal(formkey_check(request, (struct str){
			    copy, KEY_LEN }, PAGE, PAGE_ID, &count),
			    FORMKEY_FOREIGN);
		}
}

static void
test_what_is_no_key_is_foreign(void **state)
{
	struct request *request = request_of_user(7, 70);
	struct str key = formkey_make(request, PAGE, PAGE_ID, 5);
	struct str twice = str_fmt(&request->arena, "%.*s%.*s", STR_ARGS(key),
	    STR_ARGS(key));

	(void)state;
	assert_int_equal(check(request, STR_NONE, 0), FORMKEY_FOREIGN);
	assert_int_equal(check(request, STR(""), 0), FORMKEY_FOREIGN);
	assert_int_equal(check(request, STR("AAAAAAAAAAAAAAAAAAA"), 0),
	    FORMKEY_FOREIGN);
	assert_int_equal(check(request, STR("AAAAAAAAAAAAAAAAAAA="), 0),
	    FORMKEY_FOREIGN);
	assert_int_equal(check(request, twice, 0), FORMKEY_FOREIGN);
	for (size_t len = 0; len < KEY_LEN; len++)
		assert_int_equal(check(request, str_head(key, len), 0),
		    FORMKEY_FOREIGN);
}

static void
test_keys_and_ways_out_stand_a_restart(void **state)
{
	struct request *request = request_of_user(7, 70);
	struct str key = formkey_make(request, PAGE, PAGE_ID, 5);
	struct str out = formkey_out(&request->arena, 12, 57, 1);

	(void)state;
	fix_reopen();
	assert_int_equal(check(request, key, 5), FORMKEY_OK);
	assert_true(str_eq(formkey_out(&request->arena, 12, 57, 1), out));
}

static void
test_a_way_out_is_of_one_link(void **state)
{
	struct arena *arena = &request_to("/")->arena;
	struct str out = formkey_out(arena, 12, 57, 1);

	(void)state;
	assert_int_equal(out.len, 8);
	assert_false(str_eq(formkey_out(arena, 13, 57, 1), out));
	assert_false(str_eq(formkey_out(arena, 12, 58, 1), out));
	assert_false(str_eq(formkey_out(arena, 12, 57, 2), out));
	assert_false(str_eq(formkey_out(arena, 57, 12, 1), out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_a_key_comes_back_with_its_counter),
		WEB_TEST(test_a_key_is_of_one_session_user_and_page),
		WEB_TEST(test_a_key_is_good_for_three_days),
		WEB_TEST(test_a_page_with_a_key_is_made_anew_next_day),
		WEB_TEST(test_no_changed_key_is_good),
		WEB_TEST(test_what_is_no_key_is_foreign),
		WEB_TEST(test_keys_and_ways_out_stand_a_restart),
		WEB_TEST(test_a_way_out_is_of_one_link),
	};

	return cmocka_run_group_tests(tests, web_group_setup, web_group_teardown);
}
