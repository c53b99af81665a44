#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * An immutable slice of bytes.  Never owns; not NUL-terminated unless it
 * came from str_dup, sbuf_str or STR (which put a NUL behind the slice).
 * An empty slice may have p == NULL.
 */
struct str {
	const char *p;
	size_t len; /* bytes */
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For printf's %.*s */
#define STR_ARGS(s) (int)(s).len, ((s).p != NULL ? (s).p : "")

struct str str_c(const char *z);		   /* borrowed */
struct str str_dup(struct arena *arena, struct str s); /* with a NUL behind */
bool str_eq(struct str a, struct str b);
int str_cmp(struct str a, struct str b);	   /* as memcmp; a head comes first */
bool str_eq_nocase(struct str a, struct str b);	   /* ASCII case only */
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_find(struct str s, struct str needle, size_t *out); /* byte offset */
bool str_find_nocase(struct str s, struct str needle, size_t *out);
struct str str_from(struct str s, size_t start);   /* "" when past the end */
struct str str_head(struct str s, size_t len);	   /* first `len` bytes */
struct str str_trim(struct str s);		   /* spaces, tabs, CR, LF */

/*
 * Cuts `*rest` at the first `sep`: returns what stands before it and leaves
 * what stands behind it; without `sep` returns all and leaves an empty slice.
 */
struct str str_split(struct str *rest, char sep);

/* Decimal digits only, no sign, no leading zeros but "0"; false otherwise. */
bool str_u64(struct str s, uint64_t *out);

/* printf into the arena. */
struct str str_fmt(struct arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Decimal, NUL behind, in the arena; without the cost of printf. */
struct str str_fmt_u64(struct arena *arena, uint64_t value);
struct str str_fmt_i64(struct arena *arena, int64_t value);
/* Exactly `digits` decimal digits of `value`, zero-filled, at `out`. */
void str_put_digits(char *out, unsigned value, unsigned digits);

/*
 * A builder of text in an arena.  `max` bounds it in bytes (0: no bound);
 * the first append past the bound latches `failed` and all later appends do
 * nothing, so ten appends need one test.
 */
struct sbuf {
	struct arena *arena;
	char *p;
	size_t len, size, max;
	bool failed;
};

void sbuf_init(struct sbuf *buf, struct arena *arena, size_t max);
void sbuf_add(struct sbuf *buf, struct str s);
void sbuf_byte(struct sbuf *buf, char c);
void sbuf_fmt(struct sbuf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* What was built, NUL-terminated; STR_NONE after a failure. */
struct str sbuf_str(struct sbuf *buf);

#endif
