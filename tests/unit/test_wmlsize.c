/*
 * The compiled size of decks, held against the real compilers: Kannel's
 * wml_tester and libwbxml's xml2wbxml.  A missing tool fails the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "text/wmlsize.h"

#define KANNEL "/usr/lib/kannel/test/wml_tester"
#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE wml PUBLIC " \
	"\"-//WAPFORUM//DTD WML 1.1//EN\" " \
	"\"http://www.wapforum.org/DTD/wml_1.1.xml\">\n"
#define PREV "<do type=\"prev\" label=\"返回\"><prev/></do>"
#define TALK "/~AbCdEfGhIjKlMnOp/c/12"
#define CARD(body) HEAD "<wml><card id=\"c\" title=\"小明\">" PREV "<p>" body \
	"</p></card></wml>"

static char directory[] = "/tmp/test_wmlsize.XXXXXX";
static struct arena arena;

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	static const char *const files[] = { "deck.wml", "out", "log" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(str_fmt(&arena, "%s/%s", directory, files[i]).p);
	arena_fini(&arena);
	return rmdir(directory);
}

static const struct {
	const char *name, *deck;
	bool ours; /* as our templates write them: also close to Kannel */
} decks[] = {
	{ "error", CARD("没有这一页。<br/><a href=\"/\">首页</a>"), true },
	{ "sign in", HEAD "<wml>\n<card id=\"c\" title=\"纸条\" "
	    "newcontext=\"true\">\n" PREV "\n<p>\n名字 <input name=\"n17\" "
	    "title=\"名字\" maxlength=\"32\"/><br/>\n密码 <input name=\"p17\" "
	    "type=\"password\" title=\"密码\"/><br/>\n<anchor>登录<go "
	    "href=\"/login\" method=\"post\"><postfield name=\"name\" "
	    "value=\"$(n17)\"/><postfield name=\"password\" "
	    "value=\"$(p17:noesc)\"/><postfield name=\"e\" value=\"中\"/></go>"
	    "</anchor><br/>\n<a href=\"/register\">注册</a> "
	    "<a href=\"/?face=html\">HTML</a>\n</p>\n</card>\n</wml>\n", true },
	{ "talk", CARD("<a href=\"" TALK "?w=5.17&amp;x=1\">刷新</a> <a href=\""
	    TALK "/say\">写</a><br/><b>小明</b> 12:01<br/>我在路上 &amp; 堵车<br/>"
	    "<b>我</b> 12:02<br/>价钱是 $$5，太贵了<br/><b>小明</b> 12:03<br/>"
	    "see &lt;b&gt; $$$$ ok   ok<br/><b>我</b> 12:04<br/>"
	    "下午三点见 &#128512; &#x4e2d;<br/><b>小明</b> 12:05<br/>哪里？"
	    "&quot;茶馆&quot;&apos;&nbsp;<br/><a href=\"" TALK "?o=3\">更早</a> "
	    "<a href=\"/~AbCdEfGhIjKlMnOp/\">首页</a>"), true },
	{ "write", HEAD "<wml><head><meta http-equiv=\"Cache-Control\" "
	    "content=\"max-age=0\" forua=\"true\"/></head><card id=\"c\" "
	    "title=\"写给 小明 $$1\"><do type=\"accept\" label=\"发送\"><go href=\""
	    TALK "\" method=\"post\"><postfield name=\"text\" value=\"$(m17)\"/>"
	    "<postfield name=\"k\" value=\"abcdefghijklmnop\"/></go></do>" PREV
	    "<p>写给 小明 ($$1)<input name=\"m17\" title=\"话\" maxlength=\"500\" "
	    "emptyok=\"true\"/></p></card></wml>", true },
	{ "timer and the rest", HEAD "<wml><card id=\"c\" title=\"x\" ontimer=\""
	    TALK "?w=6\"><timer value=\"300\"/><p align=\"center\">等</p>"
	    "<p mode=\"nowrap\"><select name=\"s1\" multiple=\"false\"><option "
	    "value=\"1\">一</option><option value=\"2\" onpick=\"/x\">二</option>"
	    "</select><img src=\"/i/a.wbmp\" alt=\"图\"/></p></card><card id=\"d\">"
	    "<onevent type=\"onenterforward\"><go href=\"#c\"><setvar name=\"a\" "
	    "value=\"1\"/></go></onevent><p><table columns=\"2\"><tr><td>a</td>"
	    "<td>b</td></tr></table><em>强</em> <i>i</i> <u>u</u> <big>B</big> "
	    "<small>s</small> <strong>S</strong></p></card></wml>", true },
	{ "dollars", CARD("$$$$$$$$$$$$ 五$$十 $$5$$ a$$b $$ $$"), true },
	{ "full of one sentence", CARD("the quick brown fox jumps over the lazy "
	    "dog. the quick brown fox jumps over the lazy dog. the quick brown "
	    "fox jumps over the lazy dog."), true },
	{ "repeated attributes", HEAD "<wml><card id=\"c\"><p align=\"center\">a"
	    "</p><p align=\"center\">b</p><p align=\"center\">c</p></card></wml>",
	    true },
	{ "nothing", HEAD "<wml><card><p>中</p></card></wml>", true },
	{ "variables", CARD("$(m1:e) $m2 text$(m1)more$(m1)"), false },
	{ "addresses", CARD("<a href=\"http://www.example.com/a\">x</a>"
	    "<a href=\"https://example.org/\">y</a>"), false },
	{ "unknown names", CARD("<blink>x</blink><blink speed=\"3\">y</blink>"
	    "<a href=\"/\" accesskey=\"1\" foo=\"bar\">z</a>"), false },
};

