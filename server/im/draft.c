/*
 * Drafts: typed text that could not be sent, one per page and user, at most 20
 * a user, for 30 days.
 *
 * A text that its form has sent already is no draft: else a resend after a
 * sign-in would offer it again.  draft_get: any thread, result in the arena.
 * The rest: committer.
 */
#include "im/message.h"
#include "im/record.h"

#define DRAFT_MAX 20
#define DRAFT_KEEP_MS (INT64_C(30) * 86400000)
#define SCAN_MAX 1000

static struct key
draft_key(uint64_t uid, enum form_page page, uint64_t page_id)
{
	return key_u64(key_u8(KEY1(uid), (uint8_t)page), page_id);
}

struct object
draft_object(uint64_t uid, enum form_page page, uint64_t page_id)
{
	return (struct object){ OBJ_DRAFT, uid, (uint64_t)page << 56 | page_id };
}

static enum err
drop(struct txn *txn, uint64_t uid, enum form_page page, uint64_t page_id)
{
	txn_touch(txn, draft_object(uid, page, page_id));
	return store_del(txn, T_DRAFT, draft_key(uid, page, page_id));
}

static enum err
get(struct txn *txn, struct arena *arena, struct key key, Rec__Draft **out)
{
	return store_get_record(txn, T_DRAFT, key, &rec__draft__descriptor,
	    arena, out);
}

enum err
draft_drop(struct txn *txn, uint64_t uid, const struct form_id *form,
    struct str text)
{
	Rec__Draft *draft;
	enum err err;

	err = get(txn, txn_arena(txn), draft_key(uid, form->page, form->page_id),
	    &draft);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	if (!str_eq(record_str(draft->text), text))
		return OK;
	return drop(txn, uid, form->page, form->page_id);
}

/* Before a new one: deletes the oldest until there is room. */
static enum err
make_room(struct txn *txn, uint64_t uid)
{
	struct arena *arena = txn_arena(txn);
	const struct row *oldest = NULL;
	int64_t oldest_ms = 0;
	struct rows rows;
	enum err err;

	err = store_scan(txn, T_DRAFT, KEY1(uid), KEY1(uid), SCAN_MAX, arena,
	    &rows);
	if (err != OK || rows.n < DRAFT_MAX)
		return err;
	for (size_t i = 0; i < rows.n; i++) {
		Rec__Draft *draft = store_unpack(rows.row[i].value,
		    &rec__draft__descriptor, arena);

		if (draft == NULL)
			return ERR_INTERNAL;
		if (oldest == NULL || draft->saved_ms < oldest_ms) {
			oldest = &rows.row[i];
			oldest_ms = draft->saved_ms;
		}
	}
	return drop(txn, uid, (enum form_page)(uint8_t)oldest->key.p[8],
	    key_get_u64(oldest->key, 9));
}

enum err
draft_put_run(struct txn *txn, struct command *command)
{
	struct draft_put *put = (struct draft_put *)command;
	const struct form_id *form = &put->form;
	struct key key = draft_key(put->uid, form->page, form->page_id);
	Rec__Draft draft = REC__DRAFT__INIT;
	Rec__Sent *sent;
	enum err err;

	if (put->text.len == 0)
		return drop(txn, put->uid, form->page, form->page_id);
	err = message_check(put->text);
	if (err != OK)
		return err;
	err = message_find_sent(txn, put->uid, form, put->text, &sent);
	if (err != ERR_NOT_FOUND)
		return err;
	err = store_get(txn, T_DRAFT, key, txn_arena(txn), NULL);
	if (err == ERR_NOT_FOUND)
		err = make_room(txn, put->uid);
	if (err != OK)
		return err;
	draft.text = record_bytes(put->text);
	draft.count = form->count;
	draft.saved_ms = txn_now_ms(txn);
	draft.expires_ms = draft.saved_ms + DRAFT_KEEP_MS;
	err = store_put_record(txn, T_DRAFT, key, &draft.base);
	if (err != OK)
		return err;
	txn_touch(txn, draft_object(put->uid, form->page, form->page_id));
	return store_expire_at(txn, T_DRAFT, key, draft.expires_ms);
}

enum err
draft_get(struct arena *arena, uint64_t uid, enum form_page page,
    uint64_t page_id, struct str *text, uint32_t *count)
{
	Rec__Draft *draft;
	enum err err;

	err = get(NULL, arena, draft_key(uid, page, page_id), &draft);
	if (err != OK)
		return err;
	*text = record_str(draft->text);
	*count = draft->count;
	return OK;
}
