/* Clients told apart by header sets that phones sent (tests/handsets.tsv). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/device.h"

#define HANDSETS "tests/handsets.tsv"
#define HANDSETS_LEAST 43
#define LINE 4096

static struct arena arena;

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static struct device
classify(struct device_headers headers)
{
	struct device device;

	device_classify(&arena, &headers, &device);
	return device;
}

static struct device
by_agent(const char *agent, const char *accept)
{
	return classify((struct device_headers){ .user_agent = str_c(agent),
	    .accept = str_c(accept) });
}

/* The table knows three kinds of markup; "html" serves two classes. */
static const char *
markup(enum device_class class)
{
	static const char *const names[] = { [DEVICE_WML] = "wml",
		[DEVICE_XHTML] = "xhtml-mp", [DEVICE_TEXT] = "html",
		[DEVICE_HTML] = "html" };

	return names[class];
}

static void
check_row(struct str line)
{
	struct device_headers headers = { 0 };
	struct str name = str_split(&line, '\t'), expected;
	struct device device;

	headers.user_agent = str_split(&line, '\t');
	headers.accept = str_split(&line, '\t');
	headers.accept_charset = str_split(&line, '\t');
	headers.accept_language = str_split(&line, '\t');
	str_split(&line, '\t'); /* wap_profile proves nothing */
	expected = str_split(&line, '\t');
	device = classify(headers);
	if (!str_eq(expected, str_c(markup(device.class))))
		fail_msg("%.*s: %s, not %.*s", STR_ARGS(name),
		    device_defaults[device.class].name, STR_ARGS(expected));
	/* all these list UTF-8, or nothing, or no charset of ours */
	assert_int_equal(device.charset, CHARSET_UTF8);
	/* never a type that the client did not list */
	assert_true(strcmp(device.xhtml_type, "text/html") == 0 ||
	    str_find_nocase(headers.accept, str_c(device.xhtml_type), NULL));
	assert_true(device.deck_bytes >= 1200 && device.deck_bytes <= 2800);
	assert_false(device.json);
}

static void
test_every_handset(void **state)
{
	char line[LINE];
	unsigned rows = 0;
	FILE *file = fopen(HANDSETS, "r");

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file)); /* names */
	for (; fgets(line, sizeof(line), file) != NULL; rows++)
		check_row(str_c(line));
	fclose(file);
	assert_true(rows >= HANDSETS_LEAST);
}

