/*
 * A talk: newest first, paged by sequence number.
 *
 *   c12          the newest messages, with the form
 *   c12?b=40     message 40 and older
 *   c12?v=form   the form alone
 *   c12?v=log    the newest alone, for the frame of a page that stays quiet
 *   c12?v=stream the same without end (web/stream.h), where that works
 *   c12?v=seen   the picture in it, which tells that its beginning has arrived
 *   c12?w=…      the newest, when there is news: never a form
 *
 * The read mark moves before the page names its watch set, because a page must
 * not watch what its own rendering changes; that of a held reply moves when
 * the next request proves that it arrived (web/held.c).
 */
#include "pages/pages.h"

#include "im/soft.h"
#include "web/line.h"
#include "web/mode.h"
#include "web/stream.h"

#define STREAM_LINES 20u /* of one piece at most */

struct talk_page {
	struct conversation talk;
	uint32_t first, last; /* shown; first > last: none */
	bool newest;
	bool oldest_first; /* as they come */
};

static struct str
talk_link(struct request *request, const char *query, uint32_t seq)
{
	if (query == NULL)
		return str_fmt(&request->arena, "c%llu",
		    (unsigned long long)request->id[0]);
	return str_fmt(&request->arena, "c%llu?%s=%u",
	    (unsigned long long)request->id[0], query, seq);
}

static void
choose_page(const struct request *request, struct talk_page *page)
{
	uint64_t b = request_query_u64(request, "b", UINT32_MAX);
	uint32_t newest = page->talk.last_seq, rows = request->key.rows;

	page->newest = b >= newest;
	page->last = b >= newest || b == 0 ? newest : (uint32_t)b;
	page->first = page->last > rows ? page->last - rows + 1 : 1;
	if (page->last == 0)
		page->first = 1;
}

/* What the reader has not seen and this page does not show: with the way to
 * older pages, whose marks the query carries on. */
static void
fill_older(struct request *request, const struct talk_page *page)
{
	struct view *view = &request->view;
	uint64_t was = request_query_u64(request, "u", request->read_was);
	struct str older;

	if (was + 1 >= page->first) {
		older = talk_link(request, "b", page->first - 1);
	} else {
		view_int(view, &view->root, "unread_older",
		    (int64_t)(page->first - 1 - was));
		older = str_fmt(&request->arena, "%.*s&u=%llu",
		    STR_ARGS(talk_link(request, "b", page->first - 1)),
		    (unsigned long long)was);
	}
	view_link(view, &view->root, "older", older);
}

static void
fill_paging(struct request *request, const struct talk_page *page)
{
	struct view *view = &request->view;
	uint32_t newest = page->talk.last_seq;
	uint64_t newer = (uint64_t)page->last + request->key.rows;

	if (page->last >= page->first) {
		view_int(view, &view->root, "first", page->first);
		view_int(view, &view->root, "last", page->last);
	}
	view_int(view, &view->root, "total", newest);
	if (page->first > 1)
		fill_older(request, page);
	if (page->newest)
		return;
	view_link(view, &view->root, "newer", newer >= newest ?
	    talk_link(request, NULL, 0) :
	    talk_link(request, "b", (uint32_t)newer));
	view_link(view, &view->root, "newest", talk_link(request, NULL, 0));
}

static void
fill_line(struct request *request, struct view_row *row,
    const struct conversation *talk, const struct message *message)
{
	struct view *view = &request->view;
	bool own = message->sender == request->viewer.uid;
	struct str text = utf8_cut(message->text, request->key.text_max);

	view_int(view, row, "seq", message->seq);
	view_bool(view, row, "own", own);
	view_text(view, row, "who", own ? str_of(request->viewer.user->name) :
	    shown_name(talk->name, talk->remark));
	view_time(view, row, "time", message->sent_ms,
	    shell_clock(request, message->sent_ms));
	view_bool(view, row, "new", !own && message->seq ==
	    request_query_u64(request, "u", request->read_was) + 1);
	if (text.len < message->text.len)
		view_link(view, row, "whole", str_fmt(&request->arena,
		    "c%llu-%u", (unsigned long long)talk->cid, message->seq));
	parts_fill(request, row, message, text);
}

static enum err
fill_lines(struct request *request, const struct talk_page *page)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, "lines");
	struct message *messages;
	struct str day = STR_NONE;
	size_t n;
	enum err err;

	if (page->last < page->first)
		return OK;
	err = message_list(&request->arena, page->talk.cid, page->first,
	    page->last, &messages, &n);
	if (err != OK)
		return err;
	for (size_t i = 0; i < n; i++) {
		const struct message *message =
		    &messages[page->oldest_first ? i : n - 1 - i];
		struct str this_day = shell_day(request, message->sent_ms);
		struct view_row *row;

		/* The one before a piece only tells its day. */
		if (message->seq == request->after && request->after != 0) {
			day = this_day;
			continue;
		}
		row = view_row(view, list);
		if (!str_eq(day, this_day))
			view_text(view, row, "day", this_day);
		day = this_day;
		fill_line(request, row, &page->talk, message);
	}
	return OK;
}

