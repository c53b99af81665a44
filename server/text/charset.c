/*
 * Charsets of pages: labels, Accept-Charset, encoding and strict decoding.
 *
 * iconv(3) does the work, one handle per thread, charset and direction,
 * opened at first use and closed when the thread ends.  Where the C library's
 * tables would give bytes that a client reads as another character, the
 * quirk table below says what to do instead.  How posts are decoded is in
 * formtext.c; the fallback words are in fallback.c.
 */
#include "text/charset.h"

#include <errno.h>
#include <iconv.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "text/fallback.h"
#include "text/qlist.h"
#include "text/utf8.h"

#define NOT_OPEN ((iconv_t)0)
#define NO_HANDLE ((iconv_t)-1)
#define LABEL_MAX 32

/*
 * `encode` is the smaller set, what any client of this label can show;
 * `decode` the larger one, what browsers post under it.
 */
static const struct {
	const char *label, *encode, *decode;
} charsets[CHARSET_COUNT] = {
	[CHARSET_UTF8] = { "utf-8", NULL, NULL },
	[CHARSET_GBK] = { "gbk", "GBK", "GBK" },
	[CHARSET_GB2312] = { "gb2312", "EUC-CN", "GBK" },
	[CHARSET_GB18030] = { "gb18030", "GB18030", "GB18030" },
	[CHARSET_BIG5] = { "big5", "BIG5", "BIG5" },
	[CHARSET_SJIS] = { "shift_jis", "CP932", "CP932" },
	[CHARSET_EUCKR] = { "euc-kr", "EUC-KR", "CP949" },
};

/* Spellings in lower case without '-' and '_' (UAProf lists, captures). */
static const struct {
	const char *label;
	enum charset cs;
} spellings[] = {
	{ "utf8", CHARSET_UTF8 }, { "utff8", CHARSET_UTF8 },
	{ "csutf8", CHARSET_UTF8 }, { "unicode11utf8", CHARSET_UTF8 },
	{ "gbk", CHARSET_GBK }, { "cp936", CHARSET_GBK },
	{ "ms936", CHARSET_GBK }, { "windows936", CHARSET_GBK },
	{ "xgbk", CHARSET_GBK }, { "csgbk", CHARSET_GBK },
	{ "gb2312", CHARSET_GB2312 }, { "gb231280", CHARSET_GB2312 },
	{ "gb23121980", CHARSET_GB2312 }, { "csgb2312", CHARSET_GB2312 },
	{ "euccn", CHARSET_GB2312 }, { "chinese", CHARSET_GB2312 },
	{ "gb18030", CHARSET_GB18030 }, { "gb180302000", CHARSET_GB18030 },
	{ "big5", CHARSET_BIG5 }, { "cnbig5", CHARSET_BIG5 },
	{ "csbig5", CHARSET_BIG5 }, { "bigfive", CHARSET_BIG5 },
	{ "xxbig5", CHARSET_BIG5 }, { "cp950", CHARSET_BIG5 },
	{ "big5hkscs", CHARSET_BIG5 }, { "windows950", CHARSET_BIG5 },
	{ "shiftjis", CHARSET_SJIS }, { "sjis", CHARSET_SJIS },
	{ "xsjis", CHARSET_SJIS }, { "mskanji", CHARSET_SJIS },
	{ "csshiftjis", CHARSET_SJIS }, { "cp932", CHARSET_SJIS },
	{ "windows31j", CHARSET_SJIS }, { "windows932", CHARSET_SJIS },
	{ "euckr", CHARSET_EUCKR }, { "cseuckr", CHARSET_EUCKR },
	{ "ksc5601", CHARSET_EUCKR }, { "ksc56011987", CHARSET_EUCKR },
	{ "ksx1001", CHARSET_EUCKR }, { "uhc", CHARSET_EUCKR },
	{ "cp949", CHARSET_EUCKR }, { "windows949", CHARSET_EUCKR },
};

/*
 * Characters given to iconv as another one, or (as == 0) not at all.  GBK:
 * glibc writes the euro sign as the lone byte 80, which GBK-only fonts and
 * other converters reject, and a gateway drops the whole deck.  GB2312: A1A4
 * and A1AA are read by all clients as GBK reads them.  CP932: glibc writes
 * yen and overline as ASCII.  EUC-KR: CP949, which clients mean by the label,
 * lacks U+327E.
 */
