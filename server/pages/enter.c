/*
 * The second step of signing in: from a right password to a session.
 *
 * A ticket tells clients that keep cookies from those that do not (web/auth.h);
 * JSON clients need none and get their Bearer token at once.  People who want
 * to be asked (PLACES_ASK) and are signed in elsewhere are shown where, and
 * nothing is stored before their answer: the ticket stays good for it.
 */
#include "pages/pages.h"

#include <string.h>

struct enter {
	struct session_open open;
	struct ticket ticket;
	struct str name; /* of the ticket */
	struct session_list others;
	bool end_others; /* so they answered */
	char token[TOKEN_LEN + 1];
};

/* ---- opening the session ---- */

static void
open_session(struct request *request, enum session_kind kind,
    void (*then)(struct request *))
{
	struct enter *work = request->work;

	work->open = (struct session_open){
		.command.run = session_open_run,
		.hash = session_hash_of((struct str){ work->token, TOKEN_LEN }),
		.uid = work->ticket.uid,
		.kind = kind,
		.tls = request->tls,
		.family = request->device.family,
		.user_agent = str_head(request->header[HEADER_USER_AGENT], 120),
		.end_others = work->end_others,
	};
	request_command(request, &work->open.command, then);
}

static void
token_given(struct request *request)
{
	struct enter *work = request->work;
	struct view *view = &request->view;

	if (work->open.command.err != OK) {
		dispatch_finish(request, work->open.command.err);
		return;
	}
	view_init(view, &request->arena);
	view->page = "signin";
	view_text(view, &view->root, "page", STR("signin"));
	view_text(view, &view->root, "token",
	    (struct str){ work->token, TOKEN_LEN });
	request->reply.no_store = true;
	request->reply.body = view_json(view);
	dispatch_finish(request, OK);
}

/* A face chosen on the sign-in page goes along. */
static struct str
valid_face(const struct request *request)
{
	struct str face = request_query(request, "face");

	return str_eq(face, STR("wml")) || str_eq(face, STR("html")) ? face :
	    STR_NONE;
}

/* `path` with what goes along: n=1 after a sign-in in WML, the face. */
static struct str
along(struct request *request, struct str path)
{
	struct str face = valid_face(request);
	bool n = request_query(request, "n").len != 0;

	return str_fmt(&request->arena, "%.*s%s%s%s%s%.*s", STR_ARGS(path),
	    n || face.len != 0 ? "?" : "", n ? "n=1" : "",
	    n && face.len != 0 ? "&" : "", face.len != 0 ? "face=" : "",
	    STR_ARGS(face));
}

static void
entered(struct request *request)
{
	struct enter *work = request->work;
	const struct session_open *open = &work->open;
	struct str to = str_c(work->ticket.to);

	if (open->command.err == OK) {
		request->viewer = (struct viewer){ .uid = open->uid,
		    .kind = open->kind };
		request->token = (struct str){ work->token, TOKEN_LEN };
		request_redirect(request, along(request,
		    to.len != 0 ? to : STR("./")));
	}
	dispatch_finish(request, open->command.err);
}

/* The ticket is this request's: did its cookie come back? */
static enum err
enter(struct request *request)
{
	struct enter *work = request->work;
	struct str cookie = str_c(work->ticket.cookie);
	bool keeps = cookie.len != 0 &&
	    secret_eq(auth_cookie_sent(request), cookie);

	if (keeps)
		memcpy(work->token, work->ticket.cookie, sizeof(work->token));
	else
		secret_token(work->token);
	if (request->device.json)
		open_session(request, SESSION_BEARER, token_given);
	else
		open_session(request, keeps ? SESSION_COOKIE : SESSION_PATH,
		    entered);
	return OK;
}

/* ---- the question ---- */

/* Is this person to be asked first?  Fills in the places they are at. */
static enum err
must_ask(struct request *request, struct enter *work, bool *out)
{
	Rec__User *user;
	enum err err = account_get(NULL, &request->arena, work->ticket.uid,
	    &user);

	*out = false;
	if (err != OK || account_places(user) != PLACES_ASK)
		return err;
	err = session_list(&request->arena, work->ticket.uid, 0, &work->others);
	*out = work->others.n != 0;
	return err;
}

