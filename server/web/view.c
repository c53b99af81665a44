/*
 * The view model and its way into HDF and through a template.
 *
 * A model is a tree in the request's arena: rows of nodes, lists of rows.  It
 * becomes HDF only here and only for the time of one rendering.  Templates and
 * catalogues are per thread (web/template.c), because a parsed template keeps
 * state while it renders.
 */
#include "web/view.h"

#include <string.h>

#include <ClearSilver.h>

#include "base/log.h"
#include "web/template.h"

void
view_init(struct view *view, struct arena *arena)
{
	*view = (struct view){ .arena = arena };
}

static struct view_node *
node_add(struct view *view, struct view_row *row, const char *key,
    enum view_type type)
{
	struct view_node *node = ARENA_NEW(view->arena, struct view_node);

	node->key = key;
	node->type = type;
	if (row->last != NULL)
		row->last->next = node;
	else
		row->first = node;
	row->last = node;
	return node;
}

void
view_text(struct view *view, struct view_row *row, const char *key,
    struct str text)
{
	node_add(view, row, key, VIEW_TEXT)->text = text;
}

void
view_int(struct view *view, struct view_row *row, const char *key, int64_t n)
{
	node_add(view, row, key, VIEW_INT)->n = n;
}

void
view_bool(struct view *view, struct view_row *row, const char *key, bool on)
{
	if (on)
		node_add(view, row, key, VIEW_BOOL)->n = 1;
}

void
view_time(struct view *view, struct view_row *row, const char *key, int64_t ms,
    struct str shown)
{
	struct view_node *node = node_add(view, row, key, VIEW_TIME);

	node->n = ms;
	node->text = shown;
}

struct str
view_tailed(const struct view *view, struct str href)
{
	bool ours = !str_starts(href, STR("/")) &&
	    !str_find(href, STR("://"), NULL);

	if (view->tail.len == 0 || !ours)
		return href;
	return str_fmt(view->arena, "%.*s%c%.*s", STR_ARGS(href),
	    str_find(href, STR("?"), NULL) ? '&' : '?', STR_ARGS(view->tail));
}

void
view_link(struct view *view, struct view_row *row, const char *key,
    struct str href)
{
	node_add(view, row, key, VIEW_LINK)->text = view_tailed(view, href);
}

struct view_node *
view_list(struct view *view, struct view_row *row, const char *key)
{
	return node_add(view, row, key, VIEW_LIST);
}

struct view_row *
view_row(struct view *view, struct view_node *list)
{
	struct view_row *row = ARENA_NEW(view->arena, struct view_row);

	if (list->rows_last != NULL)
		list->rows_last->next = row;
	else
		list->rows = row;
	list->rows_last = row;
	return row;
}

/* ---- into HDF ---- */

/* XML 1.0 allows TAB, LF, CR and everything from space on; UTF-8 text is
 * already free of surrogates and noncharacters. */
