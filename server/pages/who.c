/*
 * What pages say of other people's presence.
 *
 * The invisible, the absent and those who hide it from this viewer are one and
 * the same here, so no page can tell them apart.  The store is read only of
 * people who are here: for their own line, and where no friendship says that
 * they may be seen.
 */
#include "pages/pages.h"

#include "live/typing.h"

#define STATUS_DECK_CHARS 20 /* of an own line, in decks with more to say */

static const unsigned ranks[PRESENCE_STATES] = {
	[PRESENCE_ONLINE] = 4,
	[PRESENCE_PHONE] = 3,
	[PRESENCE_BUSY] = 2,
	[PRESENCE_AWAY] = 1,
};

struct who
who_get(struct request *request, const struct contact *row)
{
	struct who who = {
		.uid = row->uid,
		.friend = contact_may_see(row),
	};
	struct showing showing;
	enum presence state = shown_presence(row->uid, &showing);

	if (state == PRESENCE_OFFLINE || !showing_may_see(&request->arena,
	    request->viewer.uid, row, showing.rule))
		return who;
	who.state = state;
	who.status = showing.status;
	return who;
}

int
who_cmp(const struct who *a, const struct who *b)
{
	return (int)ranks[b->state] - (int)ranks[a->state];
}

static void
fill_status(struct request *request, struct view_row *row, uint64_t uid,
    bool whole)
{
	struct str status;
	Rec__User *user;

	if (account_get(NULL, &request->arena, uid, &user) != OK)
		return;
	status = str_of(user->status);
	if (request->key.face == FACE_WML && !whole)
		status = utf8_snippet(&request->arena, status,
		    STATUS_DECK_CHARS);
	view_text(&request->view, row, "status", status);
}

void
who_fill(struct request *request, struct view_row *row, const struct who *who)
{
	if (who->friend || who->state != PRESENCE_OFFLINE)
		view_int(&request->view, row, "presence", who->state);
	if (who->status)
		fill_status(request, row, who->uid, who->whole);
}

void
who_beside(struct request *request, const struct conversation *talk)
{
	struct contact peer = { .uid = talk->peer, .state = talk->state };
	uint64_t uid = request->viewer.uid;
	struct who who;
	int64_t until;

	page_watch(request, OBJ_TYPING, uid, talk->peer);
	page_calm(request, OBJ_PEER, uid, talk->peer);
	page_calm(request, OBJ_PEER, uid, 0);
	who = who_get(request, &peer);
	if (who.state == PRESENCE_OFFLINE)
		return;
	who_fill(request, &request->view.root, &who);
	until = typing_until(talk->cid, talk->peer, request->now_ms);
	if (until == 0)
		return;
	view_bool(&request->view, &request->view.root, "writing", true);
	watch_until(&request->calm, until);
}

void
who_writes(struct request *request, const struct conversation *talk)
{
	uint64_t uid = request->viewer.uid;
	struct showing showing;
	struct contact row;

	/* Each fetch counts, so none may be answered from memory. */
	request->memo[0] = request->memo[1] = 0;
	if (request->method != METHOD_GET || !request_counts(request) ||
	    shown_presence(uid, &showing) == PRESENCE_OFFLINE ||
	    contact_get(NULL, &request->arena, talk->peer, uid, &row) != OK ||
	    !showing_may_see(&request->arena, talk->peer, &row,
	    showing.rule))
		return;
	typing_begin(talk->cid, uid, talk->peer, request->now_ms);
}
