#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include "base/err.h"
#include "base/str.h"

/* UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, <= U+10FFFF. */
bool utf8_valid(struct str s);

/*
 * Decodes the character at *pos (byte offset) and moves *pos behind it.
 * `s` must be valid; *pos < s.len.
 */
uint32_t utf8_next(struct str s, size_t *pos);
void utf8_put(struct sbuf *buf, uint32_t cp);
size_t utf8_chars(struct str s); /* code points */

/*
 * What the store keeps of typed text: NFC; CRLF and CR become LF; control
 * characters but LF and TAB, noncharacters and U+FEFF dropped; of a run of
 * combining marks the first 30 stay (UAX #15 Stream-Safe).  Cleaning twice
 * changes nothing more.  `s` must be valid UTF-8.
 */
struct str utf8_clean(struct arena *arena, struct str s);
/* The same for one line: LF and TAB become spaces, ends trimmed. */
struct str utf8_clean_line(struct arena *arena, struct str s);

/*
 * Longest prefix of <= max_bytes / <= max_chars that ends on a grapheme
 * boundary (never inside a character or between a base and its marks).
 * A first grapheme longer than max_bytes is cut between code points.
 */
struct str utf8_cut(struct str s, size_t max_bytes);
struct str utf8_cut_chars(struct str s, size_t max_chars);
/* One line, cut to max_chars, and U+2026 behind it when something was cut. */
struct str utf8_snippet(struct arena *arena, struct str s, size_t max_chars);

/*
 * A user name: any visible letters or digits (with their marks) of any
 * script, '_' and '-', 2..32 characters after NFKC (so full-width forms
 * fold); blanks at the ends are dropped; shown as typed in NFKC, unique by
 * `folded` = NFKC + case folding + NFC.  ERR_NAME_BAD otherwise, also for
 * bytes that are not UTF-8.  Both live in the arena.
 */
enum err utf8_name(struct arena *arena, struct str typed, struct str *shown,
    struct str *folded) MUST_USE;

/* Full-width ASCII (U+FF01..FF5E) and U+3000 to ASCII: for typed passwords. */
struct str utf8_halfwidth(struct arena *arena, struct str s);

#endif