/* Runs a compiler over the deck; its output in bytes. */
static size_t
compiled(bool kannel, const char *deck)
{
	struct str in = str_fmt(&arena, "%s/deck.wml", directory);
	struct str out = str_fmt(&arena, "%s/out", directory);
	struct str command = str_fmt(&arena, "%s %s %s >%s/log 2>&1", kannel ?
	    KANNEL " -b -f" : "xml2wbxml -n -v 1.1 -o", out.p, in.p, directory);
	FILE *file = fopen(in.p, "w");
	struct stat st;

	assert_non_null(file);
	assert_true(fputs(deck, file) >= 0);
	assert_int_equal(fclose(file), 0);
	unlink(out.p); /* wml_tester appends */
	if (system(command.p) != 0)
		fail_msg("%s", command.p);
	assert_int_equal(stat(out.p, &st), 0);
	return (size_t)st.st_size;
}

static size_t
by_kannel(const char *deck)
{
	return compiled(true, deck);
}

static size_t
by_libwbxml(const char *deck)
{
	return compiled(false, deck);
}

static void
test_bound_of_kannel(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decks) / sizeof(*decks); i++) {
		size_t size = wmlsize(str_c(decks[i].deck));
		size_t real = by_kannel(decks[i].deck);

		print_message("%s: %zu, Kannel %zu\n", decks[i].name, size, real);
		assert_true(size >= real);
		if (decks[i].ours)
			assert_true(size <= real + real * 15 / 100);
	}
}

/* libwbxml leaves variables and $$ as text, so those decks say nothing. */
static void
test_bound_of_libwbxml(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decks) / sizeof(*decks); i++) {
		if (strchr(decks[i].deck, '$') != NULL ||
		    strstr(decks[i].deck, "blink") != NULL)
			continue;
		assert_true(wmlsize(str_c(decks[i].deck)) >=
		    by_libwbxml(decks[i].deck));
	}
}

/* Talks of few words, over and over: what Kannel's string table likes best. */
static struct str
babble(unsigned seed)
{
	static const char *const words[] = { "hello", "there", "meeting",
		"tomorrow", "messages", "please", "phone", "number", "people",
		"station", "lazy", "quick", "this", "that", "小明", "小红", "晚上",
		"见面", "ok", "a", "to", "be" };
	struct sbuf buf;
	unsigned x = seed * 2654435761U + 1;

	sbuf_init(&buf, &arena, 0);
	sbuf_add(&buf, STR(HEAD "<wml><card id=\"c\" title=\"x\"><p>"));
	for (unsigned line = 0; line < 1 + seed % 14; line++) {
		sbuf_fmt(&buf, "<b>%s</b> 12:%02u<br/>",
		    line % 3 ? "Alexander" : "小明", line);
		for (unsigned i = 0; i < 1 + (seed + line) % 9; i++) {
			x = x * 1664525U + 1013904223U;
			sbuf_fmt(&buf, "%s ", words[(x >> 16) %
			    (sizeof(words) / sizeof(*words))]);
		}
		sbuf_add(&buf, STR("<br/>"));
	}
	sbuf_add(&buf, STR("</p></card></wml>"));
	return sbuf_str(&buf);
}

static void
test_bound_of_babble(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 40; seed++) {
		struct str deck = babble(seed);
		size_t size = wmlsize(deck), real = by_kannel(deck.p);

		if (size < real)
			fail_msg("seed %u: %zu < %zu", seed, size, real);
	}
}

/* Counted by hand after WAP-192: 4 for the header, wml, card, p, STR_I, three
 * bytes, NUL, three ENDs; one byte in hand. */
static void
test_by_hand(void **state)
{
	(void)state;
	assert_int_equal(wmlsize(STR("<wml><card><p>中</p></card></wml>")), 16);
	assert_int_equal(wmlsize(STR_NONE), 5);
	/* $$ is one byte, references what they stand for */
	assert_int_equal(wmlsize(STR("a$$&amp;&#20013;")), 5 + 2 + 1 + 1 + 1 + 3);
	/* not ours, but no trouble either */
	wmlsize(STR("<"));
	wmlsize(STR("<a"));
	wmlsize(STR("<a b=\"c"));
	wmlsize(STR("&#"));
	wmlsize(STR("$("));
	wmlsize(STR("<>"));
	wmlsize(STR("</"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bound_of_kannel),
		cmocka_unit_test(test_bound_of_libwbxml),
		cmocka_unit_test(test_bound_of_babble),
		cmocka_unit_test(test_by_hand),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
