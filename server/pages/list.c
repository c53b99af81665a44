/* Paging of lists (rows skipped in the query, never a position that moves), and
 * lists to choose from. */
#include "pages/pages.h"

struct slice
list_slice(const struct request *request, size_t total)
{
	size_t first = request_query_u64(request, "p", 0);
	size_t rows = request->key.rows;

	if (first >= total)
		first = 0;
	return (struct slice){ first,
	    total - first < rows ? total - first : rows };
}

void
list_fill(struct request *request, struct str self, struct slice slice,
    size_t total)
{
	struct view *view = &request->view;
	struct arena *arena = &request->arena;
	size_t rows = request->key.rows;
	char join = str_find(self, STR("?"), NULL) ? '&' : '?';

	if (total == 0)
		return;
	view_int(view, &view->root, "first", (int64_t)slice.first + 1);
	view_int(view, &view->root, "last", (int64_t)(slice.first + slice.n));
	view_int(view, &view->root, "total", (int64_t)total);
	if (slice.first > rows)
		view_link(view, &view->root, "newer", str_fmt(arena,
		    "%.*s%cp=%zu", STR_ARGS(self), join, slice.first - rows));
	else if (slice.first > 0)
		view_link(view, &view->root, "newer", self);
	if (slice.first + slice.n < total)
		view_link(view, &view->root, "older", str_fmt(arena,
		    "%.*s%cp=%zu", STR_ARGS(self), join, slice.first + slice.n));
}

void
list_words(struct view *view, struct view_node *list, const struct str *words,
    size_t n, size_t chosen)
{
	for (size_t i = 0; i < n; i++) {
		struct view_row *row = view_row(view, list);

		view_text(view, row, "value", words[i]);
		view_bool(view, row, "on", i == chosen);
	}
}
