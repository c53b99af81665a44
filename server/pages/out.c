/*
 * The way out: a page that names the other site, found by reference (talk,
 * message, number of the link, MAC), so that no address of ours and no session
 * leaves with the reader.
 */
#include "pages/pages.h"

static bool
take_number(struct str *rest, uint64_t *out)
{
	return str_u64(str_split(rest, '.'), out);
}

static enum err
out_get(struct request *request)
{
	struct view *view = &request->view;
	struct str rest = request->queries != 0 ? request->query[0].name : STR_NONE;
	uint64_t cid, seq, n;
	struct message *message;
	struct str url;
	size_t found;
	enum err err;

	view->page = "out";
	request->fresh = true;
	if (!take_number(&rest, &cid) || !take_number(&rest, &seq) ||
	    !take_number(&rest, &n) || seq > UINT32_MAX || n > UINT16_MAX ||
	    !secret_eq(rest, formkey_out(&request->arena, cid, (uint32_t)seq,
	    (unsigned)n)))
		return ERR_NOT_FOUND;
	err = message_list(&request->arena, cid, (uint32_t)seq, (uint32_t)seq,
	    &message, &found);
	if (err != OK)
		return err;
	if (found != 1 ||
	    !link_nth(&request->arena, message->text, (unsigned)n, &url))
		return ERR_NOT_FOUND;
	view_text(view, &view->root, "host", link_host(&request->arena, url));
	view_text(view, &view->root, "url", url);
	view_link(view, &view->root, "href", url);
	return OK;
}

const struct route routes_out[] = {
	{ .segment = "go", .page = "out", .get = out_get },
	{ .segment = NULL },
};
