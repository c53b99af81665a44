/*
 * Text on its way into a talk, and back when it cannot go.
 *
 * The form key is the idempotency key: same form and same text is one message.
 * Every refusal gives the text back: on the "resend" page with a fresh key
 * that carries the form's counter on, so that a text which did arrive after all
 * is recognized.  On phones a text that does not fit a deck comes back as a
 * kept draft, which the form sends by `do=kept`.
 */
#include "pages/pages.h"

#include "live/typing.h"

#define DECK_TEXT 240 /* bytes of text that a WML form can show */

struct texting {
	struct message_send send;
	struct draft_put draft;
	struct str why;
	uint32_t count;
	int64_t sent_ms;
	bool foreign;	/* the form key is not ours: no kept text may give way */
	bool kept;	/* the text stands in the store as the form's draft */
};

static bool
too_long_for_deck(const struct request *request, struct str text)
{
	/* An attribute value would lose line breaks, too.  What is too long
	 * for a draft is shown whatever its size. */
	return request->key.face == FACE_WML && (text.len > DECK_TEXT ||
	    str_find(text, STR("\n"), NULL)) &&
	    utf8_chars(text) <= MESSAGE_MAX_CHARS;
}

static struct str
page_segment(struct request *request, enum form_page page, uint64_t id)
{
	return str_fmt(&request->arena, "%c%llu", page == FORM_TALK ? 'c' : 'u',
	    (unsigned long long)id);
}

/* "c12_3": talk 12, third text; `suffix` where another page has such a form. */
static struct str
form_name(struct request *request, enum form_page page, uint64_t id,
    uint32_t count, const char *suffix)
{
	return str_fmt(&request->arena, "%c%llu_%u%s",
	    page == FORM_TALK ? 'c' : 'u', (unsigned long long)id, count, suffix);
}

enum err
texting_form(struct request *request, enum form_page page, uint64_t id,
    uint32_t count)
{
	struct view *view = &request->view;
	struct str text = request->field[FIELD_M];
	uint32_t draft_count;
	enum err err;

	request->form_name = form_name(request, page, id, count, "");
	watch_add(&request->watch, draft_object(request->viewer.uid, page, id));
	if (text.len == 0) {
		err = draft_get(&request->arena, request->viewer.uid, page, id,
		    &text, &draft_count);
		if (err == OK) {
			view_bool(view, &view->root, "draft", true);
			count = draft_count;
		} else if (err != ERR_NOT_FOUND) {
			return err;
		}
	}
	if (too_long_for_deck(request, text))
		view_bool(view, &view->root, "kept", true);
	else
		view_text(view, &view->root, "text", text);
	view_text(view, &view->root, "key", formkey_make(request, page, id, count));
	return OK;
}

/* ---- text that comes back ---- */

static enum err
resend_show(struct request *request)
{
	struct view *view = &request->view;
	struct texting *work = request->work;
	const struct form_id *form = &work->send.form;
	struct str to = page_segment(request, form->page, form->page_id);
	struct conversation talk;

	view->page = "resend";
	if (form->page == FORM_TALK && conversation_get(&request->arena,
	    form->page_id, request->viewer.uid, &talk) == OK)
		view_text(view, &view->root, "name", shown_name(talk.name,
		    talk.remark));
	request->has_input = true;
	request->form_name = form_name(request, form->page, form->page_id,
	    work->count, "r");
	view_link(view, &view->root, "to", to);
	/* Back from what was sent already: the phone forgets that text. */
	view_link(view, &view->root, "back", work->sent_ms != 0 ?
	    str_fmt(&request->arena, "%.*s?n=1", STR_ARGS(to)) : to);
	view_text(view, &view->root, "why", work->why);
	if (work->sent_ms != 0)
		view_time(view, &view->root, "time", work->sent_ms,
		    shell_clock(request, work->sent_ms));
	view_bool(view, &view->root, "person", form->page == FORM_PERSON);
	view_text(view, &view->root, "key", formkey_make(request, form->page,
	    form->page_id, work->count));
	if (work->kept)
		view_bool(view, &view->root, "kept", true);
	else
		view_text(view, &view->root, "text", work->send.text);
	return OK;
}

/* The draft that this form has; ERR_NOT_FOUND. */
static enum err
find_draft(struct request *request, const struct form_id *form, struct str *out)
{
	uint32_t count;

	return draft_get(&request->arena, request->viewer.uid, form->page,
	    form->page_id, out, &count);
}

/* What a full queue did not take may have been there before: a kept text that
 * was asked to be sent. */
static void
draft_stored(struct request *request)
{
	struct texting *work = request->work;
	struct str draft;

	work->kept = work->draft.command.err == OK ||
	    (find_draft(request, &work->draft.form, &draft) == OK &&
	    str_eq(draft, work->draft.text));
	dispatch_finish(request, OK);
}

/* Shows the text again; `count` goes into the fresh key. */
static enum err
give_back(struct request *request, struct str why, uint32_t count, enum err err)
{
	struct texting *work = request->work;
	struct str draft;

	work->why = why;
	work->count = count;
	request->show = resend_show;
	request->err = err;
	if (!too_long_for_deck(request, work->send.text) ||
	    (work->foreign &&
	    find_draft(request, &work->send.form, &draft) != ERR_NOT_FOUND))
		return OK;
	work->draft = (struct draft_put){
		.command.run = draft_put_run,
		.uid = request->viewer.uid,
		.form = work->send.form,
		.text = work->send.text,
	};
	work->draft.form.count = count;
	request_command(request, &work->draft.command, draft_stored);
	return OK;
}