static const struct quirk {
	enum charset cs;
	uint32_t cp, as;
} quirks[] = {
	{ CHARSET_GBK, 0x20AC, 0 },
	{ CHARSET_GB2312, 0x00B7, 0x30FB },
	{ CHARSET_GB2312, 0x30FB, 0 },
	{ CHARSET_GB2312, 0x2014, 0x2015 },
	{ CHARSET_GB2312, 0x2015, 0 },
	{ CHARSET_SJIS, 0x00A5, 0xFFE5 },
	{ CHARSET_SJIS, 0x203E, 0xFFE3 },
	{ CHARSET_EUCKR, 0x327E, 0 },
};

enum direction { TO_CHARSET, TO_UTF8, DIRECTION_COUNT };

struct handles {
	iconv_t cd[CHARSET_COUNT][DIRECTION_COUNT];
};

static pthread_once_t handles_once = PTHREAD_ONCE_INIT;
static pthread_key_t handles_key;

static void
handles_close(void *arg)
{
	struct handles *handles = arg;

	for (int cs = 0; cs < CHARSET_COUNT; cs++)
		for (int way = 0; way < DIRECTION_COUNT; way++) {
			iconv_t cd = handles->cd[cs][way];

			if (cd != NOT_OPEN && cd != NO_HANDLE)
				iconv_close(cd);
		}
	free(handles);
}

static void
handles_init(void)
{
	if (pthread_key_create(&handles_key, handles_close) != 0)
		abort();
}

static iconv_t
charset_open(enum charset cs, enum direction way)
{
	iconv_t cd = way == TO_CHARSET ?
	    iconv_open(charsets[cs].encode, "UTF-8") :
	    iconv_open("UTF-8", charsets[cs].decode);

	if (cd == NO_HANDLE)
		log_error("iconv has no %s", charsets[cs].label);
	return cd;
}

/* This thread's converter in its initial state, or NO_HANDLE. */
static iconv_t
charset_handle(enum charset cs, enum direction way)
{
	struct handles *mine;
	iconv_t *cd;

	pthread_once(&handles_once, handles_init);
	mine = pthread_getspecific(handles_key);
	if (mine == NULL) {
		mine = calloc(1, sizeof(*mine));
		if (mine == NULL || pthread_setspecific(handles_key, mine) != 0)
			abort();
	}
	cd = &mine->cd[cs][way];
	if (*cd == NOT_OPEN)
		*cd = charset_open(cs, way);
	else if (*cd != NO_HANDLE)
		iconv(*cd, NULL, NULL, NULL, NULL);
	return *cd;
}

/* Converts all of `s` or, on false, stops with what went so far in `out`. */
static bool
charset_convert(struct sbuf *out, iconv_t cd, struct str s)
{
	char chunk[1024];
	char *from = (char *)(uintptr_t)s.p, *to;
	size_t left = s.len, room, n;

	if (cd == NO_HANDLE)
		return s.len == 0;
	do {
		to = chunk;
		room = sizeof(chunk);
		n = iconv(cd, &from, &left, &to, &room);
		sbuf_add(out, (struct str){ chunk, sizeof(chunk) - room });
	} while (n == (size_t)-1 && errno == E2BIG);
	return n != (size_t)-1 && left == 0;
}

const char *
charset_label(enum charset cs)
{
	return charsets[cs].label;
}

bool
charset_parse(struct str label, enum charset *out)
{
	char plain[LABEL_MAX];
	size_t n = 0;

	label = str_trim(label);
	for (size_t i = 0; i < label.len; i++) {
		if (memchr("-_\"' ", label.p[i], 5) != NULL)
			continue;
		if (n == sizeof(plain))
			return false;
		plain[n++] = label.p[i];
	}
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		if (!str_eq_nocase((struct str){ plain, n },
		    str_c(spellings[i].label)))
			continue;
		*out = spellings[i].cs;
		return true;
	}
	return false;
}

enum charset
charset_negotiate(struct str accept_charset)
{
	unsigned q[CHARSET_COUNT] = { 0 }, any = 0;
	bool named = false;
	enum charset cs, best = CHARSET_UTF8;
	struct qitem item;

	while (qlist_next(&accept_charset, &item)) {
		if (str_eq(item.token, STR("*"))) {
			any = item.q;
		} else if (charset_parse(item.token, &cs)) {
			named = named || cs == CHARSET_UTF8;
			if (q[cs] < item.q)
				q[cs] = item.q;
		}
	}
	if (!named)
		q[CHARSET_UTF8] = any;
	/* At equal weight the earlier of the enum wins. */
	for (cs = CHARSET_UTF8; cs < CHARSET_COUNT; cs++)
		if (q[cs] > q[best])
			best = cs;
	return best;
}

enum err
charset_load_fallbacks(const char *path)
{
	return fallback_load(path);
}

