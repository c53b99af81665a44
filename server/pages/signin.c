/*
 * Signing in, registering, signing out.
 *
 * A password is checked on the password pool; then a ticket tells clients that
 * keep cookies from those that do not (web/auth.h).  JSON clients get a Bearer
 * token at once.  Text of a form whose session is over goes into a draft of
 * its user, or travels in the sign-in form when its user is not known.
 */
#include "pages/pages.h"

#include <string.h>

#include "web/pwpool.h"

struct signin {
	struct pwjob job;
	uint64_t uid;
	struct account_register account;
	struct session_open open;
	struct session_end end;
	struct draft_put draft;
	char token[TOKEN_LEN + 1];
};

static bool
segment_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* A page that sign-in may lead to: one plain segment, not a form's target. */
static struct str
valid_to(struct str to)
{
	uint64_t id[2];
	const struct route *route;

	for (size_t i = 0; i < to.len; i++)
		if (!segment_char(to.p[i]))
			return STR_NONE;
	route = to.len != 0 && to.len <= 24 ? route_find(to, id) : NULL;
	return route != NULL && route->signed_in && route->get != NULL ? to :
	    STR_NONE;
}

static struct str
asked_page(const struct request *request)
{
	return valid_to(request->field[FIELD_TO].len != 0 ?
	    request->field[FIELD_TO] : request->path);
}

static enum err login_post(struct request *request);

enum err
signin_show(struct request *request)
{
	struct view *view = &request->view;
	struct str to = asked_page(request);

	view->page = "signin";
	request->has_input = true;
	if (request->route != NULL && request->route->post == login_post)
		view_text(view, &view->root, "name", request->field[FIELD_NAME]);
	if (to.len != 0)
		view_link(view, &view->root, "to", to);
	if (request->text_kept) {
		view_bool(view, &view->root, "kept", true);
		return OK;
	}
	if (request->field[FIELD_M].len == 0)
		return OK;
	view_text(view, &view->root, "text", request->field[FIELD_M]);
	view_text(view, &view->root, "text_key", request->field[FIELD_K2].len != 0 ?
	    request->field[FIELD_K2] : request->field[FIELD_K]);
	return OK;
}

/* ---- text of a form whose session is over ---- */

static struct signin *
work_of(struct request *request)
{
	if (request->work == NULL)
		request->work = ARENA_NEW(&request->arena, struct signin);
	return request->work;
}

static void
kept(struct request *request)
{
	struct signin *work = request->work;

	request->text_kept = work->draft.command.err == OK;
	dispatch_finish(request, ERR_SIGN_IN);
}

/* The draft of a message form; false when this is none or too long. */
static bool
prepare_draft(struct request *request, uint64_t uid, struct str to, struct str key)
{
	struct signin *work = work_of(request);
	const struct route *route;
	uint64_t id[2];
	uint32_t count;

	route = to.len != 0 ? route_find(to, id) : NULL;
	if (route == NULL || !route->key_by_page || request->field[FIELD_M].len == 0)
		return false;
	formkey_check(request, key, route->form, id[0], &count);
	work->draft = (struct draft_put){
		.command.run = draft_put_run,
		.uid = uid,
		.form = { .page = (enum form_page)route->form, .page_id = id[0],
		    .count = count, .once = true },
		.text = request->field[FIELD_M],
	};
	return true;
}

enum err
signin_keep(struct request *request)
{
	const struct route *route = request->route;
	uint32_t count;

	if (request->viewer.uid == 0 || !route->key_by_page ||
	    formkey_check(request, request->field[FIELD_K], route->form,
	    request->id[0], &count) == FORMKEY_FOREIGN ||
	    !prepare_draft(request, request->viewer.uid, request->path,
	    request->field[FIELD_K]))
		return ERR_SIGN_IN;
	request_command(request, &work_of(request)->draft.command, kept);
	return OK;
}

/* ---- the password was right ---- */

