/*
 * UTF-8: checking, walking, cutting, and the normal forms of text and names.
 *
 * Text from outside passes utf8_valid (or charset_decode, which yields valid
 * text) once; everything else here relies on it.  Normal forms are made with
 * libutf8proc's tables, into the arena; nothing is shared between threads.
 * Runs of combining marks are bounded to 30 as in the Stream-Safe format
 * (UAX #15 section 13): canonical ordering is then linear, and one letter
 * cannot cover a page.
 */
#include "text/utf8.h"

#include <utf8proc.h>

#define NAME_MIN_CHARS 2
#define NAME_MAX_CHARS 32
#define NAME_MAX_BYTES 512 /* as typed, before NFKC */
#define MARKS_MAX 30
#define DECOMPOSED_MAX 64 /* the longest, U+FDFA, has 18 */
#define ELLIPSIS "\xe2\x80\xa6"

/* How long the character is that starts with this byte; 0: none does. */
static unsigned
utf8_lead(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c < 0xC2 || c > 0xF4)
		return 0;
	return c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static bool
utf8_char_valid(const unsigned char *p, unsigned len)
{
	for (unsigned i = 1; i < len; i++)
		if ((p[i] & 0xC0) != 0x80)
			return false;
	switch (p[0]) {
	case 0xE0:
		return p[1] >= 0xA0; /* overlong */
	case 0xED:
		return p[1] < 0xA0; /* surrogates */
	case 0xF0:
		return p[1] >= 0x90; /* overlong */
	case 0xF4:
		return p[1] < 0x90; /* > U+10FFFF */
	default:
		return true;
	}
}

bool
utf8_valid(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.len;) {
		unsigned len = utf8_lead(p[i]);

		if (len == 0 || len > s.len - i || !utf8_char_valid(p + i, len))
			return false;
		i += len;
	}
	return true;
}

uint32_t
utf8_next(struct str s, size_t *pos)
{
	static const unsigned char mask[] = { 0xFF, 0x7F, 0x1F, 0x0F, 0x07 };
	const unsigned char *p = (const unsigned char *)s.p + *pos;
	unsigned len = utf8_lead(*p);
	uint32_t cp = *p & mask[len];

	for (unsigned i = 1; i < len && *pos + i < s.len; i++)
		cp = cp << 6 | (p[i] & 0x3FU);
	*pos += len != 0 && len <= s.len - *pos ? len : 1;
	return cp;
}

void
utf8_put(struct sbuf *buf, uint32_t cp)
{
	char c[4];
	size_t n = 0;

	if (cp < 0x80) {
		c[n++] = (char)cp;
	} else if (cp < 0x800) {
		c[n++] = (char)(0xC0 | cp >> 6);
	} else if (cp < 0x10000) {
		c[n++] = (char)(0xE0 | cp >> 12);
		c[n++] = (char)(0x80 | (cp >> 6 & 0x3F));
	} else {
		c[n++] = (char)(0xF0 | cp >> 18);
		c[n++] = (char)(0x80 | (cp >> 12 & 0x3F));
		c[n++] = (char)(0x80 | (cp >> 6 & 0x3F));
	}
	if (cp >= 0x80)
		c[n++] = (char)(0x80 | (cp & 0x3F));
	sbuf_add(buf, (struct str){ c, n });
}

