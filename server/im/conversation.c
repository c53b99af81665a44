/*
 * Talks: their heads, members, and the list each user sees.
 *
 * Invariants: a direct talk has one T_PAIR, one T_CONV, two T_MEMBER and two
 * T_INBOX rows, made in one command and never deleted.  Unread is last_seq -
 * read_seq, so nothing is written per reader.  A reader always reads the head
 * before the member row: a command writes both, so the mark is never older
 * than the head it is compared with.
 *
 * Results live in the caller's arena.  txn NULL: serving threads.
 */
#include "im/conversation.h"

#include <stdlib.h>

#include "im/account.h"
#include "im/contact.h"
#include "im/record.h"
#include "im/soft.h"

#define TYPE_DIRECT 1
#define LIST_MAX 100000 /* talks of a user that are looked at */

static struct key
pair_key(uint64_t a, uint64_t b)
{
	return a < b ? KEY2(a, b) : KEY2(b, a);
}

static uint64_t
peer_of(const Rec__Conversation *conv, uint64_t uid)
{
	return conv->user_a == uid ? conv->user_b : conv->user_a;
}

enum err
conversation_head(struct txn *txn, struct arena *arena, uint64_t cid,
    Rec__Conversation **out)
{
	return store_get_record(txn, T_CONV, KEY1(cid),
	    &rec__conversation__descriptor, arena, out);
}

enum err
conversation_member(struct txn *txn, struct arena *arena, struct member_id id,
    Rec__Member **out)
{
	return store_get_record(txn, T_MEMBER, KEY2(id.cid, id.uid),
	    &rec__member__descriptor, arena, out);
}

/* ---- reading ---- */

/* Head and own mark of the talk `out->cid`. */
static enum err
fill_head(struct arena *arena, uint64_t viewer, struct conversation *out)
{
	Rec__Conversation *conv;
	Rec__Member *member;
	enum err err;

	err = conversation_head(NULL, arena, out->cid, &conv);
	if (err != OK)
		return err;
	if (conv->user_a != viewer && conv->user_b != viewer)
		return ERR_NOT_FOUND;
	err = conversation_member(NULL, arena,
	    (struct member_id){ out->cid, viewer }, &member);
	if (err != OK)
		return err;
	out->peer = peer_of(conv, viewer);
	out->last_seq = conv->last_seq;
	out->read_seq = soft_read_get(viewer, out->cid, member->read_seq);
	if (out->read_seq > out->last_seq) /* read after our head was */
		out->read_seq = out->last_seq;
	out->send_count = member->send_count;
	out->last_sender = conv->last_sender;
	out->last_ms = conv->last_ms;
	out->snippet = record_str(conv->snippet);
	return OK;
}

/* What the viewer's row for the other says, if there is one. */
static enum err
fill_contact(struct arena *arena, uint64_t viewer, struct conversation *out)
{
	struct contact contact;
	enum err err = contact_get(NULL, arena, viewer, out->peer, &contact);

	out->name = contact.name;
	out->remark = contact.remark;
	out->state = contact.state;
	return err;
}

enum err
conversation_get(struct arena *arena, uint64_t cid, uint64_t viewer,
    struct conversation *out)
{
	Rec__Inbox *inbox;
	enum err err;

	*out = (struct conversation){ .cid = cid };
	err = fill_head(arena, viewer, out);
	if (err == OK)
		err = fill_contact(arena, viewer, out);
	if (err != OK || out->name.len != 0)
		return err;
	/* They have nothing but this talk together. */
	err = store_get_record(NULL, T_INBOX, KEY2(viewer, cid),
	    &rec__inbox__descriptor, arena, &inbox);
	if (err == OK)
		out->name = record_str(inbox->name);
	return err;
}

bool
conversation_later(const struct conversation *a, const struct conversation *b)
{
	return a->last_ms != b->last_ms ? a->last_ms > b->last_ms :
	    a->cid > b->cid;
}

static int
latest_first(const void *a, const void *b)
{
	return conversation_later(b, a) - conversation_later(a, b);
}

/* A user's contacts by uid: one bulk read costs a tenth of a get per talk. */
struct contacts {
	struct contact *contact;
	size_t n;
};

static int
by_uid(const void *va, const void *vb)
{
	const struct contact *a = va, *b = vb;

	return (a->uid > b->uid) - (a->uid < b->uid);
}

static void
find_contact(const struct contacts *contacts, struct conversation *out)
{
	struct contact key = { .uid = out->peer }, *found;

	if (contacts->n == 0)
		return;
	found = bsearch(&key, contacts->contact, contacts->n, sizeof(key), by_uid);
	if (found == NULL)
		return;
	out->remark = found->remark;
	out->state = found->state;
}

static enum err
fill_row(struct arena *arena, uint64_t uid, const struct row *row,
    struct conversation *out)
{
	Rec__Inbox *inbox;

	inbox = store_unpack(row->value, &rec__inbox__descriptor, arena);
	if (inbox == NULL)
		return ERR_INTERNAL;
	out->cid = key_get_u64(row->key, 8);
	out->name = record_str(inbox->name);
	return fill_head(arena, uid, out);
}

enum err
conversation_list(struct arena *arena, uint64_t uid, struct conversation **out,
    size_t *n)
{
	struct conversation *list;
	struct contacts contacts;
	struct rows rows;
	enum err err;

	*out = NULL;
	*n = 0;
	err = store_scan(NULL, T_INBOX, KEY1(uid), KEY1(uid), LIST_MAX, arena,
	    &rows);
	if (err != OK || rows.n == 0)
		return err;
	err = contact_list(arena, uid, &contacts.contact, &contacts.n);
	if (err != OK)
		return err;
	list = ARENA_ARRAY(arena, struct conversation, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		err = fill_row(arena, uid, &rows.row[i], &list[i]);
		if (err != OK)
			return err;
		find_contact(&contacts, &list[i]);
	}
	qsort(list, rows.n, sizeof(*list), latest_first);
	*out = list;
	*n = rows.n;
	return OK;
}

