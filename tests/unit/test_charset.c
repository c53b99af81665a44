/* Charsets: what a phone reads is what was written, or a word for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "text/charset.h"
#include "text/utf8.h"

#define ZHONG "\xe4\xb8\xad"
#define GRIN "\xf0\x9f\x98\x80"
#define TABLE "data/fallbacks.tsv"

#define ASSERT_STR(got, z) assert_same((got), str_c(z), __LINE__)

static struct arena arena;

/* "&#28450;" and nothing else. */
static bool
is_reference(struct str s)
{
	uint64_t number;

	return str_starts(s, STR("&#")) && s.p[s.len - 1] == ';' &&
	    str_u64((struct str){ s.p + 2, s.len - 3 }, &number);
}

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
	return charset_load_fallbacks(TABLE) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static struct str
one_char(struct arena *own, uint32_t cp)
{
	struct sbuf buf;

	sbuf_init(&buf, own, 0);
	utf8_put(&buf, cp);
	return sbuf_str(&buf);
}

/* CP932's own look-alikes: same shape, other code point (fact of the table). */
static bool
same_shape(enum charset cs, uint32_t cp)
{
	static const uint32_t sjis[] = { 0xA2, 0xA3, 0xA5, 0xAC, 0x203E, 0x2014,
		0x2016, 0x2212, 0x301C };

	for (size_t i = 0; i < sizeof(sjis) / sizeof(*sjis); i++)
		if (cs == CHARSET_SJIS && sjis[i] == cp)
			return true;
	return cs == CHARSET_EUCKR && cp == 0x20A9;
}

/* Every code point: what is not a reference comes back as itself, and no byte
 * of it is markup.  Returns how many the charset can show. */
static unsigned
encode_all(enum charset cs)
{
	unsigned shown = 0;
	struct arena own;

	arena_init(&own, 0);
	for (uint32_t cp = 0x80; cp <= 0x10FFFF; cp++) {
		struct str utf8, bytes, back;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		if (cp % 16 == 0)
			arena_fini(&own);
		utf8 = one_char(&own, cp);
		bytes = charset_encode(&own, cs, FALLBACK_NCR, utf8);
		if (bytes.len == 0 || !charset_decode(&own, cs, bytes, &back))
			fail_msg("%s U+%04X", charset_label(cs), (unsigned)cp);
		if (!str_starts(bytes, STR("&#"))) {
			shown++;
			if (!str_eq(back, utf8) && !same_shape(cs, cp))
				fail_msg("%s U+%04X comes back as %.*s",
				    charset_label(cs), (unsigned)cp,
				    STR_ARGS(back));
			for (size_t i = 0; i < bytes.len; i++)
				assert_null(memchr("&<>\"'$", bytes.p[i], 6));
		}
	}
	arena_fini(&own);
	return shown;
}

