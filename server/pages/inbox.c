/*
 * The inbox: talks by latest activity, friend requests on top.
 */
#include "pages/pages.h"

#include "live/roster.h"
#include "live/talks.h"
#include "web/mode.h"

static void
fill_talk(struct request *request, struct view_row *row,
    const struct conversation *talk)
{
	struct view *view = &request->view;
	struct contact peer = { .uid = talk->peer, .state = talk->state };
	struct who who = who_get(request, &peer);

	view_link(view, row, "href", str_fmt(&request->arena, "c%llu",
	    (unsigned long long)talk->cid));
	view_text(view, row, "name", shown_name(talk->name, talk->remark));
	who_fill(request, row, &who);
	if (talk->last_seq > talk->read_seq)
		view_int(view, row, "unread", talk->last_seq - talk->read_seq);
	if (talk->last_seq == 0)
		return;
	view_bool(view, row, "own", talk->last_sender == request->viewer.uid);
	view_text(view, row, "snippet", talk->snippet);
	view_time(view, row, "time", talk->last_ms,
	    shell_when(request, talk->last_ms));
}

static enum err
fill_requests(struct request *request)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, "requests");
	struct contact *contacts;
	size_t n;
	enum err err = roster_list(&request->arena, (struct roster_query){
	    request->viewer.uid, REC__FRIEND__STATE__ASKED_ME }, &contacts, &n);

	for (size_t i = 0; err == OK && i < n && i < request->key.rows; i++) {
		struct view_row *row = view_row(view, list);

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
	struct talks_page page = {
		.first = request_query_u64(request, "p", 0),
		.max = request->key.rows,
	};
	struct view_node *list;
	enum err err;

	view->page = "inbox";
	if (page.first == 0 && live_quiet(request)) {
		live_frame(request, STR("./"), false);
		return OK;
	}
	request->holdable = true;
	view_bool(view, &view->root, "log", mode_is_log(request));
	page_watch(request, OBJ_INBOX, uid, 0);
	page_watch(request, OBJ_FRIENDS, uid, 0);
	page_watch(request, OBJ_PRESENCE, uid, 0);
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	err = fill_requests(request);
	if (err == OK)
		err = talks_page(&request->arena, uid, &page);
	if (err != OK)
		return err;
	list_fill(request, STR("./"), list_slice(request, page.total), page.total);
	list = view_list(view, &view->root, "talks");
	for (size_t i = 0; i < page.n; i++)
		fill_talk(request, view_row(view, list), &page.talk[i]);
	return OK;
}

const struct route routes_inbox[] = {
	{ .segment = "", .page = "inbox", .signed_in = true, .get = inbox_get },
	{ .segment = NULL },
};
