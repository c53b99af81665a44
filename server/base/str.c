/* Slices and builders: the only string types of the program. */
#include "base/str.h"

#include <stdio.h>
#include <string.h>

struct str
str_c(const char *z)
{
	return (struct str){ z, z != NULL ? strlen(z) : 0 };
}

struct str
str_dup(struct arena *arena, struct str s)
{
	char *p = arena_raw(arena, s.len + 1);

	if (s.len != 0)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return (struct str){ p, s.len };
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

int
str_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len != 0 ? memcmp(a.p, b.p, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static char
str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
str_same_nocase(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_lower(a[i]) != str_lower(b[i]))
			return false;
	return true;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	return a.len == b.len && str_same_nocase(a.p, b.p, a.len);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len &&
	    str_eq((struct str){ s.p, prefix.len }, prefix);
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_same_nocase(s.p, prefix.p, prefix.len);
}

bool
str_find(struct str s, struct str needle, size_t *out)
{
	const char *hit;

	if (needle.len == 0 || s.len < needle.len)
		return false;
	hit = memmem(s.p, s.len, needle.p, needle.len);
	if (hit != NULL && out != NULL)
		*out = (size_t)(hit - s.p);
	return hit != NULL;
}

bool
str_find_nocase(struct str s, struct str needle, size_t *out)
{
	if (needle.len == 0)
		return false;
	for (size_t i = 0; i + needle.len <= s.len; i++) {
		if (!str_same_nocase(s.p + i, needle.p, needle.len))
			continue;
		if (out != NULL)
			*out = i;
		return true;
	}
	return false;
}

struct str
str_from(struct str s, size_t start)
{
	if (start >= s.len)
		return STR_NONE;
	return (struct str){ s.p + start, s.len - start };
}

struct str
str_head(struct str s, size_t len)
{
	return (struct str){ s.p, len < s.len ? len : s.len };
}

static bool
str_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && str_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.len > 0 && str_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct str
str_split(struct str *rest, char sep)
{
	const char *hit = rest->len ? memchr(rest->p, sep, rest->len) : NULL;
	struct str head = *rest;

	if (hit == NULL) {
		*rest = STR_NONE;
		return head;
	}
	head.len = (size_t)(hit - rest->p);
	*rest = str_from(*rest, head.len + 1);
	return head;
}

bool
str_u64(struct str s, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0 || s.len > 20 || (s.p[0] == '0' && s.len > 1))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

struct str
str_fmt(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	char *p;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		return STR_NONE;
	p = arena_raw(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(p, (size_t)len + 1, fmt, args);
	va_end(args);
	return (struct str){ p, (size_t)len };
}

struct str
str_fmt_u64(struct arena *arena, uint64_t value)
{
	char *p = arena_raw(arena, 32), *first = p + 31;

	*first = '\0';
	do {
		*--first = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	return (struct str){ first, (size_t)(p + 31 - first) };
}

struct str
str_fmt_i64(struct arena *arena, int64_t value)
{
	struct str s = str_fmt_u64(arena, value < 0 ? -(uint64_t)value :
	    (uint64_t)value);

	if (value >= 0)
		return s;
	((char *)s.p)[-1] = '-'; /* str_fmt_u64 leaves room in front */
	return (struct str){ s.p - 1, s.len + 1 };
}

void
str_put_digits(char *out, unsigned value, unsigned digits)
{
	while (digits-- > 0) {
		out[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
sbuf_init(struct sbuf *buf, struct arena *arena, size_t max)
{
	*buf = (struct sbuf){ .arena = arena, .max = max };
}

static bool
sbuf_room(struct sbuf *buf, size_t more)
{
	size_t size;
	char *p;

	if (buf->failed)
		return false;
	if (buf->max != 0 && more > buf->max - buf->len) {
		buf->failed = true;
		return false;
	}
	if (buf->len + more < buf->size)
		return true;
	size = buf->size != 0 ? buf->size * 2 : 256;
	while (size <= buf->len + more)
		size *= 2;
	p = arena_raw(buf->arena, size);
	if (buf->len != 0)
		memcpy(p, buf->p, buf->len);
	buf->p = p;
	buf->size = size;
	return true;
}

void
sbuf_add(struct sbuf *buf, struct str s)
{
	if (s.len == 0 || !sbuf_room(buf, s.len))
		return;
	memcpy(buf->p + buf->len, s.p, s.len);
	buf->len += s.len;
}

void
sbuf_byte(struct sbuf *buf, char c)
{
	sbuf_add(buf, (struct str){ &c, 1 });
}

void
sbuf_fmt(struct sbuf *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0 || !sbuf_room(buf, (size_t)len + 1))
		return;
	va_start(args, fmt);
	vsnprintf(buf->p + buf->len, (size_t)len + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)len;
}

struct str
sbuf_str(struct sbuf *buf)
{
	if (buf->failed || !sbuf_room(buf, 0))
		return STR_NONE;
	buf->p[buf->len] = '\0';
	return (struct str){ buf->p, buf->len };
}