static void
test_every_code_point_comes_back(void **state)
{
	static const struct {
		enum charset cs;
		unsigned least;
	} rows[] = {
		{ CHARSET_GBK, 21791 }, { CHARSET_GB2312, 7445 },
		{ CHARSET_GB18030, 1111880 }, { CHARSET_BIG5, 13900 },
		{ CHARSET_SJIS, 9200 }, { CHARSET_EUCKR, 8225 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned shown = encode_all(rows[i].cs);

		print_message("%s: %u characters\n",
		    charset_label(rows[i].cs), shown);
		assert_true(shown >= rows[i].least);
	}
}

/* From the other side: each two-byte code a phone can post. */
static unsigned
decode_pairs(enum charset cs, unsigned *other)
{
	unsigned decoded = 0;

	for (unsigned code = 0x8100; code <= 0xFEFF; code++) {
		char pair[2] = { (char)(code >> 8), (char)code };
		struct str raw = { pair, 2 }, utf8, bytes;
		struct arena own;

		arena_init(&own, 0);
		if ((code & 0xFF) >= 0x40 &&
		    charset_decode(&own, cs, raw, &utf8) &&
		    utf8_chars(utf8) == 1) {
			decoded++;
			assert_true(utf8_valid(utf8));
			bytes = charset_encode(&own, cs, FALLBACK_NCR, utf8);
			*other += !str_eq(bytes, raw);
		}
		arena_fini(&own);
	}
	return decoded;
}

static void
test_every_posted_pair_comes_back(void **state)
{
	unsigned n, other = 0;

	(void)state;
	n = decode_pairs(CHARSET_GBK, &other);
	print_message("gbk: %u pairs\n", n);
	assert_true(n >= 21791);
	assert_int_equal(other, 0);
	n = decode_pairs(CHARSET_GB18030, &other);
	print_message("gb18030: %u pairs\n", n);
	assert_true(n >= 23940);
	assert_int_equal(other, 0);
	n = decode_pairs(CHARSET_BIG5, &other);
	print_message("big5: %u pairs\n", n);
	assert_true(n >= 13900);
	assert_int_equal(other, 10); /* ten characters have two codes */
}

static void
test_euro_in_gbk(void **state)
{
	struct str out;

	(void)state;
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_NCR,
	    STR("5\xe2\x82\xac")), "5&#8364;");
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_WORD,
	    STR("5\xe2\x82\xac")), "5EUR");
	assert_true(charset_decode(&arena, CHARSET_GBK, STR("5\x80"), &out));
	ASSERT_STR(out, "5\xe2\x82\xac");
}

static void
test_fallbacks(void **state)
{
	(void)state;
	ASSERT_STR(charset_encode(&arena, CHARSET_UTF8, FALLBACK_WORD,
	    STR(ZHONG GRIN)), ZHONG GRIN);
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_NCR,
	    STR(ZHONG GRIN "!")), "\xd6\xd0&#128512;!");
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_WORD,
	    STR(ZHONG GRIN "!")), "\xd6\xd0[\xd0\xa6]!");
	/* a red heart is heart and selector: the selector adds nothing */
	ASSERT_STR(charset_encode(&arena, CHARSET_GB2312, FALLBACK_WORD,
	    STR("\xe2\x9d\xa4\xef\xb8\x8f")), "[\xd0\xc4]");
	/* the word in the charset's own bytes; if it lacks it, the ASCII form */
	ASSERT_STR(charset_encode(&arena, CHARSET_EUCKR, FALLBACK_WORD,
	    STR("\xf0\x9f\x98\x8a")), "[\xda\xb0\xe1\xc5]");
	ASSERT_STR(charset_encode(&arena, CHARSET_BIG5, FALLBACK_WORD,
	    STR("\xf0\x9f\xa4\x94")), "[\xab\xe4\xa6\xd2]");
	ASSERT_STR(charset_encode(&arena, CHARSET_BIG5, FALLBACK_WORD,
	    STR("\xf0\x9f\x98\xb3")), ":O");
	/* look-alikes, a flag, nothing known */
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_WORD,
	    STR("\xc3\xb1\xc2\xb2\xef\xac\x81")), "n2fi");
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_WORD,
	    STR("\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3")), "CN");
	ASSERT_STR(charset_encode(&arena, CHARSET_GBK, FALLBACK_WORD,
	    STR("\xf0\x93\x80\x80")), "&#77824;");
}

/* Fallbacks stand in finished markup: none may be markup itself. */
static void
test_no_fallback_is_markup(void **state)
{
	struct arena own;

	(void)state;
	arena_init(&own, 0);
	for (uint32_t cp = 0x80; cp <= 0x10FFFF; cp++) {
		static const enum charset all[] = { CHARSET_GB2312,
			CHARSET_SJIS, CHARSET_EUCKR };

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		if (cp % 16 == 0)
			arena_fini(&own);
		for (size_t i = 0; i < 3; i++) {
			struct str s = charset_encode(&own, all[i],
			    FALLBACK_WORD, one_char(&own, cp));

			for (size_t at = 0; at < s.len; at++)
				if (memchr("<>\"'$\n", s.p[at], 6) != NULL ||
				    (s.p[at] == '&' && !is_reference(s)))
					fail_msg("U+%04X", (unsigned)cp);
		}
	}
	arena_fini(&own);
	ASSERT_STR(charset_encode(&arena, CHARSET_EUCKR, FALLBACK_WORD,
	    STR("\xef\xb9\xa4\xe2\x89\xae\xef\xb9\xa9")), "&#65124;&#8814;&#65129;");
}

