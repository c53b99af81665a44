/*
 * A person: what the viewer has with them, and what can be changed.  Opens only
 * for people the viewer has something with; all others are "not found".
 */
#include "pages/pages.h"

static struct str
state_name(Rec__Friend__State state)
{
	switch (state) {
	case REC__FRIEND__STATE__FRIEND:
		return STR("friend");
	case REC__FRIEND__STATE__ASKED:
		return STR("asked");
	case REC__FRIEND__STATE__ASKED_ME:
		return STR("asked_me");
	case REC__FRIEND__STATE__BLOCKED:
		return STR("blocked");
	default:
		return STR("none");
	}
}

/* A link into the talk, or a form for the first message. */
static enum err
fill_way_in(struct request *request, uint64_t peer)
{
	struct view *view = &request->view;
	uint64_t cid;
	enum err err = conversation_find(NULL, &request->arena,
	    request->viewer.uid, peer, &cid);

	if (err == OK) {
		view_link(view, &view->root, "talk", str_fmt(&request->arena,
		    "c%llu", (unsigned long long)cid));
		view_text(view, &view->root, "key",
		    formkey_make(request, FORM_PERSON, peer, 0));
		return OK;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	err = contact_may_write(NULL, &request->arena, request->viewer.uid, peer);
	if (err != OK) {
		view_text(view, &view->root, "key",
		    formkey_make(request, FORM_PERSON, peer, 0));
		return err == ERR_NOT_TAKEN || err == ERR_BLOCKING ? OK : err;
	}
	view_bool(view, &view->root, "write", true);
	view_bool(view, &view->root, "text_error", request->err == ERR_TEXT_EMPTY);
	return texting_form(request, FORM_PERSON, peer, 0);
}

static enum err
person_show(struct request *request)
{
	struct view *view = &request->view;
	uint64_t uid = request->viewer.uid, peer = request->id[0];
	struct contact contact;
	Rec__User *user;
	struct who who;
	enum err err;

	view->page = "person";
	request->has_input = true;
	page_may_wait(request);
	page_watch(request, OBJ_FRIENDS, uid, 0);
	page_watch(request, OBJ_PRESENCE, uid, 0);
	page_watch(request, OBJ_INBOX, uid, 0);
	err = contact_get(NULL, &request->arena, uid, peer, &contact);
	/* Between friends the viewer's own row decides, and no tag of this page
	 * moves with what a friend, who may be invisible, does elsewhere. */
	if (err == OK && contact.state != REC__FRIEND__STATE__FRIEND) {
		page_watch(request, OBJ_USER, peer, 0);
		page_watch(request, OBJ_FRIENDS, peer, 0);
	}
	if (err == OK)
		err = contact_may_open(&request->arena, uid, peer);
	if (err == OK)
		err = account_get(NULL, &request->arena, peer, &user);
	if (err != OK)
		return err;
	view_text(view, &view->root, "name", str_of(user->name));
	view_text(view, &view->root, "remark", request->err != OK &&
	    request->field[FIELD_REMARK].len != 0 ?
	    request->field[FIELD_REMARK] : contact.remark);
	view_text(view, &view->root, "state", state_name(contact.state));
	who = who_get(request, &contact);
	who.whole = true;
	who_fill(request, &view->root, &who);
	return fill_way_in(request, peer);
}

/* ---- changes ---- */

static const struct action {
	struct str name, notice;
	enum contact_action action;
	bool leaves; /* the page may no longer open: go to the friends */
} actions[] = {
	{ STR("ask"), STR("asked"), CONTACT_ASK, false },
	{ STR("accept"), STR("accepted"), CONTACT_ACCEPT, false },
	{ STR("refuse"), STR("refused"), CONTACT_REFUSE, true },
	{ STR("takeback"), STR("taken_back"), CONTACT_REFUSE, true },
	{ STR("remove"), STR("removed"), CONTACT_REMOVE, true },
	{ STR("remark"), STR("remarked"), CONTACT_REMARK, false },
	{ STR("block"), STR("blocked"), CONTACT_BLOCK, false },
	{ STR("unblock"), STR("unblocked"), CONTACT_UNBLOCK, true },
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const struct action *
action_of(const struct request *request)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (str_eq(actions[i].name, request->field[FIELD_DO]))
			return &actions[i];
	return NULL;
}

static void
changed(struct request *request)
{
	struct contact_change *change = request->work;
	const struct action *action = action_of(request);

	if (change->command.err != OK) {
		dispatch_finish(request, request_again(request, person_show,
		    change->command.err));
		return;
	}
	request_redirect(request, action->leaves ?
	    str_fmt(&request->arena, "f?ok=%.*s", STR_ARGS(action->notice)) :
	    str_fmt(&request->arena, "u%llu?ok=%s",
	    (unsigned long long)change->peer, change->friends_now ?
	    "friends_now" : action->notice.p));
	dispatch_finish(request, OK);
}

static enum err
person_post(struct request *request)
{
	struct contact_change *change = ARENA_NEW(&request->arena,
	    struct contact_change);
	const struct action *action = action_of(request);
	uint32_t count;

	if (str_eq(request->field[FIELD_DO], STR("send")) ||
	    request->field[FIELD_M].len != 0)
		return texting_post(request, FORM_PERSON, request->id[0]);
	if (request->field_err != OK)
		return request_again(request, person_show, request->field_err);
	if (action == NULL)
		return request_again(request, person_show, ERR_FIELD_BAD);
	if (request->viewer.kind != SESSION_BEARER &&
	    formkey_check(request, request->field[FIELD_K], FORM_PERSON,
	    request->id[0], &count) != FORMKEY_OK)
		return request_again(request, person_show, ERR_KEY);
	change->command.run = contact_change_run;
	change->action = action->action;
	change->uid = request->viewer.uid;
	change->peer = request->id[0];
	change->remark = request->field[FIELD_REMARK];
	request->work = change;
	request_command(request, &change->command, changed);
	return OK;
}

const struct route routes_person[] = {
	{ .segment = "u", .numbers = 1, .page = "person", .signed_in = true,
	  .form = FORM_PERSON, .key_by_page = true, .get = person_show,
	  .post = person_post },
	{ .segment = NULL },
};
