/* A message's text as parts: text, links by reference, line breaks. */
#include "pages/pages.h"

void
parts_fill(struct request *request, struct view_row *row, uint64_t cid,
    uint32_t seq, struct str text)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, row, "parts");
	struct text_part *parts;
	size_t n = link_split(&request->arena, text, &parts);
	bool br = false;

	for (size_t i = 0; i < n; i++) {
		struct view_row *part;

		if (parts[i].newline && !br) {
			br = true;
			if (i + 1 < n)
				continue;
		}
		part = view_row(view, list);
		view_bool(view, part, "br", br);
		br = parts[i].newline;
		view_text(view, part, "text", parts[i].text);
		if (parts[i].link)
			view_link(view, part, "href", str_fmt(&request->arena,
			    "/go?%llu.%u.%u.%.*s", (unsigned long long)cid, seq,
			    parts[i].n, STR_ARGS(formkey_out(&request->arena,
			    cid, seq, parts[i].n))));
	}
}