static const struct {
	enum err err;
	struct str why;
} whys[] = {
	{ ERR_KEY, STR("key") },
	{ ERR_BUSY, STR("busy") },
	{ ERR_DISK, STR("disk") },
};

static struct str
why_of(enum err err)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++)
		if (whys[i].err == err)
			return whys[i].why;
	return STR("text"); /* the error's own words say it */
}

/* ---- sending ---- */

/* The sender's counter there: what a fresh form would carry.  ERR_NOT_FOUND:
 * no talk of the sender's. */
static enum err
current_count(struct request *request, const struct form_id *form,
    uint32_t *out)
{
	struct conversation talk;
	uint64_t cid = form->page_id;
	enum err err = OK;

	*out = 0;
	if (form->page == FORM_PERSON)
		err = conversation_find(NULL, &request->arena,
		    request->viewer.uid, form->page_id, &cid);
	if (form->page == FORM_PERSON && err == ERR_NOT_FOUND)
		return OK;
	if (err == OK)
		err = conversation_get(&request->arena, cid,
		    request->viewer.uid, &talk);
	if (err == OK)
		*out = talk.send_count;
	return err;
}

static void
sent(struct request *request)
{
	struct texting *work = request->work;
	struct message_send *send = &work->send;
	enum err err = send->command.err;
	uint32_t current;

	if (err == ERR_NOT_FOUND) {
		dispatch_finish(request, err);
		return;
	}
	if (err != OK) {
		dispatch_finish(request, give_back(request, why_of(err),
		    send->form.count, err));
		return;
	}
	if (send->repeated) {
		work->sent_ms = send->sent_ms;
		err = current_count(request, &send->form, &current);
		dispatch_finish(request, err != OK ? err :
		    give_back(request, STR("sent"), current, OK));
		return;
	}
	message_sent_read(send);
	request_redirect(request, str_fmt(&request->arena, "c%llu?ok=sent",
	    (unsigned long long)send->cid));
	dispatch_finish(request, OK);
}

/* The text posted, or the kept draft that the form stands for. */
static enum err
take_text(struct request *request, enum form_page page, uint64_t id,
    struct str *text)
{
	uint32_t count;

	enum err err;

	*text = request->field[FIELD_M];
	if (text->len != 0 || !str_eq(request->field[FIELD_DO], STR("kept")))
		return OK;
	err = draft_get(&request->arena, request->viewer.uid, page, id, text,
	    &count);
	return err == ERR_NOT_FOUND ? OK : err;
}

/* A kept text asked for twice: the first time has sent it. */
static enum err
nothing_to_send(struct request *request, const struct form_id *form)
{
	uint32_t current;
	enum err err = current_count(request, form, &current);

	if (err != OK)
		return err;
	if (str_eq(request->field[FIELD_DO], STR("kept")) &&
	    form->count < current) {
		request_redirect(request, page_segment(request, form->page,
		    form->page_id));
		return OK;
	}
	return request_again(request, request->route->get, ERR_TEXT_EMPTY);
}

/* Is the key of this post good?  ERR_KEY; Bearer clients may leave it out. */
static enum err
take_key(struct request *request, struct form_id *form)
{
	struct texting *work = request->work;
	struct str key = request->field[FIELD_K];
	enum formkey_state state;

	form->once = request->viewer.kind != SESSION_BEARER || key.len != 0;
	if (!form->once)
		return OK;
	state = formkey_check(request, key, form->page, form->page_id,
	    &form->count);
	work->foreign = state == FORMKEY_FOREIGN;
	return state == FORMKEY_OK ? OK : ERR_KEY;
}

/* A text under a key that is not good: sent already under that counter by an
 * earlier session, or to be sent with a fresh key. */
static enum err
doubtful_key(struct request *request)
{
	struct texting *work = request->work;
	struct form_id *form = &work->send.form;
	uint32_t current;
	enum err err = current_count(request, form, &current);

	if (err != OK)
		return err;
	if (request->field[FIELD_K].len == 0 || form->count > current)
		form->count = current;
	else if (message_was_sent(&request->arena, request->viewer.uid, form,
	    work->send.text, &work->sent_ms) == OK)
		return give_back(request, STR("sent"), current, OK);
	return give_back(request, STR("key"), form->count, ERR_KEY);
}

enum err
texting_post(struct request *request, enum form_page page, uint64_t id)
{
	struct texting *work = ARENA_NEW(&request->arena, struct texting);
	struct message_send *send = &work->send;
	enum err err;

	request->work = work;
	send->command.run = message_send_run;
	send->uid = request->viewer.uid;
	send->form.page = page;
	send->form.page_id = id;
	err = page == FORM_PERSON ? contact_may_open(&request->arena, send->uid, id) :
	    OK;
	if (err == OK)
		err = take_text(request, page, id, &send->text);
	if (err != OK)
		return err;
	err = take_key(request, &send->form);
	if (utf8_clean_line(&request->arena, send->text).len == 0)
		return nothing_to_send(request, &send->form);
	if (err != OK)
		return doubtful_key(request);
	err = request->field_err;
	if (err == OK && utf8_chars(send->text) > MESSAGE_MAX_CHARS)
		err = ERR_TEXT_LONG;
	if (err != OK)
		return give_back(request, why_of(err), send->form.count, err);
	if (page == FORM_TALK)
		typing_end(id, send->uid);
	request_command(request, &send->command, sent);
	return OK;
}
