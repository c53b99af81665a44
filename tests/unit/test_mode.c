/* How news comes: what each program gets by itself, what its owner may choose, and
 * what becomes of a choice that the program at hand cannot have. */
#include "web_fixture.h"

#include "web/mode.h"

#define CHROME "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

static struct request *
request_of(const char *ua, const char *target)
{
	struct request *request = request_to(target);
	struct device_headers headers = { .user_agent = str_c(ua) };

	assert_ok(request_parse(request));
	device_classify(&request->arena, &headers, &request->device);
	request->key.face = request->device.class == DEVICE_WML ? FACE_WML :
	    FACE_HTML;
	return request;
}

static void
test_every_program_gets_its_own(void **state)
{
	static const struct {
		const char *ua;
		enum live_mode mode;
		bool frames;
	} rows[] = {
		{ CHROME, LIVE_HELD_REFRESH, true },
		{ FIREFOX, LIVE_HELD_REFRESH, true },
		{ "Mozilla/5.0 (X11; Linux) NetSurf/3.10", LIVE_HELD_REFRESH, true },
		{ "ELinks/0.13.2 (textmode; Linux)", LIVE_HELD_REFRESH, false },
		{ "Links (2.28; Linux)", LIVE_HELD_LINK, false },
		{ "Lynx/2.9.0dev.12 libwww-FM/2.14", LIVE_HELD_LINK, false },
		{ "w3m/0.5.3+git20230121", LIVE_HELD_LINK, false },
		{ "Mozilla/4.0 (compatible; MSIE 6.0)", LIVE_HELD_LINK, false },
		{ "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80)", LIVE_HELD_LINK, false },
		{ "Mozilla/5.0 (Linux; U) UCBrowser/9.4 Chrome/30", LIVE_HELD_LINK, false },
		{ "Nokia7110/1.0 (05.01)", LIVE_HELD_LINK, false },
		{ "curl/8", LIVE_HELD_LINK, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request *request = request_of(rows[i].ua, "/c12");

		mode_set(request, NULL);
		if (request->key.mode != rows[i].mode ||
		    request->key.frames != rows[i].frames)
			fail_msg("%s", rows[i].ua);
		assert_int_equal(request->key.refresh_s, 0);
	}
}

/* The mode that `ua` gets of a choice. */
static enum live_mode
of_choice(const char *ua, uint32_t mode, uint32_t refresh_s)
{
	struct request *request = request_of(ua, "/c12");
	Rec__DevicePrefs prefs = REC__DEVICE_PREFS__INIT;

	prefs.mode = mode;
	prefs.refresh_s = refresh_s;
	mode_set(request, &prefs);
	assert_int_equal(request->key.refresh_s,
	    request->key.mode == LIVE_TIMED ? refresh_s : 0);
	return request->key.mode;
}

static void
test_a_choice_counts_where_it_can(void **state)
{
	static const struct {
		const char *ua;
		enum live_mode chosen, got;
	} rows[] = {
		{ CHROME, LIVE_STREAM, LIVE_STREAM },
		{ CHROME, LIVE_BY_HAND, LIVE_BY_HAND },
		{ CHROME, LIVE_TIMED, LIVE_TIMED },
		/* A stream only where one was seen to work. */
		{ FIREFOX, LIVE_STREAM, LIVE_HELD_REFRESH },
		{ "ELinks/0.13.2", LIVE_STREAM, LIVE_HELD_REFRESH },
		{ "Lynx/2.9", LIVE_STREAM, LIVE_HELD_LINK },
		{ "Lynx/2.9", LIVE_HELD_REFRESH, LIVE_HELD_LINK },
		{ "w3m/0.5.3", LIVE_HELD_REFRESH, LIVE_HELD_REFRESH },
		/* A phone's timer never leads into a hold. */
		{ "Nokia7110/1.0", LIVE_HELD_REFRESH, LIVE_HELD_LINK },
		{ "Nokia7110/1.0", LIVE_STREAM, LIVE_HELD_LINK },
		{ "Nokia7110/1.0", LIVE_TIMED, LIVE_TIMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (of_choice(rows[i].ua, 1 + rows[i].chosen, 30) != rows[i].got)
			fail_msg("%s, %d", rows[i].ua, (int)rows[i].chosen);
	assert_int_equal(of_choice(CHROME, 99, 30), LIVE_HELD_REFRESH);
}

static void
test_no_stream_over_http_1_0(void **state)
{
	struct request *request = request_of(CHROME, "/c12?live=stream");

	(void)state;
	request->http10 = true;
	mode_set(request, NULL);
	assert_int_equal(request->key.mode, LIVE_HELD_REFRESH);
}

static void
test_json_has_the_link_whatever_was_chosen(void **state)
{
	struct request *request = request_of(CHROME, "/c12?live=15");

	(void)state;
	request->key.face = FACE_JSON;
	mode_set(request, NULL);
	assert_int_equal(request->key.mode, LIVE_HELD_LINK);
	assert_false(request->key.frames);
}

static void
test_a_switch_beats_the_choice_for_once(void **state)
{
	struct request *request = request_of(CHROME, "/c12?live=hand");
	Rec__DevicePrefs prefs = REC__DEVICE_PREFS__INIT;

	(void)state;
	prefs.mode = 1 + LIVE_STREAM;
	mode_set(request, &prefs);
	assert_int_equal(request->key.mode, LIVE_BY_HAND);
	assert_false(request->key.frames);
	request = request_of(CHROME, "/c12?live=nonsense");
	mode_set(request, &prefs);
	assert_int_equal(request->key.mode, LIVE_STREAM);
	assert_str(mode_switched(request), "");
}

static bool
offers(const char *ua, const char *wanted)
{
	struct request *request = request_of(ua, "/o?v=live");
	struct mode_choice choice, parsed;
	struct str name;
	bool found = false;

	for (unsigned i = 0;
	    mode_list(&request->device, i, &name, &choice); i++) {
		assert_true(mode_parse(name, &parsed));
		assert_int_equal(parsed.mode, choice.mode);
		found = found || str_eq(name, str_c(wanted));
	}
	return found;
}

static void
test_what_is_offered(void **state)
{
	(void)state;
	assert_true(offers(CHROME, "stream"));
	assert_true(offers(CHROME, "hand"));
	assert_false(offers(FIREFOX, "stream"));
	assert_true(offers(FIREFOX, "held"));
	assert_false(offers("Lynx/2.9", "held"));
	assert_false(offers("Lynx/2.9", "15"));
	assert_true(offers("Lynx/2.9", "link"));
	assert_true(offers("Nokia7110/1.0", "15"));
	assert_false(offers("Nokia7110/1.0", "held"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_every_program_gets_its_own),
		WEB_TEST(test_a_choice_counts_where_it_can),
		WEB_TEST(test_no_stream_over_http_1_0),
		WEB_TEST(test_json_has_the_link_whatever_was_chosen),
		WEB_TEST(test_a_switch_beats_the_choice_for_once),
		WEB_TEST(test_what_is_offered),
	};

	return cmocka_run_group_tests(tests, web_group_setup, web_group_teardown);
}
