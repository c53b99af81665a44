/*
 * Sending and reading messages.
 *
 * Invariants: the messages of a talk are 1..last_seq without gaps, each
 * stored in the command that moved the head.  What a form has sent is
 * remembered in T_SENT in the same command, so a form's text is one message
 * however often and on however many lines it arrives; the memory is asked
 * before any right is, since a repeated send changes nothing.
 *
 * message_send_run: committer.  The rest: any thread, results in the arena.
 */
#include "im/message.h"

#include "base/secret.h"
#include "im/contact.h"
#include "im/conversation.h"
#include "im/record.h"
#include "im/soft.h"
#include "text/utf8.h"

/* ---- what forms have sent ---- */

static struct key
sent_key(uint64_t uid, const struct form_id *form, struct str text)
{
	uint8_t hash[16];
	struct key key = key_u8(KEY1(uid), (uint8_t)form->page);

	secret_hash(hash, sizeof(hash), STR_NONE, text);
	key = key_u32(key_u64(key, form->page_id), form->count);
	return key_bytes(key, (struct str){ (char *)hash, 8 });
}

enum err
message_find_sent(struct txn *txn, uint64_t uid, const struct form_id *form,
    struct str text, Rec__Sent **out)
{
	if (!form->once)
		return ERR_NOT_FOUND;
	return store_get_record(txn, T_SENT, sent_key(uid, form, text),
	    &rec__sent__descriptor, txn_arena(txn), out);
}

enum err
message_was_sent(struct arena *arena, uint64_t uid, const struct form_id *form,
    struct str text, int64_t *sent_ms)
{
	Rec__Sent *sent;
	enum err err = store_get_record(NULL, T_SENT, sent_key(uid, form, text),
	    &rec__sent__descriptor, arena, &sent);

	if (err == OK)
		*sent_ms = sent->sent_ms;
	return err;
}

static enum err
remember_sent(struct txn *txn, const struct message_send *send)
{
	struct key key = sent_key(send->uid, &send->form, send->text);
	Rec__Sent sent = REC__SENT__INIT;
	enum err err;

	if (!send->form.once)
		return OK;
	sent.cid = send->cid;
	sent.seq = send->seq;
	sent.sent_ms = send->sent_ms;
	sent.expires_ms = send->sent_ms + SENT_KEEP_MS;
	err = store_put_record(txn, T_SENT, key, &sent.base);
	if (err != OK)
		return err;
	return store_expire_at(txn, T_SENT, key, sent.expires_ms);
}

/* ---- sending ---- */

enum err
message_check(struct str text)
{
	if (text.len == 0)
		return ERR_TEXT_EMPTY;
	if (text.len > MESSAGE_MAX_CHARS * 4)
		return ERR_TEXT_LONG;
	if (!utf8_valid(text))
		return ERR_TEXT_BYTES;
	return utf8_chars(text) > MESSAGE_MAX_CHARS ? ERR_TEXT_LONG : OK;
}

/* The talk that the form writes to and the other in it; makes a talk only when
 * the other takes messages. */
static enum err
find_talk(struct txn *txn, struct message_send *send, uint64_t *peer)
{
	struct arena *arena = txn_arena(txn);
	Rec__Conversation *conv;
	enum err err;

	if (send->form.page == FORM_TALK) {
		send->cid = send->form.page_id;
		err = conversation_head(txn, arena, send->cid, &conv);
		if (err != OK)
			return err;
		if (conv->user_a != send->uid && conv->user_b != send->uid)
			return ERR_NOT_FOUND;
		*peer = conv->user_a == send->uid ? conv->user_b : conv->user_a;
		return contact_may_write(txn, arena, send->uid, *peer);
	}
	*peer = send->form.page_id;
	err = contact_may_write(txn, arena, send->uid, *peer);
	if (err != OK)
		return err;
	return conversation_make(txn, send->uid, *peer, &send->cid);
}

static enum err
put_message(struct txn *txn, const struct message_send *send,
    Rec__Conversation *conv)
{
	Rec__Message message = REC__MESSAGE__INIT;
	enum err err;

	conv->last_seq = send->seq;
	conv->last_ms = send->sent_ms;
	conv->last_sender = send->uid;
	conv->snippet = record_bytes(
	    utf8_snippet(txn_arena(txn), send->text, SNIPPET_CHARS));
	err = store_put_record(txn, T_CONV, KEY1(send->cid), &conv->base);
	if (err != OK)
		return err;
	message.sender = send->uid;
	message.sent_ms = send->sent_ms;
	message.text = record_bytes(send->text);
	return store_insert_record(txn, T_MSG,
	    key_u32(KEY1(send->cid), send->seq), &message.base);
}