size_t
utf8_chars(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

/* Decomposed text on its way to a normal form. */
struct utf8_points {
	utf8proc_int32_t *cp;
	size_t n;
	size_t marks; /* length of the run of marks at the end */
};

static int
utf8_class(utf8proc_int32_t cp)
{
	return utf8proc_get_property(cp)->combining_class;
}

/* Appends in canonical order: a mark moves before marks of higher class. */
static void
points_add(struct utf8_points *to, utf8proc_int32_t cp)
{
	int class = utf8_class(cp);
	size_t at = to->n;

	if (class == 0) {
		to->marks = 0;
	} else if (to->marks == MARKS_MAX) {
		return;
	} else {
		to->marks++;
	}
	for (size_t i = 1; i < to->marks; i++) {
		if (utf8_class(to->cp[at - 1]) <= class)
			break;
		to->cp[at] = to->cp[at - 1];
		at--;
	}
	to->cp[at] = cp;
	to->n++;
}

/* Normal form of valid text by utf8proc options. */
static struct str
utf8_normal(struct arena *arena, struct str s, utf8proc_option_t options)
{
	utf8proc_int32_t piece[DECOMPOSED_MAX];
	struct utf8_points points = { 0 };
	size_t pos = 0, size = 0, i;
	utf8proc_ssize_t n;
	struct sbuf out;
	int boundary = 0;

	for (i = 0; i < s.len; size += (size_t)n)
		n = utf8proc_decompose_char((utf8proc_int32_t)utf8_next(s, &i),
		    piece, DECOMPOSED_MAX, options, &boundary);
	points.cp = arena_raw(arena, (size + 1) * sizeof(*points.cp));
	while (pos < s.len) {
		uint32_t cp = utf8_next(s, &pos);

		n = utf8proc_decompose_char((utf8proc_int32_t)cp, piece,
		    DECOMPOSED_MAX, options, &boundary);
		for (i = 0; (utf8proc_ssize_t)i < n; i++)
			points_add(&points, piece[i]);
	}
	n = utf8proc_normalize_utf32(points.cp, (utf8proc_ssize_t)points.n,
	    options);
	sbuf_init(&out, arena, 0);
	for (i = 0; (utf8proc_ssize_t)i < n; i++)
		utf8_put(&out, (uint32_t)points.cp[i]);
	return sbuf_str(&out);
}

static bool
utf8_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static struct str
utf8_nfc(struct arena *arena, struct str s)
{
	if (utf8_ascii(s))
		return s;
	return utf8_normal(arena, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

static bool
utf8_dropped(uint32_t cp)
{
	if (cp == '\n' || cp == '\t')
		return false;
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0xFEFF ||
	    (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFE) == 0xFFFE;
}

struct str
utf8_clean(struct arena *arena, struct str s)
{
	struct sbuf out;
	size_t pos = 0;

	sbuf_init(&out, arena, 0);
	while (pos < s.len) {
		uint32_t cp = utf8_next(s, &pos);

		if (cp == '\r') {
			if (pos == s.len || s.p[pos] != '\n')
				sbuf_byte(&out, '\n');
		} else if (!utf8_dropped(cp)) {
			utf8_put(&out, cp);
		}
	}
	return utf8_nfc(arena, sbuf_str(&out));
}

static bool
utf8_blank(uint32_t cp)
{
	return cp == ' ' || cp == 0x3000 || cp == 0xA0;
}

/* Without blanks at the ends, the ideographic and the hard one included. */
static struct str
utf8_trim(struct str s)
{
	size_t pos = 0, start = s.len, end = 0;

	while (pos < s.len) {
		size_t at = pos;

		if (utf8_blank(utf8_next(s, &pos)))
			continue;
		if (start > at)
			start = at;
		end = pos;
	}
	return end != 0 ? str_from(str_head(s, end), start) : STR_NONE;
}

/* Line ends and tabs become spaces. */
static struct str
utf8_one_line(struct arena *arena, struct str s)
{
	struct sbuf out;
	size_t pos = 0;

	sbuf_init(&out, arena, 0);
	while (pos < s.len) {
		uint32_t cp = utf8_next(s, &pos);

		if (cp == '\n' || cp == '\r' || cp == '\t' || cp == 0x2028 ||
		    cp == 0x2029)
			cp = ' ';
		utf8_put(&out, cp);
	}
	return sbuf_str(&out);
}

struct str
utf8_clean_line(struct arena *arena, struct str s)
{
	s = utf8_trim(utf8_one_line(arena, utf8_clean(arena, s)));
	return str_dup(arena, s);
}

/*
 * `whole` is the end of the last grapheme that fits, `some` that of the last
 * character, used only when not one grapheme fits.
 */
static struct str
utf8_cut_at(struct str s, size_t max_bytes, size_t max_chars)
{
	utf8proc_int32_t state = 0, before = 0, cp;
	size_t pos = 0, chars = 0, whole = 0, some;

	while (pos < s.len) {
		some = pos;
		cp = (utf8proc_int32_t)utf8_next(s, &pos);
		if (some > 0 &&
		    utf8proc_grapheme_break_stateful(before, cp, &state))
			whole = some;
		if (pos > max_bytes || ++chars > max_chars)
			return str_head(s, whole != 0 ? whole : some);
		before = cp;
	}
	return s;
}

struct str
utf8_cut(struct str s, size_t max_bytes)
{
	return s.len <= max_bytes ? s : utf8_cut_at(s, max_bytes, SIZE_MAX);
}

struct str
utf8_cut_chars(struct str s, size_t max_chars)
{
	return s.len <= max_chars ? s : utf8_cut_at(s, SIZE_MAX, max_chars);
}

struct str
utf8_snippet(struct arena *arena, struct str s, size_t max_chars)
{
	struct str head;
	struct sbuf out;

	s = str_trim(s);
	head = utf8_cut_chars(s, max_chars);
	sbuf_init(&out, arena, 0);
	sbuf_add(&out, utf8_one_line(arena, head));
	if (head.len < s.len)
		sbuf_add(&out, STR(ELLIPSIS));
	return sbuf_str(&out);
}

/*
 * Letters and digits with a shape of their own: the fillers that Unicode
 * counts as letters or marks but shows as nothing would make two names look
 * the same.
 */
static bool
name_char(uint32_t cp, bool first)
{
	const utf8proc_property_t *is =
	    utf8proc_get_property((utf8proc_int32_t)cp);

	if (cp == '_' || cp == '-')
		return true;
	if (is->ignorable)
		return false;
	switch (is->category) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
		return true;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
		return !first;
	default:
		return false;
	}
}

enum err
utf8_name(struct arena *arena, struct str typed, struct str *shown,
    struct str *folded)
{
	size_t pos = 0, chars = 0;
	struct str s;

	if (typed.len > NAME_MAX_BYTES || !utf8_valid(typed))
		return ERR_NAME_BAD;
	s = utf8_normal(arena, utf8_trim(typed),
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
	for (; pos < s.len; chars++)
		if (!name_char(utf8_next(s, &pos), chars == 0))
			return ERR_NAME_BAD;
	if (chars < NAME_MIN_CHARS || chars > NAME_MAX_CHARS)
		return ERR_NAME_BAD;
	*shown = s;
	*folded = utf8_normal(arena, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE |
	    UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
	return OK;
}

struct str
utf8_halfwidth(struct arena *arena, struct str s)
{
	struct sbuf out;
	size_t pos = 0;

	sbuf_init(&out, arena, 0);
	while (pos < s.len) {
		uint32_t cp = utf8_next(s, &pos);

		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFF01 - '!';
		else if (cp == 0x3000)
			cp = ' ';
		utf8_put(&out, cp);
	}
	return sbuf_str(&out);
}