static bool
xml_forbids(char c)
{
	return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

static bool
is_plain(struct str text, bool wml)
{
	for (size_t i = 0; i < text.len; i++)
		if (xml_forbids(text.p[i]) || (wml && text.p[i] == '$'))
			return false;
	return true;
}

/* NUL-terminated, safe to be escaped by the engine. */
static const char *
template_text(struct arena *arena, struct str text, bool wml)
{
	char *p = arena_raw(arena, text.len * 2 + 1);
	size_t len = 0;

	if (is_plain(text, wml)) {
		if (text.len != 0)
			memcpy(p, text.p, text.len);
		p[text.len] = '\0';
		return p;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (xml_forbids(text.p[i]))
			continue;
		p[len++] = text.p[i];
		if (wml && text.p[i] == '$')
			p[len++] = '$';
	}
	p[len] = '\0';
	return p;
}

/*
 * The data set is written straight into the arena through the engine's public
 * node structure (util/neo_hdf.h): nothing is copied, hashed or freed node by
 * node, which was a quarter of the time of a page.  The engine only reads it:
 * templates have no set: (the template lint sees to that).
 */
struct hdf_writer {
	struct arena *arena;
	HDF *top;
	bool wml;
};

/* A new last child; `name` (of `len` bytes) and `value` are borrowed. */
static HDF *
hdf_add(struct hdf_writer *writer, HDF *parent, const char *name, size_t len,
    const char *value)
{
	HDF *node = ARENA_NEW(writer->arena, HDF);

	node->name = (char *)name;
	node->name_len = (int)len;
	node->value = (char *)value;
	node->top = writer->top;
	if (parent->last_child != NULL)
		parent->last_child->next = node;
	else
		parent->child = node;
	parent->last_child = node;
	return node;
}

/* "foot.html" hangs below "foot", which several keys share. */
static HDF *
hdf_parent(struct hdf_writer *writer, HDF *row, const char **key)
{
	const char *dot = strchr(*key, '.');
	size_t len;
	HDF *child;

	if (dot == NULL)
		return row;
	len = (size_t)(dot - *key);
	for (child = row->child; child != NULL; child = child->next)
		if ((size_t)child->name_len == len &&
		    memcmp(child->name, *key, len) == 0)
			break;
	if (child == NULL)
		child = hdf_add(writer, row, *key, len, NULL);
	*key = dot + 1;
	return child;
}

static void hdf_row(struct hdf_writer *writer, HDF *hdf,
    const struct view_row *row);

static void
hdf_list(struct hdf_writer *writer, HDF *list, const struct view_row *row)
{
	for (unsigned n = 0; row != NULL; row = row->next, n++) {
		struct str name = str_fmt_u64(writer->arena, n);

		hdf_row(writer, hdf_add(writer, list, name.p, name.len, NULL), row);
	}
}

static void
hdf_node(struct hdf_writer *writer, HDF *row, const struct view_node *node)
{
	const char *key = node->key;
	HDF *parent = hdf_parent(writer, row, &key);
	size_t len = strlen(key);

	switch (node->type) {
	case VIEW_INT:
	case VIEW_BOOL:
		hdf_add(writer, parent, key, len,
		    str_fmt_i64(writer->arena, node->n).p);
		break;
	case VIEW_LIST:
		if (node->rows != NULL)
			hdf_list(writer, hdf_add(writer, parent, key, len, NULL),
			    node->rows);
		break;
	case VIEW_TEXT:
	case VIEW_TIME:
	case VIEW_LINK:
		hdf_add(writer, parent, key, len,
		    template_text(writer->arena, node->text, writer->wml));
		break;
	}
}

static void
hdf_row(struct hdf_writer *writer, HDF *hdf, const struct view_row *row)
{
	for (const struct view_node *node = row->first; node; node = node->next)
		hdf_node(writer, hdf, node);
}

static NEOERR *
render_out(void *ctx, char *text)
{
	sbuf_add(ctx, str_c(text));
	return STATUS_OK;
}

enum err
view_render(const struct view *view, enum face face, struct str lang,
    struct str *out)
{
	CSPARSE *parse = template_get(face == FACE_WML, view->page, lang);
	struct hdf_writer writer = { .arena = view->arena,
	    .wml = face == FACE_WML };
	struct sbuf body;
	NEOERR *err;

	if (parse == NULL)
		return ERR_INTERNAL;
	writer.top = ARENA_NEW(view->arena, HDF);
	writer.top->top = writer.top;
	hdf_row(&writer, writer.top, &view->root);
	parse->hdf = writer.top;
	sbuf_init(&body, view->arena, 0);
	err = cs_render(parse, &body, render_out);
	parse->hdf = NULL;
	if (err != STATUS_OK) {
		template_log(err, view->page);
		return ERR_INTERNAL;
	}
	*out = sbuf_str(&body);
	return OK;
}
