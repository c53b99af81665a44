/* UTF-8: what is valid, where a cut may fall, what of a name is the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/utf8.h"

#define FAMILY "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9" /* man ZWJ woman */
#define FLAG_CN "\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3"

#define ASSERT_STR(got, z) assert_same((got), str_c(z), __LINE__)

static struct arena arena;

static void
assert_same(struct str got, struct str want, int line)
{
	if (!str_eq(got, want))
		fail_msg("line %d: got \"%.*s\", not \"%.*s\"", line,
		    STR_ARGS(got), STR_ARGS(want));
}

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

static void
test_every_code_point_survives(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		char bytes[5];
		struct sbuf buf = { .p = bytes, .size = sizeof(bytes) };
		struct str s;
		size_t pos = 0;

		utf8_put(&buf, cp);
		s = (struct str){ bytes, buf.len };
		if (cp >= 0xD800 && cp <= 0xDFFF) {
			assert_false(utf8_valid(s));
			continue;
		}
		assert_true(utf8_valid(s));
		assert_int_equal(utf8_next(s, &pos), cp);
		assert_int_equal(pos, s.len);
		assert_int_equal(utf8_chars(s), 1);
	}
}

static void
test_invalid_is_refused(void **state)
{
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf",
		"\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xff", "\xe4\xb8", "a\xe4", "\xe4\xb8" "a", "\xf0\x9f\x98",
		"\xd6\xd0\xce\xc4", "\xe4\xb8\xad\xad" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(utf8_valid(str_c(bad[i])));
	assert_true(utf8_valid(STR_NONE));
	assert_true(utf8_valid(STR("a\0b")));
}

static void
test_clean(void **state)
{
	(void)state;
	ASSERT_STR(utf8_clean(&arena, STR("a\r\nb\rc\nd\te")), "a\nb\nc\nd\te");
	ASSERT_STR(utf8_clean(&arena, STR("a\0\1\x1b[31m\x7f")), "a[31m");
	/* C1, BOM, noncharacters */
	ASSERT_STR(utf8_clean(&arena, STR("x\xc2\x85\xef\xbb\xbf"
	    "\xef\xb7\x90\xef\xbf\xbe\xf0\x9f\xbf\xbfy")), "xy");
	ASSERT_STR(utf8_clean(&arena, STR("e\xcc\x81")), "\xc3\xa9");
	ASSERT_STR(utf8_clean(&arena, STR("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab")),
	    "\xed\x95\x9c"); /* Hangul composes */
	/* compatibility characters are the writer's: no NFKC */
	ASSERT_STR(utf8_clean(&arena, STR("\xef\xbc\xa1")), "\xef\xbc\xa1");
	/* canonical order: dot below (220) before acute (230) */
	ASSERT_STR(utf8_clean(&arena, STR("q\xcc\x81\xcc\xa3")),
	    "q\xcc\xa3\xcc\x81");
	ASSERT_STR(utf8_clean_line(&arena, STR(" \xe3\x80\x80\tn\nm \r\n")), "n m");
	ASSERT_STR(utf8_clean_line(&arena, STR(" \n ")), "");
}

/* Alternating classes in one run made ordering quadratic in a plain NFC. */
static void
test_marks_are_bounded(void **state)
{
	struct sbuf buf;
	struct str once;

	(void)state;
	sbuf_init(&buf, &arena, 0);
	sbuf_byte(&buf, 'z');
	for (int i = 0; i < 100000; i++)
		sbuf_add(&buf, i % 2 ? STR("\xcc\x81") : STR("\xcc\xa3"));
	sbuf_byte(&buf, 'y');
	once = utf8_clean(&arena, sbuf_str(&buf));
	assert_int_equal(utf8_chars(once), 31); /* z-acute, 29 marks, y */
	assert_true(str_eq(utf8_clean(&arena, once), once));
}

static void
test_clean_of_every_code_point_is_stable(void **state)
{
	(void)state;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		struct arena own;
		struct sbuf buf;
		struct str once, twice;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		arena_init(&own, 0);
		sbuf_init(&buf, &own, 0);
		utf8_put(&buf, cp);
		utf8_put(&buf, 0x0345);
		utf8_put(&buf, 0x0301);
		once = utf8_clean(&own, sbuf_str(&buf));
		twice = utf8_clean(&own, once);
		if (!str_eq(once, twice))
			fail_msg("U+%04X", (unsigned)cp);
		assert_true(utf8_valid(once));
		arena_fini(&own);
	}
}

static void
test_cut_never_splits(void **state)
{
	const char *zhong = "\xe4\xb8\xad\xe6\x96\x87";

	(void)state;
	ASSERT_STR(utf8_cut(str_c(zhong), 6), zhong);
	ASSERT_STR(utf8_cut(str_c(zhong), 5), "\xe4\xb8\xad");
	ASSERT_STR(utf8_cut(str_c(zhong), 2), "");
	ASSERT_STR(utf8_cut_chars(str_c(zhong), 1), "\xe4\xb8\xad");
	ASSERT_STR(utf8_cut_chars(str_c(zhong), 0), "");
	/* the mark goes with its base, the family and the flag stay whole */
	ASSERT_STR(utf8_cut(STR("ae\xcc\x81x"), 2), "a");
	ASSERT_STR(utf8_cut_chars(STR("a" FAMILY "b"), 3), "a");
	ASSERT_STR(utf8_cut_chars(STR("a" FAMILY "b"), 4), "a" FAMILY);
	ASSERT_STR(utf8_cut_chars(STR(FLAG_CN FLAG_CN), 3), FLAG_CN);
	/* longer than the limit on its own: between code points */
	ASSERT_STR(utf8_cut(STR(FAMILY), 8), "\xf0\x9f\x91\xa8\xe2\x80\x8d");
	ASSERT_STR(utf8_cut(STR_NONE, 8), "");
}

