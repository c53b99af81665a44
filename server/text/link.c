/*
 * Links in message text.  One pass from left to right: at each place where a
 * URL may start, its length is measured; what lies between is text.  Only
 * ASCII can stand in a URL here: Chinese text runs on without a space, so the
 * first character outside ends the link.
 */
#include "text/link.h"

#include <string.h>

static const struct {
	struct str prefix;
	bool bare; /* no scheme: http:// is put before it */
} starts[] = {
	{ { "http://", 7 }, false },
	{ { "https://", 8 }, false },
	{ { "www.", 4 }, true },
};

static bool
link_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* unreserved, pct-encoded and reserved of RFC 3986, brackets apart */
static bool
link_char(char c)
{
	return link_alnum(c) ||
	    (c != '\0' && strchr("-._~:/?#@!$&'*+,;=%", c) != NULL);
}

/* "[2001:db8::1]" where a host begins; 0: none. */
static size_t
link_literal(struct str s)
{
	size_t i = 1;

	if (s.len == 0 || s.p[0] != '[')
		return 0;
	while (i < s.len && (link_alnum(s.p[i]) || s.p[i] == ':' ||
	    s.p[i] == '.'))
		i++;
	return i > 2 && i < s.len && s.p[i] == ']' ? i + 1 : 0;
}

/* Length of what can stand behind the scheme, trailing punctuation cut. */
static size_t
link_body(struct str s)
{
	size_t literal = link_literal(s), i = literal, open = 0;

	for (; i < s.len; i++) {
		if (s.p[i] == '(')
			open++;
		else if (s.p[i] == ')' && open > 0)
			open--;
		else if (!link_char(s.p[i]))
			break;
	}
	while (i > literal && strchr(".,;:!?'(", s.p[i - 1]) != NULL)
		i--;
	return i;
}

/* "www.a.b": one more dot within the host. */
static bool
link_dotted(struct str body)
{
	for (size_t i = 0; i < body.len; i++) {
		if (body.p[i] == '.')
			return i > 0;
		if (!link_alnum(body.p[i]) && body.p[i] != '-')
			return false;
	}
	return false;
}

/*
 * May a URL body stand here?  Asked before the body is measured, so that text
 * full of beginnings costs no more than its length.
 */
static bool
link_begins(struct str body, bool bare, char before)
{
	if (link_alnum(before) || body.len == 0)
		return false;
	if (bare)
		return strchr("-._/@:", before) == NULL && link_dotted(body);
	return link_alnum(body.p[0]) || link_literal(body) != 0;
}

/* Only at these letters is it worth to look: the first ones of `starts`. */
static bool
link_letter(char c)
{
	return c == 'h' || c == 'w' || c == 'H' || c == 'W';
}

/* Length of the URL that starts at `at`; 0: none does. */
static size_t
link_at(struct str text, size_t at)
{
	if (!link_letter(text.p[at]))
		return 0;

	char before = at > 0 ? text.p[at - 1] : ' ';
	struct str s = str_from(text, at), body;

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (!str_starts_nocase(s, starts[i].prefix))
			continue;
		body = str_from(s, starts[i].prefix.len);
		if (!link_begins(body, starts[i].bare, before))
			return 0;
		body = str_head(body, link_body(body));
		if (!link_begins(body, starts[i].bare, before))
			return 0; /* its dot was the end of a sentence */
		return starts[i].prefix.len + body.len;
	}
	return 0;
}

struct parts {
	struct arena *arena;
	struct text_part *list;
	size_t n, size;
	unsigned links;
};

static void
parts_add(struct parts *to, struct text_part part)
{
	if (to->n == to->size) {
		size_t size = to->size != 0 ? to->size * 2 : 8;
		struct text_part *list =
		    ARENA_ARRAY(to->arena, struct text_part, size);

		if (to->n != 0)
			memcpy(list, to->list, to->n * sizeof(*list));
		to->list = list;
		to->size = size;
	}
	if (part.link)
		part.n = ++to->links;
	to->list[to->n++] = part;
}

static void
parts_text(struct parts *to, struct str text, size_t from, size_t end)
{
	if (from < end)
		parts_add(to, (struct text_part){
		    .text = str_from(str_head(text, end), from) });
}

size_t
link_split(struct arena *arena, struct str text, struct text_part **out)
{
	struct parts parts = { .arena = arena };
	size_t from = 0, at = 0;

	while (at < text.len) {
		bool newline = text.p[at] == '\n';
		size_t len = newline ? 1 : link_at(text, at);

		if (len == 0) {
			at++;
			continue;
		}
		parts_text(&parts, text, from, at);
		if (newline)
			parts_add(&parts,
			    (struct text_part){ .newline = true });
		else
			parts_add(&parts, (struct text_part){ .link = true,
			    .text = str_head(str_from(text, at), len) });
		at += len;
		from = at;
	}
	parts_text(&parts, text, from, at);
	*out = parts.list;
	return parts.n;
}

/* The scheme in lower case, or put before a bare host. */
static struct str
link_absolute(struct arena *arena, struct str typed)
{
	struct str rest = typed;
	struct str scheme = str_split(&rest, ':');

	if (str_eq_nocase(scheme, STR("http")))
		return str_fmt(arena, "http:%.*s", STR_ARGS(rest));
	if (str_eq_nocase(scheme, STR("https")))
		return str_fmt(arena, "https:%.*s", STR_ARGS(rest));
	return str_fmt(arena, "http://%.*s", STR_ARGS(typed));
}

bool
link_nth(struct arena *arena, struct str text, unsigned n, struct str *out)
{
	struct text_part *parts;
	size_t count = link_split(arena, text, &parts);

	for (size_t i = 0; i < count; i++)
		if (parts[i].link && parts[i].n == n) {
			*out = link_absolute(arena, parts[i].text);
			return true;
		}
	return false;
}

struct str
link_host(struct arena *arena, struct str url)
{
	size_t at, end = 0;
	struct sbuf out;

	if (str_find(url, STR("://"), &at))
		url = str_from(url, at + 3);
	while (end < url.len && strchr("/?#\\", url.p[end]) == NULL)
		end++;
	url = str_head(url, end);
	while (str_find(url, STR("@"), &at))
		url = str_from(url, at + 1);
	end = link_literal(url);
	url = end != 0 ? str_head(url, end) : str_split(&url, ':');
	sbuf_init(&out, arena, 0);
	for (size_t i = 0; i < url.len; i++) {
		char c = url.p[i];

		sbuf_byte(&out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
	}
	return sbuf_str(&out);
}
