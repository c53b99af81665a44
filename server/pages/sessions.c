/*
 * The settings page of a person's places: where they are signed in, signing
 * out there, and what becomes of the others at a new sign-in.
 *
 * Sessions that live in the path see only the rule: whoever has such an
 * address must not learn of the others, nor end them one by one.
 */
#include "pages/pages.h"

#include "web/agent.h"

static const struct str rules[PLACES_COUNT] = {
	[PLACES_MANY] = STR("many"),
	[PLACES_NEWEST] = STR("newest"),
	[PLACES_ASK] = STR("ask"),
};

static const char *const kinds[] = {
	[SESSION_COOKIE] = "cookie",
	[SESSION_PATH] = "path",
	[SESSION_BEARER] = "bearer",
};

struct sessions {
	struct session_end end;
	struct account_prefs prefs;
};

/* As forms have it.  No secret: it is the head of the token's keyed hash. */
static struct str
id_text(struct request *request, uint64_t sid)
{
	return str_fmt(&request->arena, "%llu", (unsigned long long)sid);
}

void
sessions_row(struct request *request, struct view_row *row,
    const Rec__Session *session)
{
	struct view *view = &request->view;
	struct agent agent;

	agent_name(&request->arena, str_of(session->user_agent), &agent);
	if (agent.program.len != 0)
		view_text(view, row, "device", agent.program);
	if (agent.system.len != 0)
		view_text(view, row, "system", agent.system);
	if (session->kind < sizeof(kinds) / sizeof(kinds[0]))
		view_text(view, row, "kind", str_c(kinds[session->kind]));
	view_time(view, row, "created", session->created_ms,
	    shell_when(request, session->created_ms));
	view_time(view, row, "used", session->used_ms,
	    shell_when(request, session->used_ms));
}

static enum err
fill_sessions(struct request *request)
{
	struct view *view = &request->view;
	const struct viewer *viewer = &request->viewer;
	struct view_node *list = view_list(view, &view->root, "sessions");
	struct session_list sessions;
	struct slice slice;
	enum err err;

	page_watch(request, OBJ_SESSIONS, viewer->uid, 0);
	page_calm(request, OBJ_USED, viewer->uid, 0);
	err = session_list(&request->arena, viewer->uid, viewer->sid, &sessions);
	if (err != OK)
		return err;
	if (sessions.until_ms != 0)
		watch_until(&request->watch, sessions.until_ms);
	slice = list_slice(request, sessions.n);
	list_fill(request, STR("o?v=sessions"), slice, sessions.n);
	for (size_t i = slice.first; i < slice.first + slice.n; i++) {
		const Rec__Session *session = sessions.item[i];
		struct view_row *row = view_row(view, list);

		view_text(view, row, "id", id_text(request, session->sid));
		view_bool(view, row, "here", session->sid == viewer->sid);
		sessions_row(request, row, session);
	}
	view_bool(view, &view->root, "others", sessions.n > 1);
	return OK;
}

enum err
sessions_show(struct request *request)
{
	struct view *view = &request->view;
	bool path = request->viewer.kind == SESSION_PATH;

	view->page = "sessions";
	request->has_input = true;
	page_may_wait(request);
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	view_bool(view, &view->root, "path", path);
	list_words(view, view_list(view, &view->root, "rules"),
	    rules, PLACES_COUNT, account_places(request->viewer.user));
	return path ? OK : fill_sessions(request);
}

/* ---- posts ---- */

static struct sessions *
work_new(struct request *request)
{
	struct sessions *work = ARENA_NEW(&request->arena, struct sessions);

	request->work = work;
	return work;
}

static void
ended(struct request *request)
{
	struct sessions *work = request->work;
	enum err err = work->end.command.err;

	if (err == OK && work->end.sid == request->viewer.sid)
		signin_left(request);
	else if (err == OK)
		request_redirect(request, STR("o?v=sessions&ok=ended"));
	dispatch_finish(request, err);
}

static void
end(struct request *request, uint64_t sid, bool others)
{
	struct sessions *work = work_new(request);

	work->end = (struct session_end){
		.command.run = session_end_run,
		.uid = request->viewer.uid,
		.hash = request->viewer.hash,
		.sid = sid,
		.others = others,
		.why = sid == request->viewer.sid ? SESSION_WHY_NONE :
		    SESSION_WHY_SIGNED_OUT,
	};
	request_command(request, &work->end.command, ended);
}

enum err
sessions_end(struct request *request)
{
	uint64_t sid;

	if (!str_u64(request->field[FIELD_U], &sid) || sid == 0)
		return request_again(request, sessions_show, ERR_FIELD_BAD);
	if (request->viewer.kind == SESSION_PATH && sid != request->viewer.sid)
		return ERR_COOKIE_ONLY;
	end(request, sid, false);
	return OK;
}

enum err
sessions_end_others(struct request *request)
{
	if (request->viewer.kind == SESSION_PATH)
		return ERR_COOKIE_ONLY;
	end(request, 0, true);
	return OK;
}

static void
saved(struct request *request)
{
	struct sessions *work = request->work;
	enum err err = work->prefs.command.err;

	if (err == OK)
		request_redirect(request, STR("o?v=sessions&ok=saved"));
	dispatch_finish(request, err);
}

enum err
sessions_places(struct request *request)
{
	struct sessions *work = work_new(request);
	unsigned i = 0;

	while (i < PLACES_COUNT && !str_eq(rules[i], request->field[FIELD_RULE]))
		i++;
	if (i == PLACES_COUNT)
		return request_again(request, sessions_show, ERR_FIELD_BAD);
	work->prefs = (struct account_prefs){
		.command.run = account_prefs_run,
		.uid = request->viewer.uid,
		.set = PREFS_PLACES,
		.places = (enum places_rule)i,
	};
	request_command(request, &work->prefs.command, saved);
	return OK;
}
