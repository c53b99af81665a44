/*
 * The JSON face: the view model as it is.  Texts are strings, times
 * milliseconds, links strings, flags true, absent keys absent, lists arrays
 * of objects.  "a.b" keys become "a_b", so that names stay identifiers.
 * Escapes by RFC 8259, and < > & as well, so that a reply saved as HTML by
 * mistake holds no markup.
 */
#include "web/json.h"

#include <inttypes.h>

#include "web/view.h"

void
json_string(struct sbuf *out, struct str s)
{
	size_t plain = 0;

	sbuf_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' &&
		    c != '&' && c != 0x7f)
			continue;
		sbuf_add(out, (struct str){ s.p + plain, i - plain });
		sbuf_fmt(out, "\\u%04x", c);
		plain = i + 1;
	}
	if (s.len > plain)
		sbuf_add(out, (struct str){ s.p + plain, s.len - plain });
	sbuf_byte(out, '"');
}

static void
json_key(struct sbuf *out, const char *key)
{
	sbuf_byte(out, '"');
	for (; *key != '\0'; key++)
		sbuf_byte(out, *key == '.' ? '_' : *key);
	sbuf_add(out, STR("\":"));
}

static void json_row(struct sbuf *out, const struct view_row *row);

static void
json_list(struct sbuf *out, const struct view_node *list)
{
	sbuf_byte(out, '[');
	for (const struct view_row *row = list->rows; row; row = row->next) {
		if (row != list->rows)
			sbuf_byte(out, ',');
		json_row(out, row);
	}
	sbuf_byte(out, ']');
}

static void
json_row(struct sbuf *out, const struct view_row *row)
{
	sbuf_byte(out, '{');
	for (const struct view_node *node = row->first; node; node = node->next) {
		if (node != row->first)
			sbuf_byte(out, ',');
		json_key(out, node->key);
		switch (node->type) {
		case VIEW_TEXT:
		case VIEW_LINK:
			json_string(out, node->text);
			break;
		case VIEW_INT:
		case VIEW_TIME:
			sbuf_fmt(out, "%" PRId64, node->n);
			break;
		case VIEW_BOOL:
			sbuf_add(out, STR("true"));
			break;
		case VIEW_LIST:
			json_list(out, node);
			break;
		}
	}
	sbuf_byte(out, '}');
}

struct str
view_json(const struct view *view)
{
	struct sbuf out;

	sbuf_init(&out, view->arena, 0);
	json_row(&out, &view->root);
	sbuf_byte(&out, '\n');
	return sbuf_str(&out);
}