static void
token_given(struct request *request)
{
	struct signin *work = request->work;
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

static void
open_session(struct request *request, enum session_kind kind,
    void (*then)(struct request *))
{
	struct signin *work = work_of(request);

	work->open = (struct session_open){
		.command.run = session_open_run,
		.hash = session_hash_of((struct str){ work->token, TOKEN_LEN }),
		.uid = work->uid,
		.kind = kind,
		.tls = request->tls,
		.family = request->device.family,
		.user_agent = str_head(request->header[HEADER_USER_AGENT], 120),
	};
	request_command(request, &work->open.command, then);
}

/* A face chosen on the sign-in page goes along. */
static struct str
valid_face(const struct request *request)
{
	struct str face = request_query(request, "face");

	return str_eq(face, STR("wml")) || str_eq(face, STR("html")) ? face :
	    STR_NONE;
}

static void
give_ticket(struct request *request)
{
	struct signin *work = work_of(request);
	struct str face = valid_face(request);
	char name[TOKEN_LEN + 1];

	secret_token(work->token);
	if (request->device.json) {
		open_session(request, SESSION_BEARER, token_given);
		return;
	}
	ticket_make(request, work->uid, (struct str){ work->token, TOKEN_LEN },
	    asked_page(request), name);
	request->reply.cookie = auth_cookie(request,
	    (struct str){ work->token, TOKEN_LEN });
	request_redirect(request, str_fmt(&request->arena, "/in?t=%s%s%.*s%.*s",
	    name, request->key.face == FACE_WML ? "&n=1" : "",
	    face.len != 0 ? 6 : 0, "&face=", STR_ARGS(face)));
	dispatch_finish(request, OK);
}

static void
draft_kept(struct request *request)
{
	give_ticket(request); /* a draft that failed must not bar the way */
}

void
signin_go(struct request *request, uint64_t uid)
{
	struct signin *work = work_of(request);

	work->uid = uid;
	if (prepare_draft(request, uid, valid_to(request->field[FIELD_TO]),
	    request->field[FIELD_K2]))
		request_command(request, &work->draft.command, draft_kept);
	else
		give_ticket(request);
}

/* ---- login ---- */

static void
checked(struct request *request)
{
	struct signin *work = request->work;
	enum err err = work->job.err;

	if (err == OK && work->uid == 0)
		err = ERR_CREDENTIALS;
	if (err == OK)
		signin_go(request, work->uid);
	else
		dispatch_finish(request, request_again(request, signin_show, err));
}

static enum err
login_post(struct request *request)
{
	struct signin *work = work_of(request);
	Rec__User *user = NULL;
	enum err err;

	if (request->field_err != OK)
		return request_again(request, signin_show, request->field_err);
	err = account_find(&request->arena, request->field[FIELD_NAME], &work->uid);
	if (err == OK)
		err = account_get(NULL, &request->arena, work->uid, &user);
	if (err != OK && err != ERR_NOT_FOUND && err != ERR_NAME_BAD)
		return err;
	if (err != OK)
		work->uid = 0;
	work->job.password = str_head(request->field[FIELD_PASSWORD], PASSWORD_MAX);
	work->job.hash = user != NULL ? str_of(user->password) : pwpool_dummy();
	request_password(request, &work->job, checked);
	return OK;
}

static void
entered(struct request *request)
{
	struct signin *work = request->work;
	const struct session_open *open = &work->open;
	struct str to = request->reply.location;
	enum err err = open->command.err;

	request->reply.location = STR_NONE;
	if (err == OK) {
		request->viewer = (struct viewer){ .uid = open->uid,
		    .kind = open->kind };
		request->token = (struct str){ work->token, TOKEN_LEN };
		request_redirect(request, to);
	}
	dispatch_finish(request, err);
}

/* GET in?t=TICKET: did the cookie come back?  A path of its own, because w3m
 * takes /login -> /login?t=… -> … for a redirection loop (measured). */
static enum err
ticket_get(struct request *request)
{
	struct signin *work = work_of(request);
	struct str face = valid_face(request);
	struct ticket ticket;
	bool keeps;

	if (request->method == METHOD_HEAD ||
	    !ticket_take(request, request_query(request, "t"), &ticket)) {
		if (request_signed_in(request)) {
			request_redirect(request, STR("./"));
			return OK;
		}
		return signin_show(request);
	}
	keeps = secret_eq(auth_cookie_sent(request), str_c(ticket.cookie));
	if (keeps)
		memcpy(work->token, ticket.cookie, sizeof(work->token));
	else
		secret_token(work->token);
	work->uid = ticket.uid;
	request->reply.location = str_fmt(&request->arena, "%s?%s%s%.*s%.*s",
	    ticket.to[0] != '\0' ? ticket.to : "./",
	    request_query(request, "n").len != 0 ? "n=1" : "",
	    face.len != 0 && request_query(request, "n").len != 0 ? "&" : "",
	    face.len != 0 ? 5 : 0, "face=", STR_ARGS(face));
	if (request->reply.location.p[request->reply.location.len - 1] == '?')
		request->reply.location.len--;
	open_session(request, keeps ? SESSION_COOKIE : SESSION_PATH, entered);
	return OK;
}

/* ---- register ---- */

static enum err
register_show(struct request *request)
{
	struct view *view = &request->view;

	if (!http_conf->registration)
		return ERR_NOT_FOUND;
	view->page = "register";
	request->has_input = true;
	view_text(view, &view->root, "name", request->field[FIELD_NAME]);
	return OK;
}

static void
registered(struct request *request)
{
	struct signin *work = request->work;
	enum err err = work->account.command.err;

	if (err == OK)
		signin_go(request, work->account.uid);
	else
		dispatch_finish(request, request_again(request, register_show, err));
}

static void
hashed(struct request *request)
{
	struct signin *work = request->work;

	if (work->job.err != OK) {
		dispatch_finish(request, request_again(request, register_show,
		    work->job.err));
		return;
	}
	work->account.password_hash = str_c(work->job.made);
	request_command(request, &work->account.command, registered);
}

/* The name is taken; by the same person a moment ago, if the password fits:
 * gateways send a form twice when an answer is slow. */
static void
registered_before(struct request *request)
{
	struct signin *work = request->work;
	enum err err = work->job.err;

	if (err == OK)
		signin_go(request, work->uid);
	else
		dispatch_finish(request, request_again(request, register_show,
		    err == ERR_CREDENTIALS ? ERR_NAME_TAKEN : err));
}

static enum err
register_again(struct request *request, struct signin *work)
{
	Rec__User *user;
	enum err err = account_get(NULL, &request->arena, work->uid, &user);

	if (err != OK)
		return err;
	work->job.hash = str_of(user->password);
	request_password(request, &work->job, registered_before);
	return OK;
}

static enum err
register_post(struct request *request)
{
	struct signin *work = work_of(request);
	enum err err;

	if (!http_conf->registration)
		return ERR_NOT_FOUND;
	work->job.password = request->field[FIELD_PASSWORD];
	work->account = (struct account_register){
		.command.run = account_register_run,
	};
	err = request->field_err != OK ? request->field_err :
	    account_check(&request->arena, request->field[FIELD_NAME],
	    work->job.password, &work->account.name, &work->account.folded);
	if (err != OK)
		return request_again(request, register_show, err);
	/* Asked before the costly hash; the command decides. */
	if (account_find(&request->arena, work->account.name, &work->uid) == OK)
		return register_again(request, work);
	request_password(request, &work->job, hashed);
	return OK;
}

/* ---- logout ---- */

static void
left(struct request *request)
{
	struct signin *work = request->work;
	enum err err = work->end.command.err;
	size_t open;

	if (err == OK) {
		if (session_count(&request->arena, work->end.uid, &open) == OK &&
		    open == 0)
			presence_gone(work->end.uid);
		request->viewer = (struct viewer){ 0 };
		request->reply.cookie = auth_cookie(request, STR_NONE);
		request_redirect(request, STR("./?ok=signed_out"));
	}
	dispatch_finish(request, err);
}

static enum err
logout_post(struct request *request)
{
	struct signin *work = work_of(request);

	work->end = (struct session_end){
		.command.run = session_end_run,
		.uid = request->viewer.uid,
		.hash = request->viewer.hash,
	};
	request_command(request, &work->end.command, left);
	return OK;
}

const struct route routes_signin[] = {
	{ .segment = "login", .page = "signin", .get = signin_show,
	  .post = login_post },
	{ .segment = "in", .page = "signin", .get = ticket_get },
	{ .segment = "register", .page = "register", .get = register_show,
	  .post = register_post },
	{ .segment = "logout", .page = "signin", .signed_in = true,
	  .form = FORM_GENERAL, .post = logout_post },
	{ .segment = NULL },
};
