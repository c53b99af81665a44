/*
 * Friends, online first; requests both ways; blocked people on a page of their
 * own.  All posts here are changes of one contact.
 */
#include "pages/pages.h"

#include <stdlib.h>

#include "live/roster.h"
#include "live/talks.h"

struct person_row {
	const struct contact *contact;
	struct who who;
	struct str shown;
};

static int
row_cmp(const void *a_, const void *b_)
{
	const struct person_row *a = a_, *b = b_;
	int cmp = who_cmp(&a->who, &b->who);

	return cmp != 0 ? cmp : str_cmp(a->shown, b->shown);
}

/* Those who are here, sorted, before those who are not: these the roster has in
 * order already. */
static struct person_row *
here_first(struct request *request, const struct person_row *rows, size_t n)
{
	struct person_row *sorted = ARENA_ARRAY(&request->arena,
	    struct person_row, n + 1);
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (rows[i].who.state != PRESENCE_OFFLINE)
			sorted[count++] = rows[i];
	qsort(sorted, count, sizeof(*sorted), row_cmp);
	for (size_t i = 0; i < n; i++)
		if (rows[i].who.state == PRESENCE_OFFLINE)
			sorted[count++] = rows[i];
	return sorted;
}

/* The rows of one state, sorted; presence only of friends. */
static struct person_row *
select_rows(struct request *request, const struct contact *contacts, size_t n,
    Rec__Friend__State state, size_t *out)
{
	struct person_row *rows = ARENA_ARRAY(&request->arena, struct person_row,
	    n + 1);
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (contacts[i].state != state)
			continue;
		rows[count++] = (struct person_row){
			.contact = &contacts[i],
			.shown = shown_name(contacts[i].name, contacts[i].remark),
		};
		if (state == REC__FRIEND__STATE__FRIEND)
			rows[count - 1].who = who_get(request, &contacts[i]);
	}
	*out = count;
	return here_first(request, rows, count);
}

static struct str
person_link(struct request *request, uint64_t uid)
{
	return str_fmt(&request->arena, "u%llu", (unsigned long long)uid);
}

/* A short list (requests, own requests, blocked): id, link, name. */
static void
fill_people(struct request *request, const char *key,
    const struct person_row *rows, size_t n)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, key);

	for (size_t i = 0; i < n; i++) {
		struct view_row *row = view_row(view, list);

		view_int(view, row, "id", (int64_t)rows[i].contact->uid);
		view_link(view, row, "href",
		    person_link(request, rows[i].contact->uid));
		view_text(view, row, "name", rows[i].shown);
	}
}

/* The talks that the viewer has with the people of these rows. */
static enum err
find_talks(struct request *request, const struct person_row *rows, size_t n,
    uint64_t **out)
{
	uint64_t *peer = ARENA_ARRAY(&request->arena, uint64_t, 2 * n + 1);
	struct talks_with with = { .peer = peer, .n = n, .cid = peer + n };

	for (size_t i = 0; i < n; i++)
		peer[i] = rows[i].contact->uid;
	*out = with.cid;
	return talks_with(&request->arena, request->viewer.uid, &with);
}

static enum err
fill_friends(struct request *request, const struct person_row *rows, size_t n)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, "friends");
	struct slice slice = list_slice(request, n);
	uint64_t *cid;
	enum err err;

	list_fill(request, STR("f"), slice, n);
	rows += slice.first;
	err = find_talks(request, rows, slice.n, &cid);
	if (err != OK)
		return err;
	for (size_t i = 0; i < slice.n; i++) {
		struct view_row *row = view_row(view, list);

		view_link(view, row, "href",
		    person_link(request, rows[i].contact->uid));
		if (cid[i] != 0)
			view_link(view, row, "talk", str_fmt(&request->arena,
			    "c%llu", (unsigned long long)cid[i]));
		view_text(view, row, "name", rows[i].shown);
		who_fill(request, row, &rows[i].who);
	}
	return OK;
}

static size_t
at_most(const struct request *request, size_t n)
{
	return n < request->key.rows ? n : request->key.rows;
}

static enum err
blocked_show(struct request *request, const struct contact *contacts, size_t n)
{
	size_t count;
	struct person_row *rows = select_rows(request, contacts, n,
	    REC__FRIEND__STATE__BLOCKED, &count);
	struct slice slice = list_slice(request, count);

	request->view.page = "blocked";
	request->self = STR("f?v=blocked");
	page_may_wait(request);
	list_fill(request, STR("f?v=blocked"), slice, count);
	fill_people(request, "blocked", rows + slice.first, slice.n);
	return OK;
}