static void
test_fallback_table_is_checked(void **state)
{
	static const char *const bad[] = { "U+1F600\tx<b>\t:)\n",
		"U+1F600\tx\t<3\n", "U+1F600\tx\t$\n", "U+41\tx\ty\n",
		"U+110000\tx\ty\n", "1F600\tx\ty\n", "U+1F600\n",
		"U+1F600\tx\t\xe4\xb8\xad\n", "U+1F600\t\xff\tx\n" };
	char path[] = "/tmp/test_charset.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(bad[i], file);
		fclose(file);
		assert_int_equal(charset_load_fallbacks(path), ERR_INTERNAL);
	}
	assert_int_equal(remove(path), 0);
	assert_int_equal(charset_load_fallbacks(path), ERR_INTERNAL);
	assert_int_equal(charset_load_fallbacks(TABLE), OK);
}

static void
test_labels(void **state)
{
	static const struct {
		const char *label;
		enum charset cs;
	} rows[] = {
		{ "utf-8", CHARSET_UTF8 }, { "utfF8", CHARSET_UTF8 },
		{ "\"UTF-8\"", CHARSET_UTF8 }, { "GB-2312", CHARSET_GB2312 },
		{ "GB2312-80", CHARSET_GB2312 }, { "gb_2312-80", CHARSET_GB2312 },
		{ "GBK", CHARSET_GBK }, { "cp936", CHARSET_GBK },
		{ "GB18030", CHARSET_GB18030 }, { "BIG-5", CHARSET_BIG5 },
		{ "SJIS", CHARSET_SJIS }, { " Shift_JIS ", CHARSET_SJIS },
		{ "eucKR", CHARSET_EUCKR }, { "KS_C_5601-1987", CHARSET_EUCKR },
	};
	enum charset cs;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_true(charset_parse(str_c(rows[i].label), &cs));
		assert_int_equal(cs, rows[i].cs);
	}
	for (cs = 0; cs < CHARSET_COUNT; cs++) {
		enum charset same;

		assert_true(charset_parse(str_c(charset_label(cs)), &same));
		assert_int_equal(cs, same);
	}
	assert_false(charset_parse(STR("iso-8859-1"), &cs));
	assert_false(charset_parse(STR(""), &cs));
	assert_false(charset_parse(STR("gbkgbkgbkgbkgbkgbkgbkgbkgbkgbkgbkgbk"),
	    &cs));
}

