/* The one way of text onto a page: in every face, every template and every
 * language, what a user typed stays text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/view.h"

/* Controls that XML forbids, markup, a WML variable, an entity, quotes. */
#define TYPED "\x01<b>&amp;\x08\"'$(x)$$\x1f汉"
#define RAW "<b>&amp;\""
#define IN_WML "&lt;b&gt;&amp;amp;&quot;&#39;$$(x)$$$$汉"
#define IN_HTML "&lt;b&gt;&amp;amp;&quot;&#39;$(x)$$汉"

static const struct str langs[] = { STR("en"), STR("zh-CN"), STR("zh-TW") };
static const enum face faces[] = { FACE_WML, FACE_XHTML, FACE_HTML };

static struct arena arena;
static struct view view;

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	view_init(&view, &arena);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static bool
has(struct str s, const char *needle)
{
	return str_find(s, str_c(needle), NULL);
}

static struct str
render(enum face face, struct str lang)
{
	struct str out;

	assert_int_equal(view_render(&view, face, lang, &out), OK);
	assert_true(out.len > 0);
	return out;
}

/* A talk page with one message. */
static void
fill_talk(struct str text)
{
	struct view_row *root = &view.root, *line;

	view.page = "conversation";
	view_text(&view, root, "name", text);
	line = view_row(&view, view_list(&view, root, "lines"));
	view_int(&view, line, "seq", 7);
	view_text(&view, line, "who", text);
	view_time(&view, line, "time", 1, STR("14:05"));
	line = view_row(&view, view_list(&view, line, "parts"));
	view_text(&view, line, "text", text);
}

static void
test_typed_text_stays_text(void **state)
{
	(void)state;
	fill_talk(STR(TYPED));
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++) {
			struct str out = render(faces[i], langs[k]);

			assert_true(has(out, faces[i] == FACE_WML ? IN_WML :
			    IN_HTML));
			assert_false(has(out, RAW));
			for (size_t at = 0; at < out.len; at++)
				assert_true((unsigned char)out.p[at] >= 0x20 ||
				    strchr("\t\n", out.p[at]) != NULL);
		}
}

/* A link's `$` would be a variable in WML, too. */
static void
test_links_stay_links(void **state)
{
	struct view_row *line;
	struct str out;

	(void)state;
	fill_talk(STR("x"));
	line = view.root.last->rows->last->rows;
	view_link(&view, line, "href", STR("/go?1.2.3.a&b\"$x"));
	out = render(FACE_WML, langs[0]);
	assert_true(has(out, "\"/go?1.2.3.a&amp;b&quot;$$x\""));
	out = render(FACE_HTML, langs[0]);
	assert_true(has(out, "\"/go?1.2.3.a&amp;b&quot;$x\""));
}

/* A template asks whether a text is there, never what it is worth. */
static void
test_a_zero_is_text(void **state)
{
	static const char *const zeros[] = { "0", "00", "0.0", "false" };

	(void)state;
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
		view_init(&view, &arena);
		view.page = "resend";
		view_text(&view, &view.root, "why", STR("key"));
		view_link(&view, &view.root, "to", STR("c12"));
		view_link(&view, &view.root, "back", STR("c12"));
		view_text(&view, &view.root, "text", str_c(zeros[i]));
		assert_true(has(render(FACE_HTML, langs[0]),
		    str_fmt(&arena, ">%s</textarea>", zeros[i]).p));
		assert_true(has(render(FACE_WML, langs[0]),
		    str_fmt(&arena, "value=\"%s\"", zeros[i]).p));
	}
}

static void
test_every_page_renders_with_nothing_and_with_text(void **state)
{
	static const char *const pages[] = {
		"signin", "register", "inbox", "friends", "blocked", "person",
		"conversation", "write", "message", "resend", "settings",
		"password", "out", "error",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		for (size_t k = 0; k < 9; k++) {
			view_init(&view, &arena);
			view.page = pages[i];
			render(faces[k / 3], langs[k % 3]);
			view_text(&view, &view.root, "page", str_c(pages[i]));
			view_text(&view, &view.root, "name", STR(TYPED));
			view_text(&view, &view.root, "text", STR(TYPED));
			view_text(&view, &view.root, "me", STR(TYPED));
			assert_false(has(render(faces[k / 3], langs[k % 3]),
			    RAW));
		}
}

static void
test_an_unknown_language_gets_words_all_the_same(void **state)
{
	struct str out, want;

	(void)state;
	fill_talk(STR("x"));
	want = render(FACE_HTML, STR("zh-CN"));
	out = render(FACE_HTML, STR("xx"));
	assert_true(str_eq(out, want));
}

static void
test_no_template_is_an_error(void **state)
{
	struct str out;

	(void)state;
	view.page = "nonsense";
	assert_int_equal(view_render(&view, FACE_HTML, langs[0], &out),
	    ERR_INTERNAL);
}

static void
test_a_reload_keeps_what_is_shown(void **state)
{
	struct str before, after;
	unsigned generation = view_generation();

	(void)state;
	fill_talk(STR(TYPED));
	before = render(FACE_WML, langs[0]);
	view_reload();
	assert_true(view_generation() > generation);
	after = render(FACE_WML, langs[0]);
	assert_true(str_eq(before, after));
}

static void
test_json_is_the_model_itself(void **state)
{
	struct view_row *root = &view.root, *row;
	struct view_node *list;

	(void)state;
	view.page = "x";
	view_text(&view, root, "text", STR("a\x01\"\\/\n<b>&\x7f\xE6\xB1\x89"));
	view_int(&view, root, "form.n", -5);
	view_bool(&view, root, "on", true);
	view_bool(&view, root, "off", false);
	view_time(&view, root, "time", INT64_C(1700000000000), STR("12:00"));
	view_link(&view, root, "href", STR("c12?b=1&c=2"));
	view_list(&view, root, "none");
	list = view_list(&view, root, "rows");
	view_int(&view, view_row(&view, list), "n", 1);
	row = view_row(&view, list);
	view_int(&view, row, "n", 2);
	view_text(&view, row, "t", STR(""));
	assert_true(str_eq(view_json(&view), STR(
	    "{\"text\":\"a\\u0001\\u0022\\u005c/\\u000a\\u003cb\\u003e\\u0026"
	    "\\u007f\xE6\xB1\x89\",\"form_n\":-5,\"on\":true,"
	    "\"time\":1700000000000,\"href\":\"c12?b=1\\u0026c=2\","
	    "\"none\":[],\"rows\":[{\"n\":1},{\"n\":2,\"t\":\"\"}]}\n")));
}

static void
test_an_empty_model(void **state)
{
	(void)state;
	assert_true(str_eq(view_json(&view), STR("{}\n")));
}

static int
start(void **state)
{
	(void)state;
	return view_start(STR(".")) == OK ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	view_stop();
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_typed_text_stays_text),
		TEST(test_links_stay_links),
		TEST(test_a_zero_is_text),
		TEST(test_every_page_renders_with_nothing_and_with_text),
		TEST(test_an_unknown_language_gets_words_all_the_same),
		TEST(test_no_template_is_an_error),
		TEST(test_a_reload_keeps_what_is_shown),
		TEST(test_json_is_the_model_itself),
		TEST(test_an_empty_model),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