static enum err
friends_show(struct request *request)
{
	struct view *view = &request->view;
	uint64_t uid = request->viewer.uid;
	struct contact *contacts;
	struct person_row *rows;
	size_t n, count;
	enum err err;

	view->page = "friends";
	page_watch(request, OBJ_FRIENDS, uid, 0);
	page_watch(request, OBJ_PRESENCE, uid, 0);
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	err = roster_list(&request->arena, (struct roster_query){ uid, ROSTER_ALL },
	    &contacts, &n);
	if (err != OK)
		return err;
	if (str_eq(request_query(request, "v"), STR("blocked")))
		return blocked_show(request, contacts, n);
	/* A page that waits holds no input. */
	request->holdable = true;
	request->has_input = request_query(request, "w").len == 0;
	view_bool(view, &view->root, "form", request->has_input);
	view_text(view, &view->root, "name", request->field[FIELD_NAME]);
	rows = select_rows(request, contacts, n, REC__FRIEND__STATE__ASKED_ME, &count);
	fill_people(request, "requests", rows, at_most(request, count));
	rows = select_rows(request, contacts, n, REC__FRIEND__STATE__ASKED, &count);
	fill_people(request, "asked", rows, at_most(request, count));
	select_rows(request, contacts, n, REC__FRIEND__STATE__BLOCKED, &count);
	if (count != 0)
		view_link(view, &view->root, "blocked", STR("f?v=blocked"));
	rows = select_rows(request, contacts, n, REC__FRIEND__STATE__FRIEND, &count);
	return fill_friends(request, rows, count);
}

/* ---- changes ---- */

static const struct action {
	struct str name, notice;
	enum contact_action action;
} actions[] = {
	{ STR("ask"), STR("asked"), CONTACT_ASK },
	{ STR("accept"), STR("accepted"), CONTACT_ACCEPT },
	{ STR("refuse"), STR("refused"), CONTACT_REFUSE },
	{ STR("takeback"), STR("taken_back"), CONTACT_REFUSE },
	{ STR("unblock"), STR("unblocked"), CONTACT_UNBLOCK },
};

static const struct action *
action_of(const struct request *request)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (str_eq(actions[i].name, request->field[FIELD_DO]))
			return &actions[i];
	return NULL;
}

static void
changed(struct request *request)
{
	struct contact_change *change = request->work;
	enum err err = change->command.err;
	struct str notice = action_of(request)->notice;
	struct contact contact;

	if (err != OK) {
		dispatch_finish(request, request_again(request, friends_show, err));
		return;
	}
	if (change->friends_now)
		notice = STR("friends_now");
	else if (change->action == CONTACT_ASK && contact_get(NULL,
	    &request->arena, change->uid, change->peer, &contact) == OK &&
	    contact.state == REC__FRIEND__STATE__FRIEND)
		notice = STR("already_friends");
	request_redirect(request, str_fmt(&request->arena, "f?ok=%.*s",
	    STR_ARGS(notice)));
	dispatch_finish(request, OK);
}

static enum err
friends_post(struct request *request)
{
	struct contact_change *change = ARENA_NEW(&request->arena,
	    struct contact_change);
	const struct action *action = action_of(request);

	if (request->field_err != OK)
		return request_again(request, friends_show, request->field_err);
	if (action == NULL)
		return request_again(request, friends_show, ERR_FIELD_BAD);
	change->command.run = contact_change_run;
	change->action = action->action;
	change->uid = request->viewer.uid;
	change->name = request->field[FIELD_NAME];
	if (action->action == CONTACT_ASK && change->name.len == 0)
		return request_again(request, friends_show, ERR_NO_SUCH_NAME);
	if (action->action != CONTACT_ASK &&
	    !str_u64(request->field[FIELD_U], &change->peer))
		return request_again(request, friends_show, ERR_FIELD_BAD);
	request->work = change;
	request_command(request, &change->command, changed);
	return OK;
}

const struct route routes_friends[] = {
	{ .segment = "f", .page = "friends", .signed_in = true,
	  .form = FORM_GENERAL, .get = friends_show, .post = friends_post },
	{ .segment = NULL },
};
