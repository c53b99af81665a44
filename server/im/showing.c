/*
 * What people are shown as, and to whom: fields of the user record, and the
 * rule over friends, talks and blocks.  The commands here are the only ones
 * that write these fields.
 */
#include "im/showing.h"

#include <stdlib.h>

#include "im/account.h"
#include "im/conversation.h"
#include "im/record.h"
#include "text/utf8.h"

#define STATUS_MAX (STATUS_MAX_CHARS * 4) /* bytes */

static struct showing
showing_of(const Rec__User *user)
{
	struct showing out = {
		.mode = user->presence_mode,
		.status = user->status.len != 0,
		.image = user->image_generation,
		.seen_ms = user->seen_ms,
	};

	if (user->prefs != NULL)
		out.rule = user->prefs->see_rule;
	/* A value of a newer program: less is shown rather than more. */
	if (out.mode >= SHOWING_MODES)
		out.mode = SHOWING_INVISIBLE;
	if (out.rule >= SHOWING_RULES)
		out.rule = SHOWING_NOBODY;
	return out;
}

enum err
showing_get(struct arena *arena, uint64_t uid, struct showing *out)
{
	Rec__User *user;
	enum err err = account_get(NULL, arena, uid, &user);

	*out = err == OK ? showing_of(user) : (struct showing){
		.mode = SHOWING_INVISIBLE,
		.rule = SHOWING_NOBODY,
	};
	return err;
}

/* ---- who may see ---- */

static bool
has_talk(struct arena *arena, uint64_t viewer, const struct contact *row)
{
	struct contact back;
	uint64_t cid;

	return row->state != REC__FRIEND__STATE__BLOCKED &&
	    contact_get(NULL, arena, row->uid, viewer, &back) == OK &&
	    back.state != REC__FRIEND__STATE__BLOCKED &&
	    conversation_find(NULL, arena, viewer, row->uid, &cid) == OK;
}

bool
showing_may_see(struct arena *arena, uint64_t viewer,
    const struct contact *viewers_row, enum showing_rule rule)
{
	if (rule == SHOWING_NOBODY)
		return false;
	return contact_may_see(viewers_row) || (rule == SHOWING_TALKS &&
	    has_talk(arena, viewer, viewers_row));
}

static int
by_uid(const void *uid, const void *row)
{
	uint64_t a = *(const uint64_t *)uid;
	uint64_t b = ((const struct contact *)row)->uid;

	return a < b ? -1 : a > b;
}

/* Friends are listed already, and the blocked never. */
static bool
adds(const struct contact *rows, size_t n, uint64_t uid)
{
	const struct contact *row = n != 0 ? bsearch(&uid, rows, n,
	    sizeof(*rows), by_uid) : NULL;

	return row == NULL || (!contact_may_see(row) &&
	    row->state != REC__FRIEND__STATE__BLOCKED);
}

enum err
showing_audience(struct arena *arena, uint64_t uid, enum showing_rule rule,
    uint64_t **out, size_t *n)
{
	struct contact *rows;
	uint64_t *peers = NULL;
	size_t n_rows, n_peers = 0;
	enum err err = contact_list(arena, uid, &rows, &n_rows);

	*n = 0;
	if (err == OK && rule == SHOWING_TALKS)
		err = conversation_peers(arena, uid, &peers, &n_peers);
	if (err != OK)
		return err;
	*out = ARENA_ARRAY(arena, uint64_t, n_rows + n_peers + 1);
	for (size_t i = 0; i < n_rows; i++)
		if (contact_may_see(&rows[i]))
			(*out)[(*n)++] = rows[i].uid;
	for (size_t i = 0; i < n_peers; i++)
		if (adds(rows, n_rows, peers[i]))
			(*out)[(*n)++] = peers[i];
	return OK;
}

/* ---- changing ---- */

static enum err
check(const struct showing_set *in)
{
	if (in->mode >= SHOWING_MODES || in->rule >= SHOWING_RULES)
		return ERR_FIELD_BAD;
	if (in->status.len > STATUS_MAX ||
	    utf8_chars(in->status) > STATUS_MAX_CHARS)
		return ERR_TEXT_LONG;
	return OK;
}

static void
set_rule(struct arena *arena, Rec__User *user, uint32_t rule)
{
	if (user->prefs == NULL) {
		user->prefs = ARENA_NEW(arena, Rec__Prefs);
		rec__prefs__init(user->prefs);
	}
	user->prefs->see_rule = rule;
}

/* To the next number that is odd, with an image out, or even. */
static uint32_t
next_image(uint32_t generation, bool image)
{
	return generation + 1 + ((generation + 1) % 2 != image);
}

enum err
showing_set_run(struct txn *txn, struct command *command)
{
	struct showing_set *in = (struct showing_set *)command;
	struct arena *arena = txn_arena(txn);
	Rec__User *user;
	enum err err = check(in);

	if (err == OK)
		err = account_get(txn, arena, in->uid, &user);
	if (err != OK)
		return err;
	if (in->set & SHOW_MODE)
		user->presence_mode = in->mode;
	if (in->set & SHOW_STATUS)
		user->status = record_bytes(in->status);
	if (in->set & SHOW_RULE)
		set_rule(arena, user, in->rule);
	if (in->set & SHOW_IMAGE)
		user->image_generation = next_image(user->image_generation,
		    in->image);
	touch(txn, OBJ_SHOWING, in->uid, 0);
	return store_put_record(txn, T_USER, KEY1(in->uid), &user->base);
}