static void
test_classes(void **state)
{
	static const struct {
		const char *agent, *accept;
		enum device_class class;
	} rows[] = {
		{ "", "", DEVICE_TEXT },
		{ "curl/7.88.1", "*/*", DEVICE_TEXT },
		{ "Lynx/2.9.0dev.12 libwww-FM/2.14",
		    "text/html, text/plain, text/sgml, text/css, */*;q=0.01",
		    DEVICE_TEXT },
		{ "w3m/0.5.3+git20230121",
		    "text/html, text/*;q=0.5, image/*, application/*",
		    DEVICE_TEXT },
		{ "Links (2.28; Linux x86_64; GNU C; text)", "*/*",
		    DEVICE_TEXT },
		{ "ELinks/0.13.2 (textmode; Linux; -)", "*/*", DEVICE_TEXT },
		{ "Dillo/3.0.5", "text/html,application/xhtml+xml,"
		    "application/xml;q=0.9", DEVICE_TEXT },
		{ "NetSurf/3.10 (Linux)", "*/*", DEVICE_TEXT },
		{ "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0", "text/html,"
		    "application/xhtml+xml,*/*;q=0.8", DEVICE_HTML },
		{ "SomeBrowser/1.0", "text/html", DEVICE_HTML },
		{ "Wapua 0.06 (wApua)", "", DEVICE_WML },
		{ "SIE-ME45/23", "*/*", DEVICE_WML },
		{ "SIE-C45/31", "*/*", DEVICE_WML },
		{ "SIE-C65/12", "*/*", DEVICE_TEXT },
		{ "SIE-45/31", "*/*", DEVICE_WML },
		{ "MAUI WAP Browser", "", DEVICE_WML },
		{ "MAUI WAP Browser 2", "", DEVICE_XHTML },
		/* refused types are not listed types */
		{ "X/1", "text/vnd.wap.wml;q=0, text/html", DEVICE_HTML },
		{ "X/1", "TEXT/VND.WAP.WML ; Q=0.5", DEVICE_WML },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (by_agent(rows[i].agent, rows[i].accept).class !=
		    rows[i].class)
			fail_msg("%s", rows[i].agent);
}

static void
test_gateway_without_better_knowledge(void **state)
{
	struct device_headers headers = { .accept = STR("*/*"),
		.via = STR("WTP/1.1 GDSZ-PB-GW003 (Nokia WAP Gateway 4.1)") };

	(void)state;
	assert_int_equal(classify(headers).class, DEVICE_WML);
	headers.via = STR("WAP/1.1 host (Kannel/1.4.5)");
	assert_int_equal(classify(headers).class, DEVICE_WML);
	headers.via = STR("HTTP/1.1 GDGZ-PS-GW011-WAP2 (infoX-WISG)");
	assert_int_equal(classify(headers).class, DEVICE_TEXT);
	headers.via = STR("WAP/1.1 host");
	headers.user_agent = STR("Mozilla/5.0 (Linux)");
	assert_int_equal(classify(headers).class, DEVICE_HTML);
}

static void
test_xhtml_type(void **state)
{
	(void)state;
	assert_string_equal(by_agent("", "application/vnd.wap.xhtml+xml, "
	    "application/xhtml+xml").xhtml_type,
	    "application/vnd.wap.xhtml+xml");
	assert_string_equal(by_agent("", "application/xhtml+xml;q=0.1, "
	    "application/vnd.wap.xhtml+xml;q=0").xhtml_type,
	    "application/xhtml+xml");
	assert_string_equal(by_agent("", "*/*").xhtml_type, "text/html");
}

static void
test_json_only_when_asked_for(void **state)
{
	static const struct {
		const char *accept;
		bool json;
	} rows[] = {
		{ "application/json", true },
		{ "application/json, text/plain, */*", true },
		{ "APPLICATION/JSON; q=0.9, */*;q=0.9", true },
		{ "application/json;q=0.9, */*", false },
		{ "text/html, application/json;q=0.9", false },
		{ "*/*", false },
		{ "application/*", false },
		{ "application/json;q=0", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (by_agent("x", rows[i].accept).json != rows[i].json)
			fail_msg("%s", rows[i].accept);
}

static void
test_details(void **state)
{
	struct device device = by_agent("Nokia7110/1.0 (05.01)",
	    "text/vnd.wap.wml");

	(void)state;
	assert_int_equal(device.deck_bytes, 1200);
	assert_false(device.wml_accesskey);
	assert_true(str_eq(device.family, STR("nokia7110")));
	assert_int_equal(by_agent("Nokia3330/1.0", "").deck_bytes, 2400);
	assert_true(by_agent("QC-2345/1.0.10 UP.Browser/4.1.25i", "")
	    .wml_accesskey);
	assert_true(by_agent("Mozilla/5.0 (X11)", "text/html").csp);
	assert_false(by_agent("Mozilla/4.0 (MSIE 6.0)", "text/html").csp);
	assert_false(by_agent("Opera/9.80 (Opera Mini/6.1)", "text/html").csp);
	assert_true(str_eq(by_agent("Opera Mini", "").family, STR("opera")));
	assert_int_equal(by_agent("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij", "")
	    .family.len, DEVICE_FAMILY_MAX);
	assert_int_equal(by_agent("\xe4\xb8\xad", "").family.len, 0);
}

static void
test_gzip(void **state)
{
	static const struct {
		const char *encoding;
		bool gzip;
	} rows[] = {
		{ "gzip, deflate, br", true }, { "GZIP;q=0.5", true },
		{ "gzip;q=0", false }, { "gzip; q=0.0", false },
		{ "identity", false }, { "*", false }, { "", false },
	};
	struct device_headers headers = { .user_agent = STR("Mozilla/5.0") };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		headers.accept_encoding = str_c(rows[i].encoding);
		assert_int_equal(classify(headers).gzip, rows[i].gzip);
	}
	headers.user_agent = STR("wApua");
	headers.accept_encoding = STR("gzip");
	assert_false(classify(headers).gzip);
}

static void
test_language(void **state)
{
	static const struct {
		const char *header, *language;
	} rows[] = {
		{ "", "??" }, { "fr, de;q=0.5", "??" }, { "*", "??" },
		{ "zh", "zh-CN" }, { "zh-cn", "zh-CN" }, { "zs", "zh-CN" },
		{ "zh-TW", "zh-TW" }, { "ZH-hk", "zh-TW" },
		{ "zh-MO", "zh-TW" }, { "zh-Hant", "zh-TW" },
		{ "zh-Hant-CN", "zh-TW" }, { "zh-Hans-HK", "zh-CN" },
		{ "zh-SG", "zh-CN" }, { "en", "en" }, { "en-US,en;q=0.5", "en" },
		{ "en, zh-cn", "en" }, { "en;q=0.5, zh-tw;q=0.8", "zh-TW" },
		{ "fr, zh;q=0.1", "zh-CN" }, { "zh;q=0, en;q=0.1", "en" },
		{ "zh;q=0", "??" }, { "english", "??" }, { "zha", "??" },
		{ "en;q=1.0,en;q=0.5,ms;q=0.5", "en" },
		{ "fr, *;q=0.5, en;q=0.3", "??" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!str_eq(device_language(str_c(rows[i].header), STR("??")),
		    str_c(rows[i].language)))
			fail_msg("%s", rows[i].header);
}

static void
test_defaults(void **state)
{
	(void)state;
	for (size_t i = 0; i < DEVICE_CLASS_COUNT; i++) {
		const struct device_default *row = &device_defaults[i];

		assert_non_null(row->name);
		assert_true(row->page_size >= 5);
		assert_true(row->holds >= 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_handset),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_gateway_without_better_knowledge),
		cmocka_unit_test(test_xhtml_type),
		cmocka_unit_test(test_json_only_when_asked_for),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
