/*
 * Commands that bring an export in.  They keep the same promises between tables
 * as what people do (store/promises.c), and like all commands they are pure:
 * each run sets its out-fields anew.
 *
 * The file of one side tells of the other as well: its friends are friends of
 * both, what was asked was asked of somebody.  So each side's row is made by
 * whichever file comes first and completed by its owner's: the order of files
 * does not matter.
 */
#include "im/import.h"

#include "im/account.h"
#include "im/conversation.h"
#include "im/prefs.h"
#include "im/record.h"
#include "text/utf8.h"

#define NONE REC__FRIEND__STATE__NONE
#define FRIEND REC__FRIEND__STATE__FRIEND
#define ASKED REC__FRIEND__STATE__ASKED
#define ASKED_ME REC__FRIEND__STATE__ASKED_ME
#define BLOCKED REC__FRIEND__STATE__BLOCKED

/* ---- people ---- */

static enum err
user_make(struct txn *txn, struct import_user *in)
{
	struct account_register reg = { .password_hash = PASSWORD_NONE };
	enum err err = utf8_name(txn_arena(txn), in->name, &reg.name,
	    &reg.folded);

	if (err == OK)
		err = account_register_run(txn, &reg.command);
	in->uid = reg.uid;
	in->made = true;
	return err;
}

/* What the owner's file says of an account that has no password yet; others may
 * have talks with it already, and the rule says who may write there. */
static enum err
user_complete(struct txn *txn, const struct import_user *in)
{
	Rec__User *user;
	enum err err = account_get(txn, txn_arena(txn), in->uid, &user);

	if (err != OK || account_hash(user).len != 0)
		return err;
	user->created_ms = user->seen_ms = in->created_ms;
	user->prefs = (Rec__Prefs *)(uintptr_t)in->prefs;
	touch(txn, OBJ_USER, in->uid, 0);
	err = store_put_record(txn, T_USER, KEY1(in->uid), &user->base);
	return err != OK ? err : conversation_touch_peers(txn, in->uid);
}

enum err
import_user_run(struct txn *txn, struct command *command)
{
	struct import_user *in = (struct import_user *)command;
	enum err err;

	in->uid = 0;
	in->made = false;
	err = account_find_in(txn, txn_arena(txn), in->name, &in->uid);
	if (err == ERR_NOT_FOUND)
		err = user_make(txn, in);
	if (err == OK && in->prefs != NULL)
		err = user_complete(txn, in);
	return err;
}

/* ---- friends ---- */

static enum err
row_put(struct txn *txn, struct import_contact *in, const Rec__Friend *row,
    bool own)
{
	uint64_t uid = own ? in->uid : in->peer, peer = own ? in->peer : in->uid;
	Rec__Friend copy = *row;
	Rec__User *user;
	enum err err = account_get(txn, txn_arena(txn), peer, &user);

	if (err != OK)
		return err;
	copy.name = user->name;
	in->changed = true;
	touch(txn, OBJ_FRIENDS, uid, 0);
	touch(txn, OBJ_INBOX, uid, 0);
	touch(txn, OBJ_BAR, uid, 0);
	touch(txn, OBJ_PRESENCE, uid, 0);
	return store_put_record(txn, T_FRIEND, KEY2(uid, peer), &copy.base);
}

/* What the peer's row is then, as far as this side can know. */
static Rec__Friend__State
mirror(Rec__Friend__State state)
{
	switch (state) {
	case FRIEND:
		return FRIEND;
	case ASKED:
		return ASKED_ME;
	case ASKED_ME:
		return ASKED;
	default:
		return NONE;
	}
}

/* May the own row become `state`, beside what is there?  `both`: the peer has no
 * row and gets the mirrored one. */
static bool
may_become(const struct import_contact *in, Rec__Friend__State own,
    Rec__Friend__State theirs, bool *both)
{
	*both = own == NONE && theirs == NONE && mirror(in->state) != NONE;
	if (own == in->state)
		return true;
	if (own == ASKED_ME)
		return in->state == BLOCKED;
	if (own != NONE)
		return false;
	return theirs == NONE || (theirs == BLOCKED &&
	    (in->state == ASKED || in->state == BLOCKED));
}

enum err
import_contact_run(struct txn *txn, struct command *command)
{
	struct import_contact *in = (struct import_contact *)command;
	struct arena *arena = txn_arena(txn);
	Rec__Friend row = REC__FRIEND__INIT;
	struct contact own, theirs;
	bool both;
	enum err err;

	in->changed = false;
	err = contact_get(txn, arena, in->uid, in->peer, &own);
	if (err == OK)
		err = contact_get(txn, arena, in->peer, in->uid, &theirs);
	if (err != OK || !may_become(in, own.state, theirs.state, &both))
		return err;
	row.state = in->state;
	row.since_ms = in->since_ms;
	row.remark = record_bytes(own.remark.len != 0 ? own.remark : in->remark);
	if (own.state != row.state || own.since_ms != row.since_ms ||
	    !str_eq(own.remark, record_str(row.remark)))
		err = row_put(txn, in, &row, true);
	if (err == OK && both) {
		row.state = mirror(in->state);
		row.remark = record_bytes(STR_NONE);
		err = row_put(txn, in, &row, false);
	}
	if (err != OK || !in->changed)
		return err;
	return conversation_touch_pair(txn, in->uid, in->peer);
}

/* ---- talks ---- */