static void
test_negotiation(void **state)
{
	static const struct {
		const char *header;
		enum charset cs;
	} rows[] = {
		{ "", CHARSET_UTF8 },
		{ "*", CHARSET_UTF8 },
		{ "iso-8859-1, us-ascii", CHARSET_UTF8 },
		{ "ISO-8859-1, UTF-8; Q=0.8, ISO-10646-UCS-2; Q=0.6",
		    CHARSET_UTF8 },
		{ "gb2312", CHARSET_GB2312 },
		{ "GB2312, GBK, GB18030, iso-8859-1", CHARSET_GBK },
		{ "GB18030", CHARSET_GB18030 },
		{ "gbk, utf-8", CHARSET_UTF8 },
		{ "gbk, utf-8;q=0.7", CHARSET_GBK },
		{ "gbk ; q = 0.5 , utf-8 ; Q=0.7", CHARSET_UTF8 },
		{ "gbk, *;q=0.1", CHARSET_GBK },
		{ "gbk;q=0.1, *", CHARSET_UTF8 },
		{ "utf-8;q=0, gbk;q=0.1", CHARSET_GBK },
		{ "utf-8;q=0, gbk;q=0, *;q=1", CHARSET_UTF8 },
		{ "big5, gb2312", CHARSET_GB2312 },
		{ "big5;q=1, gb2312;q=0.9", CHARSET_BIG5 },
		{ "Shift_JIS", CHARSET_SJIS },
		{ ",;,;;q=,gbk;q=x", CHARSET_GBK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (charset_negotiate(str_c(rows[i].header)) != rows[i].cs)
			fail_msg("%s", rows[i].header);
}

struct field_row {
	const char *type, *field, *probe;
	enum charset page;
	const char *raw, *want; /* want NULL: ERR_TEXT_BYTES */
};

static const struct field_row field_rows[] = {
	/* the usual */
	{ "", "", ZHONG, CHARSET_UTF8, ZHONG GRIN, ZHONG GRIN },
	{ "", "", "", CHARSET_UTF8, ZHONG, ZHONG },
	{ "", "", "", CHARSET_UTF8, "", "" },
	/* lynx names the charset, Chromium fills _charset_ */
	{ "utf-8", "", "", CHARSET_GBK, ZHONG, ZHONG },
	{ "", "GBK", "\xd6\xd0", CHARSET_GBK, "\xd6\xd0\xce\xc4",
	    ZHONG "\xe6\x96\x87" },
	/* probes; "\xc2\xa9" is valid UTF-8 too, the probe decides */
	{ "", "", "\xd6\xd0", CHARSET_UTF8, "\xc2\xa9", "\xe6\xbc\x8f" },
	{ "", "", "\xa4\xa4", CHARSET_BIG5, "\xa4\xa4", ZHONG },
	{ "", "", "\x92\x86", CHARSET_SJIS, "\x92\x86", ZHONG },
	{ "", "", "\xf1\xe9", CHARSET_EUCKR, "\xf1\xe9", ZHONG },
	/* no probe (lynx emptied it): UTF-8 if valid, the page, GBK */
	{ "", "", "", CHARSET_GBK, ZHONG, ZHONG },
	{ "", "", "", CHARSET_BIG5, "\xa4\xa4\xa4\xe5", ZHONG "\xe6\x96\x87" },
	{ "", "", "", CHARSET_UTF8, "\xd6\xd0\xce\xc4", ZHONG "\xe6\x96\x87" },
	/* a GB18030 client on a GBK page */
	{ "", "", "\xd6\xd0", CHARSET_GBK, "\x94\x39\xfc\x36", GRIN },
	/* a label that lies, or that nobody knows */
	{ "gbk", "", "", CHARSET_UTF8, "\xe4\xb8\xad\xe6\x96", NULL },
	{ "iso-8859-1", "x-user-defined", "?", CHARSET_UTF8, ZHONG, ZHONG },
	{ "", "", "", CHARSET_UTF8, "\xff\xff", NULL },
	{ "", "", "", CHARSET_UTF8, "\x81", NULL },
	/* references: only where clients write them */
	{ "", "", "&#20013;", CHARSET_UTF8, "&#24029;&#33756;",
	    "\xe5\xb7\x9d\xe8\x8f\x9c" },
	{ "", "", "&#X4E2D;", CHARSET_UTF8, "&#x5ddd;", "\xe5\xb7\x9d" },
	{ "", "", "\xd6\xd0", CHARSET_GBK, "\xd6\xd0&#128512;", ZHONG GRIN },
	{ "", "", "", CHARSET_GBK, "&#128512;", GRIN },
	{ "", "", ZHONG, CHARSET_UTF8, "&#20013;", "&#20013;" },
	{ "", "", "", CHARSET_UTF8, "&#20013;", "&#20013;" },
	/* UTF-8 in spite of the page lacks nothing: it was typed */
	{ "", "", ZHONG, CHARSET_GBK, "&#20013;", "&#20013;" },
	/* decoded once only */
	{ "", "", "&#20013;", CHARSET_UTF8, "&#38;#20013;", "&#20013;" },
	/* nothing forbidden comes out */
	{ "", "", "&#20013;", CHARSET_UTF8, "&#0;&#x0;&#8;&#10;&#127;&#128;",
	    "&#0;&#x0;&#8;&#10;&#127;&#128;" },
	{ "", "", "&#20013;", CHARSET_UTF8, "&#55296;&#xDFFF;&#1114112;",
	    "&#55296;&#xDFFF;&#1114112;" },
	{ "", "", "&#20013;", CHARSET_UTF8, "&#65534;&#xFDD0;&#xFEFF;",
	    "&#65534;&#xFDD0;&#xFEFF;" },
	{ "", "", "&#20013;", CHARSET_UTF8, "&#4294987309;&#xFFFFFFFFFF;",
	    "&#4294987309;&#xFFFFFFFFFF;" },
	{ "", "", "&#20013;", CHARSET_UTF8, "&#;&#x;&#20013&# 65;&",
	    "&#;&#x;&#20013&# 65;&" },
	{ "", "", "&#20013;", CHARSET_UTF8, "&#x10FFFD;",
	    "\xf4\x8f\xbf\xbd" },
};

static void
test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(*field_rows); i++) {
		const struct field_row *row = &field_rows[i];
		struct form_charset how = { str_c(row->type),
			str_c(row->field), str_c(row->probe), row->page };
		struct str out = STR_NONE;
		enum err err = charset_decode_field(&arena, &how,
		    str_c(row->raw), &out);

		if ((err != OK) != (row->want == NULL) ||
		    (err == OK && !str_eq(out, str_c(row->want))))
			fail_msg("row %zu: %s \"%.*s\"", i, err_name(err),
			    STR_ARGS(out));
	}
}

