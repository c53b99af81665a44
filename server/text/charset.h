#ifndef TEXT_CHARSET_H
#define TEXT_CHARSET_H

#include "base/err.h"
#include "base/str.h"

/*
 * Charsets of pages and posts.  Inside everything is UTF-8.
 * Source of the orders and labels: measured, see doc/design.md "Charsets".
 */
enum charset {
	CHARSET_UTF8,	 /* the order is that of preference at equal weight */
	CHARSET_GBK,	 /* iconv GBK (CP936); label "gbk"; without the lone byte
			    80 for the euro sign, which only decoding knows */
	CHARSET_GB2312,	 /* encoded as the GB2312 subset of GBK; label "gb2312" */
	CHARSET_GB18030, /* only for clients that list it and no other */
	CHARSET_BIG5,
	CHARSET_SJIS,	 /* CP932 */
	CHARSET_EUCKR,
	CHARSET_COUNT
};

const char *charset_label(enum charset cs);	/* for Content-Type */
/* Any spelling met on handsets ("GB-2312", "utfF8", "BIG-5", "cp936"): without
 * regard to case, '-' and '_'.  false: unknown. */
bool charset_parse(struct str label, enum charset *out);

/* By an Accept-Charset header (RFC 7231 5.3.3, capital Q and stray spaces
 * allowed): UTF-8 unless a known charset is strictly preferred or UTF-8 is
 * not listed while another known one is (gb* before the others); "*" counts
 * as UTF-8; only ISO-8859-1/US-ASCII listed: UTF-8. */
enum charset charset_negotiate(struct str accept_charset);

/* How a character that the charset lacks is written. */
enum fallback {
	FALLBACK_NCR,  /* &#128512; : markup text of HTML/XHTML */
	FALLBACK_WORD, /* [笑] from data/fallbacks.tsv, then a look-alike, then the
			  reference (a name of "???" is nobody's): phones */
};

/* Loads data/fallbacks.tsv ("U+1F600<TAB>笑<TAB>:)"), before threads start;
 * constant afterwards.  A bad row is logged and ERR_INTERNAL. */
enum err charset_load_fallbacks(const char *path) MUST_USE;

/* Encodes valid UTF-8; never fails: what the charset cannot show is written
 * by the fallback.  CHARSET_UTF8 returns `utf8` itself, with any fallback.
 * May be given finished markup: no fallback but the reference itself holds
 * & < > " ' or $.  Thread-safe (iconv handles are per thread, opened once). */
struct str charset_encode(struct arena *arena, enum charset cs,
    enum fallback fallback, struct str utf8);

/* Strict decoding: false when a byte sequence is not of this charset.  Takes
 * what browsers post under the label: GB2312 as GBK, EUC-KR as CP949.  `out`
 * is valid UTF-8 in the arena (UTF-8: `bytes` itself). */
bool charset_decode(struct arena *arena, enum charset cs, struct str bytes,
    struct str *out);

/*
 * How the fields of one form post are encoded, decided once per post from
 * (1) charset of the POST's Content-Type, (2) `_charset_`, (3) the probe
 * field `e` that pages fill with U+4E2D: E4B8AD UTF-8, D6D0 GBK, A4A4 Big5,
 * 9286 Shift_JIS, F1E9 EUC-KR, "&#20013;" references; (4) valid UTF-8,
 * (5) the charset the page was sent in, (6) GBK.
 */
struct form_charset {
	struct str content_type_charset; /* label or empty */
	struct str charset_field;	 /* `_charset_` or empty */
	struct str probe;		 /* raw bytes of `e` or empty */
	enum charset page;		 /* what the client's pages are sent in */
};

/*
 * Decodes one raw field to valid UTF-8 (not yet cleaned).  Candidates are tried
 * in the order above; the first that explains the bytes wins.  Numeric
 * references (&#20013; &#x4e2d;) are decoded only when the probe arrived as
 * one, or when the page was not UTF-8 and (1)-(3) do not show that the client
 * posts UTF-8 (then browsers write them for what the charset lacks).  They
 * never yield NUL, other controls, surrogates or noncharacters: such a
 * reference stays text.  ERR_TEXT_BYTES when nothing explains the bytes.
 */
enum err charset_decode_field(struct arena *arena, const struct form_charset *how,
    struct str raw, struct str *out) MUST_USE;

#endif