static enum err
member_since(struct txn *txn, struct member_id id, int64_t since_ms)
{
	Rec__Member *member;
	enum err err = conversation_member(txn, txn_arena(txn), id, &member);

	if (err != OK)
		return err;
	member->joined_ms = since_ms;
	return store_put_record(txn, T_MEMBER, KEY2(id.cid, id.uid),
	    &member->base);
}

/* A new talk says "now"; this one began then. */
static enum err
talk_since(struct txn *txn, const struct import_talk *in)
{
	Rec__Conversation *conv;
	enum err err = conversation_head(txn, txn_arena(txn), in->cid, &conv);

	if (err != OK)
		return err;
	conv->last_ms = in->since_ms;
	err = store_put_record(txn, T_CONV, KEY1(in->cid), &conv->base);
	if (err == OK)
		err = member_since(txn, (struct member_id){ in->cid, in->uid },
		    in->since_ms);
	if (err == OK)
		err = member_since(txn, (struct member_id){ in->cid, in->peer },
		    in->since_ms);
	return err;
}

enum err
import_talk_run(struct txn *txn, struct command *command)
{
	struct import_talk *in = (struct import_talk *)command;
	enum err err;

	in->made = false;
	err = conversation_find(txn, txn_arena(txn), in->uid, in->peer, &in->cid);
	if (err != ERR_NOT_FOUND)
		return err;
	in->made = true;
	err = conversation_make(txn, in->uid, in->peer, &in->cid);
	return err != OK ? err : talk_since(txn, in);
}

/* ---- messages ---- */

/* How many at the head of the list are there; ERR_EXISTS: one is not the same. */
static enum err
compare(struct import_messages *in, const struct rows *rows, struct arena *arena,
    size_t *same)
{
	for (*same = 0; *same < in->n && *same < rows->n; ++*same) {
		const struct message *message = &in->list[*same];
		const struct row *row = &rows->row[*same];
		const Rec__Message *known = store_unpack(row->value,
		    &rec__message__descriptor, arena);

		if (known == NULL)
			return ERR_INTERNAL;
		in->differs = message->seq;
		if (key_get_u32(row->key, 8) != message->seq ||
		    known->sender != message->sender ||
		    known->sent_ms != message->sent_ms ||
		    !str_eq(record_str(known->text), message->text))
			return ERR_EXISTS;
	}
	in->differs = 0;
	return OK;
}

static enum err
known_part(struct txn *txn, struct import_messages *in, struct arena *arena,
    size_t *same)
{
	struct key from = key_u32(KEY1(in->cid), in->list[0].seq);
	struct rows rows;
	enum err err = store_scan(txn, T_MSG, KEY1(in->cid), from, in->n, arena,
	    &rows);

	return err != OK ? err : compare(in, &rows, arena, same);
}

enum err
import_compare(struct arena *arena, struct import_messages *in)
{
	size_t same;

	in->fresh = in->n;
	in->differs = 0;
	if (in->cid == 0 || in->n == 0)
		return OK;
	return known_part(NULL, in, arena, &same);
}

static enum err
append(struct txn *txn, uint64_t cid, const struct message *message)
{
	Rec__Message row = REC__MESSAGE__INIT;

	row.sender = message->sender;
	row.sent_ms = message->sent_ms;
	row.text = record_bytes(message->text);
	return store_insert_record(txn, T_MSG,
	    key_u32(KEY1(cid), message->seq), &row.base);
}

static enum err
move_head(struct txn *txn, const struct import_messages *in,
    Rec__Conversation *conv)
{
	const struct message *last = &in->list[in->n - 1];

	conv->last_seq = last->seq;
	conv->last_ms = last->sent_ms;
	conv->last_sender = last->sender;
	conv->snippet = record_bytes(
	    utf8_snippet(txn_arena(txn), last->text, SNIPPET_CHARS));
	touch(txn, OBJ_CONV, in->cid, 0);
	touch(txn, OBJ_INBOX, conv->user_a, 0);
	touch(txn, OBJ_INBOX, conv->user_b, 0);
	touch(txn, OBJ_BAR, conv->user_a, 0);
	touch(txn, OBJ_BAR, conv->user_b, 0);
	return store_put_record(txn, T_CONV, KEY1(in->cid), &conv->base);
}

enum err
import_messages_run(struct txn *txn, struct command *command)
{
	struct import_messages *in = (struct import_messages *)command;
	struct arena *arena = txn_arena(txn);
	Rec__Conversation *conv;
	size_t same;
	enum err err;

	in->fresh = 0;
	in->differs = 0;
	if (in->n == 0)
		return OK;
	err = conversation_head(txn, arena, in->cid, &conv);
	if (err == OK)
		err = known_part(txn, in, arena, &same);
	if (err != OK || same == in->n)
		return err;
	if (in->list[same].seq != conv->last_seq + 1)
		return ERR_REQUEST;
	in->fresh = in->n - same;
	for (; err == OK && same < in->n; same++)
		err = append(txn, in->cid, &in->list[same]);
	return err != OK ? err : move_head(txn, in, conv);
}

enum err
import_read_run(struct txn *txn, struct command *command)
{
	struct import_read *in = (struct import_read *)command;
	struct member_id id = { in->cid, in->uid };

	touch(txn, OBJ_MEMBER, in->cid, in->uid);
	touch(txn, OBJ_INBOX, in->uid, 0);
	touch(txn, OBJ_BAR, in->uid, 0);
	return conversation_read(txn, id, in->seq);
}
