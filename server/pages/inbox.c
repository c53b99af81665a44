/*
 * The inbox: talks by latest activity, friend requests on top.  Presence is
 * shown of friends only.
 */
#include "pages/pages.h"

#include "im/soft.h"

static enum err
fill_talk(struct request *request, struct view_row *row,
    const struct conversation *talk)
{
	struct view *view = &request->view;
	struct contact contact;
	enum err err = contact_get(NULL, &request->arena, request->viewer.uid,
	    talk->peer, &contact);

	if (err != OK)
		return err;
	view_link(view, row, "href", str_fmt(&request->arena, "c%llu",
	    (unsigned long long)talk->cid));
	view_text(view, row, "name", shown_name(talk->name, talk->remark));
	if (contact_may_see(&contact))
		view_int(view, row, "presence", list_presence(request, talk->peer));
	if (talk->last_seq > talk->read_seq)
		view_int(view, row, "unread", talk->last_seq - talk->read_seq);
	if (talk->last_seq == 0)
		return OK;
	view_bool(view, row, "own", talk->last_sender == request->viewer.uid);
	view_text(view, row, "snippet", talk->snippet);
	view_time(view, row, "time", talk->last_ms,
	    shell_when(request, talk->last_ms));
	return OK;
}

static enum err
fill_requests(struct request *request)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, "requests");
	struct contact *contacts;
	size_t n, shown = 0;
	enum err err = contact_list(&request->arena, request->viewer.uid,
	    &contacts, &n);

	for (size_t i = 0; err == OK && i < n && shown < request->key.rows; i++) {
		struct view_row *row;

		if (contacts[i].state != REC__FRIEND__STATE__ASKED_ME)
			continue;
		shown++;
		row = view_row(view, list);
		view_int(view, row, "id", (int64_t)contacts[i].uid);
		view_link(view, row, "href", str_fmt(&request->arena, "u%llu",
		    (unsigned long long)contacts[i].uid));
		view_text(view, row, "name", contacts[i].name);
	}
	return err;
}

static enum err
inbox_get(struct request *request)
{
	struct view *view = &request->view;
	uint64_t uid = request->viewer.uid;
	struct conversation *talks;
	struct view_node *list;
	struct slice slice;
	size_t n;
	enum err err;

	view->page = "inbox";
	request->holdable = true;
	page_watch(request, OBJ_INBOX, uid, 0);
	page_watch(request, OBJ_FRIENDS, uid, 0);
	page_watch(request, OBJ_PRESENCE, uid, 0);
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	err = fill_requests(request);
	if (err == OK)
		err = conversation_list(&request->arena, uid, &talks, &n);
	if (err != OK)
		return err;
	slice = list_slice(request, n);
	list_fill(request, STR("./"), slice, n);
	list = view_list(view, &view->root, "talks");
	for (size_t i = 0; err == OK && i < slice.n; i++)
		err = fill_talk(request, view_row(view, list),
		    &talks[slice.first + i]);
	return err;
}

const struct route routes_inbox[] = {
	{ .segment = "", .page = "inbox", .signed_in = true, .get = inbox_get },
	{ .segment = NULL },
};
