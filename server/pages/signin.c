/*
 * Signing in, registering, signing out.
 *
 * A password is checked on the password pool; what follows is in enter.c.  Text
 * of a form whose session is over goes into a draft of its user, or travels in
 * the sign-in form when its user is not known.
 */
#include "pages/pages.h"

#include <string.h>

#include "web/pwpool.h"

struct signin {
	struct pwjob job;
	uint64_t uid;
	struct account_register account;
	struct session_end end;
	struct draft_put draft;
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

/* Somebody whose session was ended from elsewhere is told so. */
static void
fill_ended(struct request *request)
{
	static const char *const words[] = {
		[SESSION_WHY_NEWEST] = "newest",
		[SESSION_WHY_SIGNED_OUT] = "signed_out",
		[SESSION_WHY_PASSWORD] = "password",
	};
	unsigned why = request->viewer.why;

	if (why != SESSION_WHY_NONE && why < sizeof(words) / sizeof(words[0]))
		view_text(&request->view, &request->view.root, "ended",
		    str_c(words[why]));
}

enum err
signin_show(struct request *request)
{
	struct view *view = &request->view;
	struct str to = asked_page(request);

	view->page = "signin";
	request->has_input = true;
	fill_ended(request);
	if (request->route != NULL && request->route->post == login_post)
		view_text(view, &view->root, "name", request->field[FIELD_NAME]);
	if (to.len != 0)
		view_text(view, &view->root, "to", to);
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
draft_kept(struct request *request)
{
	/* A draft that failed must not bar the way. */
	signin_enter(request, work_of(request)->uid, asked_page(request));
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
		signin_enter(request, uid, asked_page(request));
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

/* Where nobody or no password is, one that is as slow and never right. */
static struct str
hash_of(const Rec__User *user)
{
	struct str hash = user != NULL ? account_hash(user) : STR_NONE;

	return hash.len != 0 ? hash : pwpool_dummy();
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
	work->job.hash = hash_of(user);
	request_password(request, &work->job, checked);
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
	work->job.hash = hash_of(user);
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

void
signin_left(struct request *request)
{
	uint64_t uid = request->viewer.uid;
	size_t open;

	if (session_count(&request->arena, uid, &open) == OK && open == 0)
		presence_gone(uid);
	request->viewer = (struct viewer){ 0 };
	request->reply.cookie = auth_cookie(request, STR_NONE);
	request_redirect(request, STR("./?ok=signed_out"));
}

static void
left(struct request *request)
{
	struct signin *work = request->work;

	if (work->end.command.err == OK)
		signin_left(request);
	dispatch_finish(request, work->end.command.err);
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
	{ .segment = "register", .page = "register", .get = register_show,
	  .post = register_post },
	{ .segment = "logout", .page = "signin", .signed_in = true,
	  .form = FORM_GENERAL, .post = logout_post },
	{ .segment = NULL },
};