/* C1 bytes that some of iconv's tables pass through are no text. */
static void
test_decoding_is_strict(void **state)
{
	struct str out;

	(void)state;
	assert_false(charset_decode(&arena, CHARSET_BIG5, STR("\x80"), &out));
	assert_false(charset_decode(&arena, CHARSET_EUCKR, STR("\x85"), &out));
	assert_false(charset_decode(&arena, CHARSET_GBK, STR("\xd6"), &out));
	assert_false(charset_decode(&arena, CHARSET_GBK, STR("a\xd6 b"), &out));
	assert_false(charset_decode(&arena, CHARSET_UTF8, STR("\xd6\xd0"), &out));
	/* a failed text leaves nothing behind for the next */
	assert_true(charset_decode(&arena, CHARSET_GBK, STR("\xd6\xd0"), &out));
	ASSERT_STR(out, ZHONG);
	assert_true(charset_decode(&arena, CHARSET_GBK, STR_NONE, &out));
	assert_int_equal(out.len, 0);
}

static void *
work(void *arg)
{
	uintptr_t bad = 0;

	(void)arg;
	for (int i = 0; i < 2000; i++) {
		struct arena own;
		struct str bytes, back;

		arena_init(&own, 0);
		bytes = charset_encode(&own, CHARSET_GBK + i % 6, FALLBACK_WORD,
		    STR("a" ZHONG "b"));
		if (!charset_decode(&own, CHARSET_GBK + i % 6, bytes, &back) ||
		    !str_eq(back, STR("a" ZHONG "b")))
			bad++;
		arena_fini(&own);
	}
	return (void *)bad;
}

static void
test_threads(void **state)
{
	pthread_t thread[4];
	void *bad;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, work, NULL), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(thread[i], &bad), 0);
		assert_null(bad);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point_comes_back),
		cmocka_unit_test(test_every_posted_pair_comes_back),
		cmocka_unit_test(test_euro_in_gbk),
		cmocka_unit_test(test_fallbacks),
		cmocka_unit_test(test_no_fallback_is_markup),
		cmocka_unit_test(test_fallback_table_is_checked),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_negotiation),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_decoding_is_strict),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