/*
 * Moves the read mark to what this page shows.  A request that may be held
 * proves only what its link says; a reply to a hold proves nothing yet.
 */
static void
mark_read(struct request *request, const struct talk_page *page)
{
	const struct conversation *talk = &page->talk;
	uint32_t seq = page->last;

	if (!request->read_done)
		request->read_was = talk->read_seq;
	request->read_done = true;
	if (!page->newest || !request_counts(request) || request->resumed_hold)
		return;
	if (request->watch_v != 0 && request->seen < seq)
		seq = request->seen;
	if (seq == 0)
		return;
	held_mark(request->viewer.uid, talk->cid, seq, talk->read_seq);
	request->talk_unread = seq < talk->last_seq;
}

/* Does the page load itself again, so that nothing may be typed on it? */
static bool
restless(const struct request *request)
{
	return request_query(request, "w").len != 0 ||
	    request->key.refresh_s != 0 || mode_is_log(request) ||
	    request->key.mode == LIVE_HELD_REFRESH ||
	    request->key.mode == LIVE_STREAM;
}

/* The form on the page, or a link to it where something moves by itself. */
static enum err
fill_form(struct request *request, const struct talk_page *page)
{
	struct view *view = &request->view;
	struct str proof;

	view_link(view, &view->root, "to", talk_link(request, NULL, 0));
	if (!page->newest || restless(request)) {
		proof = held_proof_link(request);
		view_link(view, &view->root, "write", str_fmt(&request->arena,
		    "c%llu?v=form%s%.*s", (unsigned long long)request->id[0],
		    proof.len != 0 ? "&" : "", STR_ARGS(proof)));
		return OK;
	}
	view_bool(view, &view->root, "form", true);
	view_bool(view, &view->root, "form_below", request->key.input == INPUT_BELOW);
	request->has_input = true;
	return texting_form(request, FORM_TALK, page->talk.cid,
	    page->talk.send_count);
}

static enum err
conversation_watch(struct request *request, struct talk_page *page)
{
	uint64_t uid = request->viewer.uid, cid = request->id[0];
	enum err err;

	request->talk = cid;
	page_watch(request, OBJ_CONV, cid, 0);
	page_watch(request, OBJ_MEMBER, cid, uid);
	page_calm(request, OBJ_FRIENDS, uid, 0);
	err = conversation_get(&request->arena, cid, uid, &page->talk);
	request->talk_unread = err == OK &&
	    page->talk.last_seq > page->talk.read_seq;
	return err;
}

static enum err
write_show(struct request *request, const struct talk_page *page)
{
	struct view *view = &request->view;

	view->page = "write";
	request->has_input = true;
	if (page->talk.last_seq > page->talk.read_seq)
		view_int(view, &view->root, "news",
		    (int64_t)page->talk.last_seq - page->talk.read_seq);
	who_writes(request, &page->talk);
	view_text(view, &view->root, "name", shown_name(page->talk.name,
	    page->talk.remark));
	view_link(view, &view->root, "back", talk_link(request, NULL, 0));
	view_link(view, &view->root, "to", talk_link(request, NULL, 0));
	return texting_form(request, FORM_TALK, page->talk.cid,
	    page->talk.send_count);
}

/* ---- a page without end ---- */

