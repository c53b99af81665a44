/*
 * The promises of people, of their sessions and friends, and of what their forms
 * leave.
 */
#include "store/judge.h"

#include "store/records.pb-c.h"

/* ---- people ---- */

void
judge_meta(struct auditor *auditor, const struct visit *visit)
{
	if (str_eq(visit->key, STR("secret")))
		judge_that(auditor, visit, visit->value.len == 32, "not 32 bytes");
	if (str_starts(visit->key, STR("next_")))
		judge_that(auditor, visit, visit->value.len == 8, "not 8 bytes");
	if (str_eq(visit->key, STR("schema")))
		judge_that(auditor, visit, visit->value.len == 8 &&
		    key_get_u64(visit->value, 0) - 1 < STORE_SCHEMA,
		    "written by a newer program");
}

void
judge_user(struct auditor *auditor, const struct visit *visit)
{
	const Rec__User *user = visit->record;
	uint64_t uid = key_get_u64(visit->key, 0);
	struct str owner;

	auditor->audit->users++;
	if (uid > auditor->max_uid)
		auditor->max_uid = uid;
	judge_that(auditor, visit, judge_find(auditor, T_UNAME,
	    judge_key(key_none(), judge_bytes(user->folded)), &owner) &&
	    judge_is_u64(owner, uid),
	    "the name does not lead to the user");
}

void
judge_uname(struct auditor *auditor, const struct visit *visit)
{
	const Rec__User *user = NULL;

	if (visit->value.len == 8)
		user = judge_record(auditor, T_USER,
		    KEY1(key_get_u64(visit->value, 0)));
	judge_that(auditor, visit, user != NULL &&
	    str_eq(judge_bytes(user->folded), visit->key),
	    "no user of that name");
}

void
judge_sess(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Session *session = visit->record;

	judge_that(auditor, visit, judge_has(auditor, T_USER, KEY1(session->uid)),
	    "no such user");
	judge_that(auditor, visit, session->sid == key_get_u64(visit->key, 0),
	    "id is not the head of the key");
	judge_that(auditor, visit, judge_has(auditor, T_USESS,
	    key_bytes(KEY1(session->uid), visit->key)),
	    "not in the user's list of sessions");
	judge_that(auditor, visit, listed_by(&auditor->sessions, visit->key,
	    session->expires_ms), "never expires");
}

void
judge_usess(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Session *session = judge_record(auditor, T_SESS,
	    key_bytes(key_none(), str_from(visit->key, 8)));

	judge_that(auditor, visit, session != NULL &&
	    session->uid == key_get_u64(visit->key, 0), "no such session");
	judge_that(auditor, visit, session == NULL || (visit->value.len != 0) ==
	    (session->ended_ms != 0), "open here and ended there");
}

/* What the peer's row may be, by the own state: bits of 1 << state; no row
 * counts as NONE. */
#define STATE_BIT(state) (1U << REC__FRIEND__STATE__##state)
static const unsigned friend_other[] = {
	[REC__FRIEND__STATE__NONE] = STATE_BIT(NONE) | STATE_BIT(ASKED) |
	    STATE_BIT(BLOCKED),
	[REC__FRIEND__STATE__FRIEND] = STATE_BIT(FRIEND),
	[REC__FRIEND__STATE__ASKED] = STATE_BIT(ASKED_ME) | STATE_BIT(BLOCKED),
	[REC__FRIEND__STATE__ASKED_ME] = STATE_BIT(ASKED),
	[REC__FRIEND__STATE__BLOCKED] = STATE_BIT(NONE) | STATE_BIT(ASKED) |
	    STATE_BIT(BLOCKED),
};

static bool
friend_known(unsigned state)
{
	return state < sizeof(friend_other) / sizeof(friend_other[0]);
}

void
judge_friend(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Friend *own = visit->record, *other;
	uint64_t uid = key_get_u64(visit->key, 0);
	uint64_t peer = key_get_u64(visit->key, 8);
	unsigned state = 0;

	other = judge_record(auditor, T_FRIEND, KEY2(peer, uid));
	if (other != NULL)
		state = other->state;
	judge_that(auditor, visit, friend_known(own->state) &&
	    friend_known(state) && friend_other[own->state] & 1U << state,
	    "the peer's row does not match");
	judge_that(auditor, visit, uid != peer &&
	    judge_has(auditor, T_USER, KEY1(uid)) &&
	    judge_has(auditor, T_USER, KEY1(peer)), "no such user");
	judge_that(auditor, visit, judge_is_name(auditor, peer, own->name),
	    "not the peer's name");
}

/* ---- what forms leave ---- */

void
judge_sent(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Sent *sent = visit->record;
	const Rec__Message *message;

	judge_that(auditor, visit,
	    judge_expires(auditor, visit, sent->expires_ms), "never expires");
	message = judge_record(auditor, T_MSG,
	    key_u32(KEY1(sent->cid), sent->seq));
	judge_that(auditor, visit, message != NULL &&
	    message->sender == key_get_u64(visit->key, 0) &&
	    message->sent_ms == sent->sent_ms, "no such message of that user");
}

void
judge_draft(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Draft *draft = visit->record;

	judge_that(auditor, visit,
	    judge_expires(auditor, visit, draft->expires_ms), "never expires");
	judge_that(auditor, visit, judge_has(auditor, T_USER,
	    KEY1(key_get_u64(visit->key, 0))), "no such user");
}

/* The row itself may be gone: ended before, or sent. */
void
judge_expiry(struct auditor *auditor, const struct visit *visit)
{
	size_t len = visit->key.len > 9 ? visit->key.len - 9 : 0;
	enum table table = len > 0 ? (uint8_t)visit->key.p[8] : TABLE_COUNT;

	judge_that(auditor, visit, (table == T_SESS || table == T_SENT ||
	    table == T_DRAFT) && len == table_info[table].key_len,
	    "names no row");
}
