/*
 * Text of form posts: which charset explains the bytes (the contract is in
 * charset.h), and the numeric references that browsers and some phones send
 * for what their charset lacks.
 */
#include "text/charset.h"
#include "text/utf8.h"

#define CANDIDATES_MAX 7
#define REF_DIGITS_MAX 8

/* What U+4E2D in the field `e` comes back as. */
static const struct {
	struct str bytes;
	enum charset cs;
} probes[] = {
	{ { "\xE4\xB8\xAD", 3 }, CHARSET_UTF8 },
	{ { "\xD6\xD0", 2 }, CHARSET_GBK },
	{ { "\xA4\xA4", 2 }, CHARSET_BIG5 },
	{ { "\x92\x86", 2 }, CHARSET_SJIS },
	{ { "\xF1\xE9", 2 }, CHARSET_EUCKR },
};

struct candidates {
	enum charset list[CANDIDATES_MAX];
	size_t n;
	bool sure_utf8; /* the client said or showed that it posts UTF-8 */
};

static void
candidate_add(struct candidates *to, enum charset cs)
{
	to->list[to->n++] = cs;
}

static struct candidates
form_candidates(const struct form_charset *how)
{
	struct candidates all = { .n = 0 };
	enum charset cs;

	if (charset_parse(how->content_type_charset, &cs))
		candidate_add(&all, cs);
	if (charset_parse(how->charset_field, &cs))
		candidate_add(&all, cs);
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
		if (str_eq(how->probe, probes[i].bytes))
			candidate_add(&all, probes[i].cs);
	all.sure_utf8 = all.n != 0 && all.list[0] == CHARSET_UTF8;
	candidate_add(&all, CHARSET_UTF8);
	candidate_add(&all, how->page);
	candidate_add(&all, CHARSET_GBK);
	candidate_add(&all, CHARSET_GB18030);
	return all;
}

static bool
form_probe_is_ref(struct str probe)
{
	return str_eq(probe, STR("&#20013;")) ||
	    str_eq_nocase(probe, STR("&#x4e2d;"));
}

static int
ref_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Characters that a reference may stand for: never controls, surrogates,
 * noncharacters; line ends and tabs are typed as such. */
static bool
ref_allowed(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp > 0x10FFFF)
		return false;
	return (cp < 0xD800 || cp > 0xDFFF) && cp != 0xFEFF &&
	    (cp < 0xFDD0 || cp > 0xFDEF) && (cp & 0xFFFE) != 0xFFFE;
}

/* The reference that `s` starts with; returns its length in bytes or 0. */
static size_t
ref_at(struct str s, uint32_t *out)
{
	size_t i = 2, first;
	int base = 10, digit;
	uint32_t cp = 0;

	if (!str_starts(s, STR("&#")))
		return 0;
	if (i < s.len && (s.p[i] == 'x' || s.p[i] == 'X')) {
		base = 16;
		i++;
	}
	for (first = i; i < s.len && i - first < REF_DIGITS_MAX; i++) {
		digit = ref_digit(s.p[i]);
		if (digit < 0 || digit >= base)
			break;
		cp = cp * (uint32_t)base + (uint32_t)digit;
	}
	if (i == first || i == s.len || s.p[i] != ';' || !ref_allowed(cp))
		return 0;
	*out = cp;
	return i + 1;
}

static struct str
refs_decode(struct arena *arena, struct str s)
{
	struct sbuf out;
	size_t at;

	if (!str_find(s, STR("&#"), &at))
		return s;
	sbuf_init(&out, arena, 0);
	while (s.len > 0) {
		uint32_t cp;
		size_t len = ref_at(s, &cp);

		if (len != 0)
			utf8_put(&out, cp);
		else
			sbuf_byte(&out, s.p[0]);
		s = str_from(s, len != 0 ? len : 1);
	}
	return sbuf_str(&out);
}

enum err
charset_decode_field(struct arena *arena, const struct form_charset *how,
    struct str raw, struct str *out)
{
	struct candidates all = form_candidates(how);
	bool refs = form_probe_is_ref(how->probe) ||
	    (how->page != CHARSET_UTF8 && !all.sure_utf8);

	for (size_t i = 0; i < all.n; i++) {
		if (!charset_decode(arena, all.list[i], raw, out))
			continue;
		if (refs)
			*out = refs_decode(arena, *out);
		return OK;
	}
	return ERR_TEXT_BYTES;
}