static void
test_snippet(void **state)
{
	(void)state;
	ASSERT_STR(utf8_snippet(&arena, STR("a\nb"), 3), "a b");
	ASSERT_STR(utf8_snippet(&arena, STR("\n abcd"), 3), "abc\xe2\x80\xa6");
	ASSERT_STR(utf8_snippet(&arena, STR("\xe4\xb8\xad\xe6\x96\x87"), 1),
	    "\xe4\xb8\xad\xe2\x80\xa6");
	ASSERT_STR(utf8_snippet(&arena, STR_NONE, 1), "");
}

static struct str
folded(const char *typed)
{
	struct str shown, fold;

	if (utf8_name(&arena, str_c(typed), &shown, &fold) != OK)
		return STR("BAD");
	return fold;
}

static void
test_names_that_are_the_same(void **state)
{
	(void)state;
	ASSERT_STR(folded("Xiao_Ming-7"), "xiao_ming-7");
	ASSERT_STR(folded("\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\x91"), "ab1");
	ASSERT_STR(folded(" \xe5\xb0\x8f\xe6\x98\x8e\xe3\x80\x80"),
	    "\xe5\xb0\x8f\xe6\x98\x8e");
	ASSERT_STR(folded("Stra\xc3\x9f" "e"), "strasse");
	ASSERT_STR(folded("E\xcc\x81" "a"), "\xc3\xa9" "a");
	ASSERT_STR(folded("\xce\xa3\xcf\x82"), "\xcf\x83\xcf\x83"); /* sigmas */
	ASSERT_STR(folded("\xef\xbb\xbf" "ab"), "BAD");
}

static void
test_names_refused(void **state)
{
	static const char *const bad[] = { "", "a", "a b", "a.b", "a@b", "a/b",
		"a\nb", "a\xe2\x80\x8d" "b", "a\xe2\x80\xae" "b", "\xcc\x81" "ab",
		"a\xc2\xad" "b", "ab\xe3\x85\xa4", "ab\xef\xbe\xa0",
		"ab\xe1\x85\x9f", "a\xcd\x8f" "b", "ab\xef\xb8\x8f",
		"\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "ab\xff", "ab\xed\xa0\x80",
		"abcdefghijklmnopqrstuvwxyz1234567" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!str_eq(folded(bad[i]), STR("BAD")))
			fail_msg("row %zu is taken", i);
	ASSERT_STR(folded("abcdefghijklmnopqrstuvwxyz123456"),
	    "abcdefghijklmnopqrstuvwxyz123456");
}

/* A shown name typed again is the same name, for each letter there is. */
static void
test_folding_is_a_fixed_point(void **state)
{
	unsigned names = 0;

	(void)state;
	for (uint32_t cp = 0x80; cp <= 0x10FFFF; cp++) {
		struct str shown, fold, shown2, fold2, fold3;
		struct arena own;
		struct sbuf buf;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		arena_init(&own, 0);
		sbuf_init(&buf, &own, 0);
		sbuf_byte(&buf, 'A');
		utf8_put(&buf, cp);
		utf8_put(&buf, 0x0345);
		if (utf8_name(&own, sbuf_str(&buf), &shown, &fold) == OK) {
			names++;
			if (utf8_name(&own, shown, &shown2, &fold2) != OK ||
			    !str_eq(shown, shown2) || !str_eq(fold, fold2))
				fail_msg("U+%04X shown", (unsigned)cp);
			if (utf8_name(&own, fold, &shown2, &fold3) != OK ||
			    !str_eq(fold, fold3))
				fail_msg("U+%04X folded", (unsigned)cp);
		}
		arena_fini(&own);
	}
	assert_true(names > 100000);
}

static void
test_halfwidth(void **state)
{
	(void)state;
	ASSERT_STR(utf8_halfwidth(&arena, STR("\xef\xbc\xa1\xef\xbd\x9e\xe3\x80\x80"
	    "\xef\xbc\x81\xe4\xb8\xad")), "A~ !\xe4\xb8\xad");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point_survives),
		cmocka_unit_test(test_invalid_is_refused),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_marks_are_bounded),
		cmocka_unit_test(test_clean_of_every_code_point_is_stable),
		cmocka_unit_test(test_cut_never_splits),
		cmocka_unit_test(test_snippet),
		cmocka_unit_test(test_names_that_are_the_same),
		cmocka_unit_test(test_names_refused),
		cmocka_unit_test(test_folding_is_a_fixed_point),
		cmocka_unit_test(test_halfwidth),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
