/*
 * How news comes: the choice, one list of what this kind of client can do, and
 * the quiet part of pages whose other part moves in a frame.  Pages offer the
 * short way, a link that switches and a form that keeps it (web/shell.c); saving
 * is settings.c's.
 */
#include "pages/pages.h"

#include "web/mode.h"

/* The choice that was made, not what a page gets of it. */
static struct mode_choice
chosen(const struct request *request)
{
	const Rec__DevicePrefs *prefs = request_device_prefs(request);

	return prefs != NULL ?
	    (struct mode_choice){ prefs->mode, prefs->refresh_s } :
	    (struct mode_choice){ 0, 0 };
}

static bool
same(struct mode_choice a, struct mode_choice b)
{
	return a.mode == b.mode &&
	    (a.mode != 1 + LIVE_TIMED || a.refresh_s == b.refresh_s);
}

enum err
live_show(struct request *request)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, "modes");
	struct mode_choice mine = chosen(request), choice;
	struct str name;

	view->page = "live";
	request->has_input = true;
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	for (unsigned i = 0; mode_list(&request->device, i, &name, &choice); i++) {
		struct view_row *row = view_row(view, list);

		view_text(view, row, "value", name);
		if (choice.refresh_s != 0)
			view_int(view, row, "seconds", choice.refresh_s);
		view_bool(view, row, "on", same(choice, mine));
	}
	return OK;
}

/* ---- two parts ---- */

bool
live_quiet(const struct request *request)
{
	return request->key.frames && !mode_is_log(request) &&
	    request_query(request, "w").len == 0;
}

void
live_frame(struct request *request, struct str segment, bool streams)
{
	struct view *view = &request->view;
	struct str live = mode_switched(request), log;

	log = str_fmt(&request->arena, "%.*s?v=log", STR_ARGS(segment));
	/* No two tabs with one address: browsers load those in turn. */
	if (streams && request->key.mode == LIVE_STREAM) {
		log = str_fmt(&request->arena, "%.*s?v=stream&i=%x",
		    STR_ARGS(segment), (unsigned)(secret_random_u64() & 0xffffff));
		request->reply.no_store = true;
	}
	if (live.len != 0)
		log = str_fmt(&request->arena, "%.*s&live=%.*s", STR_ARGS(log),
		    STR_ARGS(live));
	view_link(view, &view->root, "frame", log);
	view_link(view, &view->root, "reconnect", str_fmt(&request->arena,
	    "%.*s&re=1", STR_ARGS(log)));
}
