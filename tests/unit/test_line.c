/* What is known of the line to a session: whom it belongs to, and what forgets it. */
#include "web_fixture.h"

#include "web/line.h"

static void
test_a_question_is_answered_once(void **state)
{
	uint64_t sid = 17;

	(void)state;
	assert_int_equal(line_get(sid), LINE_UNKNOWN);
	assert_true(line_change(sid, LINE_UNKNOWN, LINE_ASKED));
	assert_false(line_change(sid, LINE_UNKNOWN, LINE_ASKED));
	assert_true(line_change(sid, LINE_ASKED, LINE_GATHERS));
	assert_false(line_change(sid, LINE_ASKED, LINE_FLOWS));
	assert_int_equal(line_get(sid), LINE_GATHERS);
}

static void
test_sessions_do_not_share_a_place(void **state)
{
	(void)state;
	assert_true(line_change(18, LINE_UNKNOWN, LINE_ASKED));
	assert_int_equal(line_get(18 + 8192), LINE_UNKNOWN);
	/* Who only asks takes nothing away; who has something to say does. */
	assert_int_equal(line_get(18), LINE_ASKED);
	line_bore(18 + 8192); /* nothing to forget of that one */
	line_mended(18 + 8192);
	assert_false(line_change(18 + 8192, LINE_ASKED, LINE_FLOWS));
	assert_int_equal(line_get(18), LINE_ASKED);
	assert_true(line_change(18 + 8192, LINE_UNKNOWN, LINE_ASKED));
	assert_int_equal(line_get(18), LINE_UNKNOWN);
}

static void
test_two_cuts_in_a_row_are_the_line(void **state)
{
	uint64_t sid = 19;

	(void)state;
	line_mended(sid); /* nothing was cut: a link pressed for nothing */
	line_mended(sid);
	line_mended(sid);
	assert_false(line_cuts(sid));
	line_hung_up(sid);
	line_hung_up(sid);
	line_mended(sid);
	assert_false(line_cuts(sid));
	line_bore(sid);
	line_hung_up(sid);
	line_mended(sid);
	assert_false(line_cuts(sid));
	line_hung_up(sid);
	line_mended(sid);
	assert_true(line_cuts(sid));
}

static void
test_it_gets_another_chance(void **state)
{
	uint64_t sid = 20;

	(void)state;
	assert_true(line_change(sid, LINE_UNKNOWN, LINE_GATHERS));
	clock_advance(INT64_C(3600000) - 1000);
	assert_int_equal(line_get(sid), LINE_GATHERS);
	clock_advance(2000);
	assert_int_equal(line_get(sid), LINE_UNKNOWN);
	assert_true(line_change(sid, LINE_UNKNOWN, LINE_ASKED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_question_is_answered_once),
		cmocka_unit_test(test_sessions_do_not_share_a_place),
		cmocka_unit_test(test_two_cuts_in_a_row_are_the_line),
		cmocka_unit_test(test_it_gets_another_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