/* One character; false (and nothing written) if the charset lacks it. */
static bool
encode_char(struct sbuf *out, enum charset cs, uint32_t cp)
{
	size_t before = out->len;
	char bytes[5]; /* the longest character and the builder's NUL */
	struct sbuf one = { .p = bytes, .size = sizeof(bytes) };

	if (cp < 0x80) {
		sbuf_byte(out, (char)cp);
		return true;
	}
	if (cp < 0xA0)
		return false; /* some tables pass C1 controls through */
	for (size_t i = 0; i < sizeof(quirks) / sizeof(*quirks); i++) {
		if (quirks[i].cs != cs || quirks[i].cp != cp)
			continue;
		if (quirks[i].as == 0)
			return false;
		cp = quirks[i].as;
		break;
	}
	utf8_put(&one, cp);
	/* glibc takes tag characters (U+E00xx) and writes nothing for them. */
	return charset_convert(out, charset_handle(cs, TO_CHARSET),
	    (struct str){ bytes, one.len }) && out->len > before;
}

/* All of a short UTF-8 text, or nothing. */
static bool
encode_all(struct sbuf *out, enum charset cs, struct str s)
{
	size_t pos = 0, before = out->len;

	while (pos < s.len)
		if (!encode_char(out, cs, utf8_next(s, &pos))) {
			out->len = before;
			return false;
		}
	return true;
}

static bool
encode_row(struct sbuf *out, enum charset cs, const struct fallback_row *row)
{
	size_t before = out->len;

	if (row == NULL)
		return false;
	if (row->word.len != 0) {
		sbuf_byte(out, '[');
		if (encode_all(out, cs, row->word)) {
			sbuf_byte(out, ']');
			return true;
		}
		out->len = before;
	}
	sbuf_add(out, row->ascii);
	return row->ascii.len != 0;
}

/* Pieces come after escaping: one that is markup must not get out. */
static bool
encode_alike(struct sbuf *out, enum charset cs, uint32_t cp)
{
	uint32_t piece[FALLBACK_PIECES];
	size_t n = fallback_alike(cp, piece), before = out->len;

	for (size_t i = 0; i < n; i++) {
		bool markup = piece[i] < 0x20 || piece[i] == 0x7F ||
		    (piece[i] < 0x80 && strchr("&<>\"'$", (int)piece[i]));

		if (!markup && encode_char(out, cs, piece[i]))
			continue;
		if (!markup && i > 0 && fallback_invisible(piece[i]))
			continue;
		out->len = before;
		return false;
	}
	return n != 0;
}

static void
encode_lacking(struct sbuf *out, enum charset cs, enum fallback fallback,
    uint32_t cp)
{
	if (fallback == FALLBACK_NCR) {
		sbuf_fmt(out, "&#%u;", (unsigned)cp);
		return;
	}
	if (encode_row(out, cs, fallback_find(cp)) || fallback_invisible(cp) ||
	    encode_alike(out, cs, cp))
		return;
	sbuf_fmt(out, "&#%u;", (unsigned)cp);
}

struct str
charset_encode(struct arena *arena, enum charset cs, enum fallback fallback,
    struct str utf8)
{
	struct sbuf out;
	size_t pos = 0;

	if (cs == CHARSET_UTF8)
		return utf8;
	sbuf_init(&out, arena, 0);
	while (pos < utf8.len) {
		size_t start = pos;
		uint32_t cp;

		while (pos < utf8.len && (unsigned char)utf8.p[pos] < 0x80)
			pos++;
		sbuf_add(&out, str_from(str_head(utf8, pos), start));
		if (pos == utf8.len)
			break;
		cp = utf8_next(utf8, &pos);
		if (!encode_char(&out, cs, cp))
			encode_lacking(&out, cs, fallback, cp);
	}
	return sbuf_str(&out);
}

/* Bytes 80..9F that mean nothing in these charsets: iconv passes some. */
static bool
charset_has_c1(struct str s)
{
	for (size_t i = 1; i < s.len; i++)
		if ((unsigned char)s.p[i - 1] == 0xC2 &&
		    (unsigned char)s.p[i] < 0xA0)
			return true;
	return false;
}

bool
charset_decode(struct arena *arena, enum charset cs, struct str bytes,
    struct str *out)
{
	struct sbuf buf;

	if (cs == CHARSET_UTF8) {
		*out = bytes;
		return utf8_valid(bytes);
	}
	sbuf_init(&buf, arena, 0);
	if (!charset_convert(&buf, charset_handle(cs, TO_UTF8), bytes))
		return false;
	*out = sbuf_str(&buf);
	/* GB18030 has codes for all of Unicode, C1 and unassigned included. */
	return !charset_has_c1(*out) && utf8_valid(*out);
}