/* The sender's counter, and the read mark if nothing was unread before. */
static enum err
put_sender(struct txn *txn, struct message_send *send)
{
	struct member_id id = { send->cid, send->uid };
	Rec__Member *member;
	bool counted;
	enum err err;

	err = conversation_member(txn, txn_arena(txn), id, &member);
	if (err != OK)
		return err;
	counted = send->form.once && send->form.count == member->send_count;
	send->read = soft_read_get(send->uid, send->cid, member->read_seq) + 1 >=
	    send->seq;
	if (counted)
		member->send_count++;
	if (send->read)
		member->read_seq = send->seq;
	touch(txn, OBJ_MEMBER, send->cid, send->uid);
	if (!counted && !send->read)
		return OK;
	return store_put_record(txn, T_MEMBER, KEY2(id.cid, id.uid),
	    &member->base);
}

static enum err
touch_receiver(struct txn *txn, const struct message_send *send, uint64_t peer)
{
	struct member_id id = { send->cid, peer };
	Rec__Member *member;
	enum err err;

	err = conversation_member(txn, txn_arena(txn), id, &member);
	if (err != OK)
		return err;
	touch(txn, OBJ_INBOX, peer, 0);
	if (soft_read_get(peer, send->cid, member->read_seq) + 1 >= send->seq)
		touch(txn, OBJ_BAR, peer, 0);
	return OK;
}

static enum err
deliver(struct txn *txn, struct message_send *send, uint64_t peer)
{
	Rec__Conversation *conv;
	enum err err;

	err = conversation_head(txn, txn_arena(txn), send->cid, &conv);
	if (err != OK)
		return err;
	if (conv->last_seq == UINT32_MAX)
		return ERR_LIMIT;
	send->seq = conv->last_seq + 1;
	send->sent_ms = txn_now_ms(txn);
	err = put_message(txn, send, conv);
	if (err == OK)
		err = put_sender(txn, send);
	if (err == OK)
		err = touch_receiver(txn, send, peer);
	if (err == OK)
		err = remember_sent(txn, send);
	if (err == OK)
		err = draft_drop(txn, send->uid, &send->form, send->text);
	touch(txn, OBJ_CONV, send->cid, 0);
	touch(txn, OBJ_INBOX, send->uid, 0);
	return err;
}

enum err
message_send_run(struct txn *txn, struct command *command)
{
	struct message_send *send = (struct message_send *)command;
	Rec__Sent *sent;
	uint64_t peer;
	enum err err;

	send->cid = 0;
	send->seq = 0;
	send->sent_ms = 0;
	send->repeated = send->read = false;
	err = message_check(send->text);
	if (err != OK)
		return err;
	err = message_find_sent(txn, send->uid, &send->form, send->text, &sent);
	if (err == OK) {
		send->cid = sent->cid;
		send->seq = sent->seq;
		send->sent_ms = sent->sent_ms;
		send->repeated = true;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	err = find_talk(txn, send, &peer);
	if (err != OK)
		return err;
	return deliver(txn, send, peer);
}

void
message_sent_read(const struct message_send *sent)
{
	if (sent->read)
		soft_read(sent->uid, sent->cid, sent->seq, sent->seq - 1, NULL);
}

/* ---- reading ---- */

static enum err
fill(struct arena *arena, const struct row *row, struct message *out)
{
	Rec__Message *message;

	message = store_unpack(row->value, &rec__message__descriptor, arena);
	if (message == NULL)
		return ERR_INTERNAL;
	*out = (struct message){
		.seq = key_get_u32(row->key, 8),
		.sender = message->sender,
		.sent_ms = message->sent_ms,
		.text = record_str(message->text),
	};
	return OK;
}

enum err
message_list(struct arena *arena, uint64_t cid, uint32_t first, uint32_t last,
    struct message **out, size_t *n)
{
	struct rows rows;
	enum err err;

	*out = NULL;
	*n = 0;
	if (first == 0)
		first = 1;
	if (last < first)
		return OK;
	err = store_scan(NULL, T_MSG, KEY1(cid), key_u32(KEY1(cid), first),
	    (size_t)last - first + 1, arena, &rows);
	if (err != OK || rows.n == 0)
		return err;
	*out = ARENA_ARRAY(arena, struct message, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		err = fill(arena, &rows.row[i], &(*out)[i]);
		if (err != OK)
			return err;
	}
	*n = rows.n;
	return OK;
}