static const char picture[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\0\0\0!\371\4\1\0\0\0"
    "\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

/* The browser has seen the top while the rest is still to come. */
static enum err
seen_show(struct request *request)
{
	line_change(request->viewer.sid, LINE_ASKED, LINE_FLOWS);
	request->reply.body = (struct str){ picture, sizeof(picture) - 1 };
	request->reply.type = "image/gif";
	request->reply.no_store = true;
	return OK;
}

static enum err
top_show(struct request *request, struct talk_page *page)
{
	struct view *view = &request->view;

	choose_page(request, page);
	mark_read(request, page);
	request->seen = page->last;
	view_bool(view, &view->root, "top", true);
	if (line_get(request->viewer.sid) == LINE_ASKED)
		view_link(view, &view->root, "probe", str_fmt(&request->arena,
		    "c%llu?v=seen&i=%x", (unsigned long long)page->talk.cid,
		    (unsigned)(secret_random_u64() & 0xffffff)));
	if (page->first > 1)
		fill_older(request, page);
	return fill_lines(request, page);
}

static enum err
lines_show(struct request *request, struct talk_page *page)
{
	uint32_t after = request->after;

	page->first = after != 0 ? after : 1; /* the one before, for its day */
	page->last = page->talk.last_seq;
	request->more = page->last > after + STREAM_LINES;
	if (request->more)
		page->last = after + STREAM_LINES;
	request->seen = page->last;
	return page->last > after ? fill_lines(request, page) : OK;
}

static enum err
piece_show(struct request *request, struct talk_page *page)
{
	struct view *view = &request->view;

	page->oldest_first = true;
	request->holdable = true;
	view_bool(view, &view->root, "log", true);
	view_bool(view, &view->root, "piece", true);
	switch (request->piece) {
	case PIECE_TOP:
		return top_show(request, page);
	case PIECE_LINES:
		return lines_show(request, page);
	default:
		view_bool(view, &view->root, "end", true);
		return OK;
	}
}

static bool
wants_stream(const struct request *request)
{
	return request->key.mode == LIVE_STREAM && mode_is_log(request) &&
	    str_eq(request_query(request, "v"), STR("stream")) &&
	    request->method == METHOD_GET && request_counts(request);
}

/* The form; the lines stand in the frame, which moves by itself. */
static enum err
quiet_show(struct request *request, const struct talk_page *page)
{
	struct view *view = &request->view;

	live_frame(request, talk_link(request, NULL, 0), true);
	view_link(view, &view->root, "to", talk_link(request, NULL, 0));
	view_bool(view, &view->root, "form", true);
	request->has_input = true;
	return texting_form(request, FORM_TALK, page->talk.cid,
	    page->talk.send_count);
}

static enum err
conversation_show(struct request *request)
{
	struct view *view = &request->view;
	struct talk_page page = { 0 };
	enum err err = conversation_watch(request, &page);

	if (err != OK)
		return err;
	if (str_eq(request_query(request, "v"), STR("form")))
		return write_show(request, &page);
	if (str_eq(request_query(request, "v"), STR("seen")))
		return seen_show(request);
	if (wants_stream(request) && request->piece == PIECE_NONE) {
		stream_open(request, page.talk.cid);
		return OK;
	}
	view->page = "conversation";
	choose_page(request, &page);
	view_text(view, &view->root, "name", shown_name(page.talk.name,
	    page.talk.remark));
	view_link(view, &view->root, "person", str_fmt(&request->arena, "u%llu",
	    (unsigned long long)page.talk.peer));
	if (request->piece != PIECE_NONE)
		return piece_show(request, &page);
	if (page.newest && live_quiet(request))
		return quiet_show(request, &page);
	mark_read(request, &page);
	if (page.newest) {
		request->holdable = true;
		request->seen = page.last;
	}
	view_bool(view, &view->root, "log", mode_is_log(request));
	who_beside(request, &page.talk);
	fill_paging(request, &page);
	err = fill_form(request, &page);
	return err == OK ? fill_lines(request, &page) : err;
}

static enum err
conversation_post(struct request *request)
{
	request->talk = request->id[0];
	return texting_post(request, FORM_TALK, request->id[0]);
}

/* ---- one message, in parts when it is long ---- */

static void
part_links(struct request *request, unsigned want, unsigned total)
{
	struct view *view = &request->view;
	struct str self = request->path;

	view_int(view, &view->root, "part", want);
	view_int(view, &view->root, "parts_total", total);
	if (want > 1)
		view_link(view, &view->root, "newer", str_fmt(&request->arena,
		    "%.*s?p=%u", STR_ARGS(self), want - 1));
	if (want < total)
		view_link(view, &view->root, "older", str_fmt(&request->arena,
		    "%.*s?p=%u", STR_ARGS(self), want + 1));
}

static void
fill_parts(struct request *request, const struct message *message)
{
	struct view *view = &request->view;
	uint64_t want = request_query_u64(request, "p", 1);
	struct view_row scratch = { 0 };
	unsigned total;

	if (request->key.face != FACE_WML) {
		parts_fill(request, &view->root, message, message->text);
		return;
	}
	total = parts_portion(request, &scratch, message, 1);
	if (want < 1 || want > total)
		want = 1;
	parts_portion(request, &view->root, message, (unsigned)want);
	if (total > 1)
		part_links(request, (unsigned)want, total);
}

static enum err
message_show(struct request *request)
{
	struct view *view = &request->view;
	struct talk_page page = { 0 };
	struct message *messages;
	size_t n = 0;
	bool own;
	enum err err = conversation_watch(request, &page);

	if (err == OK && (request->id[1] == 0 || request->id[1] > UINT32_MAX))
		err = ERR_NOT_FOUND;
	if (err == OK)
		err = message_list(&request->arena, request->id[0],
		    (uint32_t)request->id[1], (uint32_t)request->id[1],
		    &messages, &n);
	if (err != OK || n != 1)
		return err != OK ? err : ERR_NOT_FOUND;
	view->page = "message";
	page_may_wait(request);
	own = messages->sender == request->viewer.uid;
	view_text(view, &view->root, "name", shown_name(page.talk.name,
	    page.talk.remark));
	view_text(view, &view->root, "who", own ?
	    str_of(request->viewer.user->name) :
	    shown_name(page.talk.name, page.talk.remark));
	view_bool(view, &view->root, "own", own);
	view_text(view, &view->root, "day", shell_day(request, messages->sent_ms));
	view_time(view, &view->root, "time", messages->sent_ms,
	    shell_clock(request, messages->sent_ms));
	view_link(view, &view->root, "back", talk_link(request, "b",
	    messages->seq));
	fill_parts(request, messages);
	return OK;
}

const struct route routes_conversation[] = {
	{ .segment = "c", .numbers = 1, .page = "conversation",
	  .signed_in = true, .form = FORM_TALK, .key_by_page = true,
	  .get = conversation_show, .post = conversation_post },
	{ .segment = "c", .numbers = 2, .page = "message", .signed_in = true,
	  .get = message_show },
	{ .segment = NULL },
};