static enum err
places_show(struct request *request)
{
	struct view *view = &request->view;
	struct enter *work = request->work;
	struct view_node *list = view_list(view, &view->root, "sessions");
	size_t n = work->others.n;

	view->page = "places";
	request->reply.no_store = true;
	request->self = str_fmt(&request->arena, "in?t=%.*s",
	    STR_ARGS(work->name));
	view_text(view, &view->root, "ticket", work->name);
	view_link(view, &view->root, "to", along(request, STR("in")));
	view_int(view, &view->root, "total", (int64_t)n);
	for (size_t i = 0; i < n && i < request->key.rows; i++)
		sessions_row(request, view_row(view, list),
		    work->others.item[i]);
	return OK;
}

/* ---- from the password ---- */

/* JSON without a ticket, unless there is something to ask. */
static enum err
enter_json(struct request *request, struct enter *work, struct str to)
{
	char name[TOKEN_LEN + 1];
	bool ask;
	enum err err = must_ask(request, work, &ask);

	if (err != OK || !ask)
		return err != OK ? err : enter(request);
	ticket_make(request, work->ticket.uid, STR_NONE, to, name);
	work->name = str_dup(&request->arena, str_c(name));
	if (!ticket_see(request, work->name, &work->ticket))
		return ERR_BUSY;
	return request_again(request, places_show, OK);
}

void
signin_enter(struct request *request, uint64_t uid, struct str to)
{
	struct enter *work = ARENA_NEW(&request->arena, struct enter);
	struct str face = valid_face(request);
	char name[TOKEN_LEN + 1], cookie[TOKEN_LEN + 1];

	work->ticket.uid = uid;
	request->work = work;
	if (request->device.json) {
		dispatch_finish(request, enter_json(request, work, to));
		return;
	}
	secret_token(cookie);
	ticket_make(request, uid, str_c(cookie), to, name);
	request->reply.cookie = auth_cookie(request, str_c(cookie));
	request_redirect(request, str_fmt(&request->arena, "/in?t=%s%s%.*s%.*s",
	    name, request->key.face == FACE_WML ? "&n=1" : "",
	    face.len != 0 ? 6 : 0, "&face=", STR_ARGS(face)));
	dispatch_finish(request, OK);
}

/* ---- the ticket comes back ---- */

/* One that is used, too old or not theirs. */
static enum err
no_ticket(struct request *request)
{
	request->show = signin_show;
	if (!request_signed_in(request))
		return signin_show(request);
	request_redirect(request, STR("./"));
	return OK;
}

/* GET in?t=TICKET.  A path of its own, because w3m takes /login -> /login?t=…
 * -> … for a redirection loop (measured). */
static enum err
in_get(struct request *request)
{
	struct enter *work = ARENA_NEW(&request->arena, struct enter);
	bool ask;
	enum err err;

	request->work = work;
	work->name = request_query(request, "t");
	if (request->method == METHOD_HEAD ||
	    !ticket_see(request, work->name, &work->ticket))
		return no_ticket(request);
	err = must_ask(request, work, &ask);
	if (err != OK)
		return err;
	if (ask) {
		request->show = places_show; /* again when a deck is too long */
		return places_show(request);
	}
	if (!ticket_take(request, work->name, &work->ticket))
		return no_ticket(request); /* somebody was faster */
	return enter(request);
}

/* The answer: leave the others, end them, or cancel. */
static enum err
in_post(struct request *request)
{
	struct enter *work = ARENA_NEW(&request->arena, struct enter);
	struct str what = request->field[FIELD_DO];

	request->work = work;
	if (!ticket_take(request, request->field[FIELD_U], &work->ticket)) {
		request->show = signin_show;
		return OK;
	}
	work->end_others = str_eq(what, STR("end"));
	if (work->end_others || str_eq(what, STR("leave")))
		return enter(request);
	request->reply.cookie = auth_cookie(request, STR_NONE);
	request_redirect(request, STR("./?ok=not_entered"));
	return OK;
}

const struct route routes_enter[] = {
	{ .segment = "in", .page = "signin", .get = in_get, .post = in_post },
	{ .segment = NULL },
};
