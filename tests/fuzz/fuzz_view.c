/* Any text on a page, in every face: the markup around it stays well-formed, no
 * WML variable and no tag comes in with it, and the JSON is JSON. */
#include <assert.h>
#include <string.h>

#include "web/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
start_once(void)
{
	static bool started;

	if (!started)
		started = view_start(STR(".")) == OK;
	assert(started);
}

static void
fill(struct view *view, struct str text)
{
	struct view_row *root = &view->root, *line, *part;

	view->page = "conversation";
	view_text(view, root, "lang", STR("en"));
	view_text(view, root, "name", text);
	view_text(view, root, "me", text);
	view_bool(view, root, "form", true);
	view_bool(view, root, "draft", true);
	view_text(view, root, "text", text);
	view_text(view, root, "key", text);
	view_link(view, root, "to", STR("c12"));
	view_link(view, root, "older", text);
	view_int(view, root, "form.n", 17);
	line = view_row(view, view_list(view, root, "lines"));
	view_text(view, line, "who", text);
	view_text(view, line, "day", text);
	view_time(view, line, "time", 1, text);
	view_link(view, line, "whole", text);
	part = view_row(view, view_list(view, line, "parts"));
	view_text(view, part, "text", text);
	view_link(view, part, "href", text);
}

/* ---- markup ---- */

struct seen {
	size_t tags, variables;
};

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("-:_", c) != NULL);
}

static size_t
skip_name(struct str s, size_t at)
{
	size_t start = at;

	while (at < s.len && name_char(s.p[at]))
		at++;
	assert(at > start);
	return at;
}

/* A reference: &name; or &#digits; */
static size_t
skip_reference(struct str s, size_t at)
{
	at += s.p[at + 1] == '#' ? 2 : 1;
	at = skip_name(s, at);
	assert(at < s.len && s.p[at] == ';');
	return at + 1;
}

static size_t
skip_value(struct str s, size_t at)
{
	assert(at + 1 < s.len && s.p[at] == '=' && s.p[at + 1] == '"');
	at += 2;
	while (at < s.len && s.p[at] != '"') {
		assert(s.p[at] != '<');
		at = s.p[at] == '&' ? skip_reference(s, at) : at + 1;
	}
	assert(at < s.len);
	return at + 1;
}

/* From '<' to behind '>'; `depth` follows the nesting. */
static size_t
skip_tag(struct str s, size_t at, int *depth)
{
	bool end = s.p[at + 1] == '/';

	if (s.p[at + 1] == '!' || s.p[at + 1] == '?') {
		while (s.p[at] != '>')
			assert(++at < s.len);
		return at + 1;
	}
	at = skip_name(s, at + 1 + end);
	while (at < s.len && strchr(" \n\t", s.p[at]) != NULL) {
		while (at < s.len && strchr(" \n\t", s.p[at]) != NULL)
			at++;
		if (at < s.len && name_char(s.p[at]))
			at = skip_value(s, skip_name(s, at));
	}
	*depth += end ? -1 : 1;
	assert(*depth >= 0 && at < s.len);
	if (s.p[at] == '/') {
		--*depth;
		at++;
	}
	assert(s.p[at] == '>');
	return at + 1;
}

static struct seen
check_markup(struct str s, bool wml)
{
	struct seen seen = { 0, 0 };
	size_t at = 0;
	int depth = 0;

	/* Variables stand in attributes, too. */
	for (size_t i = 0; wml && i + 1 < s.len; i++)
		if (s.p[i] == '$' && s.p[i + 1] == '$')
			i++;
		else
			seen.variables += s.p[i] == '$';
	while (at < s.len) {
		unsigned char c = (unsigned char)s.p[at];

		assert(c >= 0x20 || c == '\t' || c == '\n' || c == '\r');
		assert(c != '>');
		if (c == '<') {
			seen.tags++;
			at = skip_tag(s, at, &depth);
		} else {
			at = c == '&' ? skip_reference(s, at) : at + 1;
		}
	}
	assert(depth == 0);
	return seen;
}

static struct seen
seen_with(struct arena *arena, enum face face, struct str text)
{
	struct view view;
	struct str out;

	view_init(&view, arena);
	fill(&view, text);
	assert(view_render(&view, face, STR("en"), &out) == OK);
	return check_markup(out, face == FACE_WML);
}

/* ---- JSON ---- */

static void
check_json(struct arena *arena, struct str text)
{
	struct view view;
	struct str s;
	int depth = 0;
	bool inside = false;

	view_init(&view, arena);
	fill(&view, text);
	s = view_json(&view);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		assert((c >= 0x20 && strchr("<>&\x7f", c) == NULL) ||
		    i + 1 == s.len);
		if (c == '\\') {
			assert(inside && s.p[i + 1] == 'u');
			i += 5;
		} else if (c == '"') {
			inside = !inside;
		} else if (!inside) {
			depth += c == '{' || c == '[';
			depth -= c == '}' || c == ']';
			assert(depth > 0 || i + 2 >= s.len);
		}
	}
	assert(!inside && depth == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum face faces[] = { FACE_WML, FACE_XHTML, FACE_HTML };
	struct arena arena;

	if (size > 512)
		return 0;
	start_once();
	arena_init(&arena, 0);
	for (size_t i = 0; i < 3; i++) {
		struct seen plain = seen_with(&arena, faces[i], STR("x"));
		struct seen seen = seen_with(&arena, faces[i],
		    (struct str){ (const char *)data, size });

		assert(seen.tags == plain.tags);
		assert(seen.variables == plain.variables);
	}
	check_json(&arena, (struct str){ (const char *)data, size });
	arena_fini(&arena);
	return 0;
}
