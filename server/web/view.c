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

struct hdf_writer {
	struct arena *arena;
	bool wml;
};

static NEOERR *hdf_row(struct hdf_writer *writer, HDF *hdf,
    const struct view_row *row);

static NEOERR *
hdf_list(struct hdf_writer *writer, HDF *hdf, const struct view_node *list)
{
	unsigned n = 0;
	NEOERR *err;
	HDF *rows, *child;

	if (list->rows == NULL)
		return STATUS_OK;
	err = hdf_get_node(hdf, list->key, &rows);
	if (err != STATUS_OK)
		return nerr_pass(err);
	for (const struct view_row *row = list->rows; row; row = row->next) {
		char name[12];

		snprintf(name, sizeof(name), "%u", n++);
		err = hdf_get_node(rows, name, &child);
		if (err != STATUS_OK)
			return nerr_pass(err);
		err = hdf_row(writer, child, row);
		if (err != STATUS_OK)
			return nerr_pass(err);
	}
	return STATUS_OK;
}

static NEOERR *
hdf_node(struct hdf_writer *writer, HDF *hdf, const struct view_node *node)
{
	switch (node->type) {
	case VIEW_INT:
	case VIEW_BOOL: {
		char number[24];

		snprintf(number, sizeof(number), "%lld", (long long)node->n);
		return nerr_pass(hdf_set_value(hdf, node->key, number));
	}
	case VIEW_LIST:
		return nerr_pass(hdf_list(writer, hdf, node));
	case VIEW_TEXT:
	case VIEW_TIME:
	case VIEW_LINK:
		break;
	}
	return nerr_pass(hdf_set_value(hdf, node->key,
	    template_text(writer->arena, node->text, writer->wml)));
}

static NEOERR *
hdf_row(struct hdf_writer *writer, HDF *hdf, const struct view_row *row)
{
	for (const struct view_node *node = row->first; node; node = node->next) {
		NEOERR *err = hdf_node(writer, hdf, node);

		if (err != STATUS_OK)
			return nerr_pass(err);
	}
	return STATUS_OK;
}

static NEOERR *
render_out(void *ctx, char *text)
{
	sbuf_add(ctx, str_c(text));
	return STATUS_OK;
}

static NEOERR *
render(const struct view *view, CSPARSE *parse, bool wml, struct sbuf *out)
{
	struct hdf_writer writer = { view->arena, wml };
	HDF *hdf;
	NEOERR *err = hdf_init(&hdf);

	if (err != STATUS_OK)
		return nerr_pass(err);
	err = hdf_row(&writer, hdf, &view->root);
	if (err == STATUS_OK) {
		parse->hdf = hdf;
		err = cs_render(parse, out, render_out);
	}
	hdf_destroy(&hdf);
	return nerr_pass(err);
}

enum err
view_render(const struct view *view, enum face face, struct str lang,
    struct str *out)
{
	CSPARSE *parse = template_get(face == FACE_WML, view->page, lang);
	struct sbuf body;
	NEOERR *err;

	if (parse == NULL)
		return ERR_INTERNAL;
	sbuf_init(&body, view->arena, 0);
	err = render(view, parse, face == FACE_WML, &body);
	if (err != STATUS_OK) {
		template_log(err, view->page);
		return ERR_INTERNAL;
	}
	*out = sbuf_str(&body);
	return OK;
}