enum err
conversation_find(struct txn *txn, struct arena *arena, uint64_t a, uint64_t b,
    uint64_t *cid)
{
	struct str value;
	enum err err;

	err = store_get(txn, T_PAIR, pair_key(a, b), arena, &value);
	if (err != OK)
		return err;
	if (value.len != 8)
		return ERR_INTERNAL;
	*cid = key_get_u64(value, 0);
	return OK;
}

/* ---- in commands ---- */

static enum err
put_head(struct txn *txn, uint64_t a, uint64_t b, uint64_t cid)
{
	Rec__Conversation conv = REC__CONVERSATION__INIT;
	struct key cid_key = KEY1(cid);
	enum err err;

	conv.type = TYPE_DIRECT;
	conv.last_ms = txn_now_ms(txn); /* sorts among the newest at once */
	conv.user_a = a < b ? a : b;
	conv.user_b = a < b ? b : a;
	err = store_insert(txn, T_PAIR, pair_key(a, b),
	    (struct str){ (char *)cid_key.p, cid_key.len });
	if (err != OK)
		return err;
	return store_insert_record(txn, T_CONV, cid_key, &conv.base);
}

static enum err
put_side(struct txn *txn, uint64_t cid, uint64_t uid, uint64_t peer)
{
	Rec__Member member = REC__MEMBER__INIT;
	Rec__Inbox inbox = REC__INBOX__INIT;
	Rec__User *user;
	enum err err;

	err = account_get(txn, txn_arena(txn), peer, &user);
	if (err != OK)
		return err;
	member.joined_ms = txn_now_ms(txn);
	err = store_insert_record(txn, T_MEMBER, KEY2(cid, uid), &member.base);
	if (err != OK)
		return err;
	inbox.peer = peer;
	inbox.name = user->name;
	touch(txn, OBJ_TALKS, uid, 0);
	touch(txn, OBJ_INBOX, uid, 0);
	touch(txn, OBJ_MEMBER, cid, uid);
	return store_insert_record(txn, T_INBOX, KEY2(uid, cid), &inbox.base);
}

enum err
conversation_make(struct txn *txn, uint64_t a, uint64_t b, uint64_t *cid)
{
	uint64_t lower = a < b ? a : b, higher = a < b ? b : a;
	enum err err;

	if (a == b)
		return ERR_SELF;
	err = conversation_find(txn, txn_arena(txn), a, b, cid);
	if (err != ERR_NOT_FOUND)
		return err;
	err = store_next(txn, "next_cid", cid);
	if (err == OK)
		err = put_head(txn, lower, higher, *cid);
	if (err == OK)
		err = put_side(txn, *cid, lower, higher);
	if (err == OK)
		err = put_side(txn, *cid, higher, lower);
	return err;
}

enum err
conversation_touch_peers(struct txn *txn, uint64_t uid)
{
	struct arena *arena = txn_arena(txn);
	struct rows rows;
	Rec__Inbox *inbox;
	enum err err;

	err = store_scan(txn, T_INBOX, KEY1(uid), KEY1(uid), LIST_MAX, arena,
	    &rows);
	for (size_t i = 0; err == OK && i < rows.n; i++) {
		inbox = store_unpack(rows.row[i].value, &rec__inbox__descriptor,
		    arena);
		if (inbox == NULL)
			return ERR_INTERNAL;
		touch(txn, OBJ_MEMBER, key_get_u64(rows.row[i].key, 8),
		    inbox->peer);
	}
	return err;
}

enum err
conversation_peers(struct arena *arena, uint64_t uid, uint64_t **out, size_t *n)
{
	struct rows rows;
	Rec__Inbox *inbox;
	enum err err;

	*n = 0;
	err = store_scan(NULL, T_INBOX, KEY1(uid), KEY1(uid), LIST_MAX, arena,
	    &rows);
	if (err != OK)
		return err;
	*out = ARENA_ARRAY(arena, uint64_t, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		inbox = store_unpack(rows.row[i].value, &rec__inbox__descriptor,
		    arena);
		if (inbox == NULL)
			return ERR_INTERNAL;
		(*out)[(*n)++] = inbox->peer;
	}
	return OK;
}

enum err
conversation_touch_pair(struct txn *txn, uint64_t a, uint64_t b)
{
	uint64_t cid;
	enum err err = conversation_find(txn, txn_arena(txn), a, b, &cid);

	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	touch(txn, OBJ_MEMBER, cid, a);
	touch(txn, OBJ_MEMBER, cid, b);
	return OK;
}

enum err
conversation_read(struct txn *txn, struct member_id id, uint32_t seq)
{
	struct arena *arena = txn_arena(txn);
	Rec__Conversation *conv;
	Rec__Member *member;
	enum err err;

	err = conversation_member(txn, arena, id, &member);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	if (member->read_seq >= seq)
		return OK;
	err = conversation_head(txn, arena, id.cid, &conv);
	if (err != OK)
		return err;
	/* A mark beyond the head would hide what is yet to come. */
	member->read_seq = seq < conv->last_seq ? seq : conv->last_seq;
	return store_put_record(txn, T_MEMBER, KEY2(id.cid, id.uid),
	    &member->base);
}
