/* Form fields: only known names, each cleaned by its kind, in whatever charset
 * they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "text/utf8.h"
#include "web/field.h"

static struct arena arena;
static struct str raw[FIELD_COUNT], out[FIELD_COUNT];

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		raw[i] = out[i] = STR_NONE;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static enum err
decode(void)
{
	struct form_charset how = { .page = CHARSET_UTF8 };

	return field_decode(&arena, &how, raw, out);
}

static void
assert_field(enum field_name name, const char *want)
{
	if (!str_eq(out[name], str_c(want)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARGS(out[name]), want);
}

static void
test_only_known_names(void **state)
{
	static const char *const unknown[] = { "", "M", "m ", "mm", "passwor",
	    "password2", "__proto__", "m[]" };

	(void)state;
	assert_int_equal(field_find(STR("m")), FIELD_M);
	assert_int_equal(field_find(STR("password")), FIELD_PASSWORD);
	assert_int_equal(field_find(STR("_charset_")), FIELD_CHARSET_);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(field_find(str_c(unknown[i])), FIELD_COUNT);
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		assert_true(field_max(i) > 0);
}

static void
test_each_kind_is_cleaned(void **state)
{
	(void)state;
	raw[FIELD_M] = STR("one\r\ntwo\x01\tthree");
	raw[FIELD_NAME] = STR("  two\n\twords  ");
	raw[FIELD_PASSWORD] = STR(" \xEF\xBC\xA1" "b ");	/* full-width A */
	raw[FIELD_DO] = STR("send");
	assert_int_equal(decode(), OK);
	assert_field(FIELD_M, "one\ntwo\tthree");
	assert_field(FIELD_NAME, "two  words");
	assert_field(FIELD_PASSWORD, " Ab ");
	assert_field(FIELD_DO, "send");
	assert_int_equal(out[FIELD_REMARK].len, 0);
}

static void
test_what_is_not_ascii_empties_a_choice(void **state)
{
	(void)state;
	raw[FIELD_K] = STR("abc\x01");
	raw[FIELD_DO] = STR("s\xC3\xA9nd");
	raw[FIELD_TO] = (struct str){ "c\0d", 3 };
	raw[FIELD_U] = STR("7\x7f");
	assert_int_equal(decode(), OK);
	assert_int_equal(out[FIELD_K].len, 0);
	assert_int_equal(out[FIELD_DO].len, 0);
	assert_int_equal(out[FIELD_TO].len, 0);
	assert_int_equal(out[FIELD_U].len, 0);
}

/* The character U+4E2D in `e` says what the client encodes in. */
static void
test_the_probe_says_the_charset(void **state)
{
	static const struct {
		struct str probe, text;
	} rows[] = {
		{ STR("\xE4\xB8\xAD"), STR("\xE6\xB1\x89") },
		{ STR("\xD6\xD0"), STR("\xBA\xBA") },
		{ STR("\xA4\xA4"), STR("\xBA\x7E") },
		{ STR("&#20013;"), STR("&#27721;") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		raw[FIELD_E] = rows[i].probe;
		raw[FIELD_M] = rows[i].text;
		assert_int_equal(decode(), OK);
		assert_true(str_eq(out[FIELD_M], STR("\xE6\xB1\x89")) ||
		    str_eq(out[FIELD_M], STR("\xE6\xBC\xA2")));
	}
}

static void
test_what_no_charset_explains_comes_back_readable(void **state)
{
	(void)state;
	raw[FIELD_E] = STR("\xE4\xB8\xAD");
	raw[FIELD_M] = STR("good \xff\xfe bad");
	raw[FIELD_NAME] = STR("fine");
	assert_int_equal(decode(), ERR_TEXT_BYTES);
	assert_field(FIELD_M, "good ?? bad");
	assert_field(FIELD_NAME, "fine");
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		assert_true(utf8_valid(out[i]));
}

static void
test_an_empty_form(void **state)
{
	(void)state;
	assert_int_equal(decode(), OK);
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		assert_int_equal(out[i].len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_only_known_names, begin, end),
		cmocka_unit_test_setup_teardown(test_each_kind_is_cleaned,
		    begin, end),
		cmocka_unit_test_setup_teardown(
		    test_what_is_not_ascii_empties_a_choice, begin, end),
		cmocka_unit_test_setup_teardown(test_the_probe_says_the_charset,
		    begin, end),
		cmocka_unit_test_setup_teardown(
		    test_what_no_charset_explains_comes_back_readable, begin, end),
		cmocka_unit_test_setup_teardown(test_an_empty_form, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
