/* Links in messages: what becomes one, where it ends, that nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/link.h"

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

/* Parts as one line: links in [], line breaks as |, text as it is. */
static struct str
shape(const char *text)
{
	struct text_part *parts;
	size_t n = link_split(&arena, str_c(text), &parts);
	struct sbuf out;
	unsigned links = 0;

	sbuf_init(&out, &arena, 0);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].newline)
			assert_int_equal(parts[i].text.len, 0);
		if (parts[i].link)
			assert_int_equal(parts[i].n, ++links);
		sbuf_fmt(&out, parts[i].link ? "<%.*s>" : parts[i].newline ?
		    "|%.*s" : "%.*s", STR_ARGS(parts[i].text));
	}
	return sbuf_str(&out);
}

static const struct {
	const char *text, *shape;
} rows[] = {
	{ "", "" },
	{ "no link", "no link" },
	{ "http://a.cn", "<http://a.cn>" },
	{ "HTTPS://A.cn/x?y=1&z=2#q", "<HTTPS://A.cn/x?y=1&z=2#q>" },
	{ "see www.a.cn.", "see <www.a.cn>." },
	{ "a\n\nhttp://b.c\n", "a||<http://b.c>|" },
	/* Chinese runs on */
	{ "看http://a.cn/b这个", "看<http://a.cn/b>这个" },
	{ "看www.a.cn。", "看<www.a.cn>。" },
	{ "《http://a.cn》，http://b.cn、", "《<http://a.cn>》，<http://b.cn>、" },
	{ "http://a.cn/x　b", "<http://a.cn/x>　b" },
	/* punctuation behind */
	{ "http://a.cn, http://b.cn! http://c.cn?",
	    "<http://a.cn>, <http://b.cn>! <http://c.cn>?" },
	{ "\"http://a.cn\" 'http://b.cn'", "\"<http://a.cn>\" '<http://b.cn>'" },
	{ "<http://a.cn/>", "<<http://a.cn/>>" },
	{ "http://a.cn/...", "<http://a.cn/>..." },
	/* brackets */
	{ "(http://a.cn)", "(<http://a.cn>)" },
	{ "(http://a.cn/x)y", "(<http://a.cn/x>)y" },
	{ "http://a.cn/F_(b)", "<http://a.cn/F_(b)>" },
	{ "(http://a.cn/F_(b))", "(<http://a.cn/F_(b)>)" },
	{ "[http://a.cn]", "[<http://a.cn>]" },
	{ "http://[2001:db8::1]:80/", "<http://[2001:db8::1]:80/>" },
	{ "http://[", "http://[" },
	{ "http://[x", "http://[x" },
	/* no links */
	{ "http://", "http://" },
	{ "http:///x", "http:///x" },
	{ "http://...", "http://..." },
	{ "http://中文.cn", "http://中文.cn" },
	{ "xhttp://a.cn", "xhttp://a.cn" },
	{ "ftp://a.cn javascript:alert(1)", "ftp://a.cn javascript:alert(1)" },
	{ "www.", "www." },
	{ "www.a", "www.a" },
	{ "www.a.", "www.a." },
	{ "www..a", "www..a" },
	{ "mail@www.a.cn awww.a.cn", "mail@www.a.cn awww.a.cn" },
	{ "http://http://a.cn", "<http://http://a.cn>" },
	{ "http://a.cn\\@b.cn", "<http://a.cn>\\@b.cn" },
};

static void
test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str got = shape(rows[i].text);

		if (!str_eq(got, str_c(rows[i].shape)))
			fail_msg("%s: %.*s", rows[i].text, STR_ARGS(got));
	}
}

static void
test_nth(void **state)
{
	struct str text = STR("www.a.cn HTTP://b.cn/X Https://c.cn"), out;

	(void)state;
	assert_true(link_nth(&arena, text, 1, &out));
	assert_true(str_eq(out, STR("http://www.a.cn")));
	assert_true(link_nth(&arena, text, 2, &out));
	assert_true(str_eq(out, STR("http://b.cn/X")));
	assert_true(link_nth(&arena, text, 3, &out));
	assert_true(str_eq(out, STR("https://c.cn")));
	assert_false(link_nth(&arena, text, 4, &out));
	assert_false(link_nth(&arena, text, 0, &out));
	assert_false(link_nth(&arena, STR_NONE, 1, &out));
}

static void
test_host(void **state)
{
	static const struct {
		const char *url, *host;
	} hosts[] = {
		{ "http://A.Cn/x", "a.cn" },
		{ "https://a.cn:8080?x", "a.cn" },
		{ "http://bank.cn@evil.cn/", "evil.cn" },
		{ "http://u:p@x@evil.cn:1#@bank.cn", "evil.cn" },
		{ "http://[2001:DB8::1]:80/", "[2001:db8::1]" },
		{ "http://a.cn", "a.cn" },
		{ "http://", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		assert_true(str_eq(link_host(&arena, str_c(hosts[i].url)),
		    str_c(hosts[i].host)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_nth),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
