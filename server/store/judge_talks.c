/*
 * The promises of talks: head, pair, both sides, and messages one behind the
 * other.
 */
#include "store/judge.h"

#include <string.h>

#include "store/records.pb-c.h"
#include "text/utf8.h"

static void
check_talker(struct auditor *auditor, const struct visit *visit, uint64_t uid)
{
	uint64_t cid = key_get_u64(visit->key, 0);

	judge_that(auditor, visit, judge_has(auditor, T_USER, KEY1(uid)),
	    "no such user");
	judge_that(auditor, visit, judge_has(auditor, T_MEMBER, KEY2(cid, uid)),
	    "a talker is not a member");
}

/* What the head says of the last message. */
static bool
is_last(struct auditor *auditor, const Rec__Conversation *conv,
    const Rec__Message *last)
{
	struct str snippet = utf8_snippet(auditor->arena, judge_bytes(last->text),
	    SNIPPET_CHARS);

	return conv->last_sender == last->sender &&
	    conv->last_ms == last->sent_ms &&
	    str_eq(judge_bytes(conv->snippet), snippet);
}

static void
check_last(struct auditor *auditor, const struct visit *visit, uint64_t cid)
{
	const Rec__Conversation *conv = visit->record;
	const Rec__Message *last;

	/* judge_msg counts them up to the last one there is. */
	if (conv->last_seq == 0)
		return;
	last = judge_record(auditor, T_MSG, key_u32(KEY1(cid), conv->last_seq));
	judge_that(auditor, visit, last != NULL, "the last message is missing");
	judge_that(auditor, visit, last == NULL || is_last(auditor, conv, last),
	    "does not say what the last message says");
}

void
judge_conv(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Conversation *conv = visit->record;
	uint64_t cid = key_get_u64(visit->key, 0);
	struct str paired;

	auditor->audit->conversations++;
	if (cid > auditor->max_cid)
		auditor->max_cid = cid;
	check_last(auditor, visit, cid);
	judge_that(auditor, visit, conv->type == 1, "of no known type");
	judge_that(auditor, visit, conv->user_a < conv->user_b &&
	    judge_find(auditor, T_PAIR, KEY2(conv->user_a, conv->user_b),
	    &paired) &&
	    judge_is_u64(paired, cid), "the pair does not lead to the talk");
	check_talker(auditor, visit, conv->user_a);
	check_talker(auditor, visit, conv->user_b);
}

void
judge_pair(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Conversation *conv = NULL;

	if (visit->value.len == 8)
		conv = judge_record(auditor, T_CONV,
		    KEY1(key_get_u64(visit->value, 0)));
	judge_that(auditor, visit, conv != NULL &&
	    conv->user_a == key_get_u64(visit->key, 0) &&
	    conv->user_b == key_get_u64(visit->key, 8),
	    "no talk of those two");
}

void
judge_member(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Member *member = visit->record;
	uint64_t cid = key_get_u64(visit->key, 0);
	uint64_t uid = key_get_u64(visit->key, 8);
	const Rec__Conversation *conv = judge_record(auditor, T_CONV, KEY1(cid));

	judge_that(auditor, visit, judge_has(auditor, T_INBOX, KEY2(uid, cid)),
	    "not in the member's inbox");
	judge_that(auditor, visit, conv != NULL, "no such talk");
	if (conv == NULL)
		return;
	judge_that(auditor, visit, uid == conv->user_a || uid == conv->user_b,
	    "no talker there");
	judge_that(auditor, visit, member->read_seq <= conv->last_seq,
	    "read more than there is");
	judge_that(auditor, visit, member->send_count <= conv->last_seq,
	    "counted more sends than there are messages");
}

void
judge_inbox(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Inbox *inbox = visit->record;
	uint64_t uid = key_get_u64(visit->key, 0);
	uint64_t cid = key_get_u64(visit->key, 8);

	judge_that(auditor, visit, judge_has(auditor, T_MEMBER, KEY2(cid, uid)),
	    "not a member");
	judge_that(auditor, visit, inbox->peer != uid &&
	    judge_has(auditor, T_MEMBER, KEY2(cid, inbox->peer)),
	    "the peer is not in the talk");
	judge_that(auditor, visit,
	    judge_is_name(auditor, inbox->peer, inbox->name),
	    "not the peer's name");
}

/* All messages of a talk are walked past: did each send what its counter says?
 * (Sends of programs are not counted, so there may be more.) */
void
judge_senders(struct auditor *auditor)
{
	const Rec__Member *member;

	for (size_t i = 0; i < 2 && auditor->sender[i].uid != 0; i++) {
		struct key key = KEY2(auditor->cid, auditor->sender[i].uid);
		struct visit visit = { T_MEMBER,
			{ (const char *)key.p, key.len }, STR_NONE, NULL };

		member = judge_record(auditor, T_MEMBER, key);
		judge_that(auditor, &visit, member == NULL || member->send_count <=
		    auditor->sender[i].messages,
		    "counted more sends than it has messages");
	}
	memset(auditor->sender, 0, sizeof(auditor->sender));
}

static void
count_sender(struct auditor *auditor, uint64_t uid)
{
	for (size_t i = 0; i < 2; i++) {
		if (auditor->sender[i].uid != 0 && auditor->sender[i].uid != uid)
			continue;
		auditor->sender[i].uid = uid;
		auditor->sender[i].messages++;
		return;
	}
}

/* Rows come in key order: each follows its predecessor, and the number before
 * a new talk begins is what its head must say.  Times may run backwards: somebody
 * set the clock. */
void
judge_msg(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Message *message = visit->record;
	const Rec__Conversation *conv;
	uint64_t cid = key_get_u64(visit->key, 0);
	uint32_t seq = key_get_u32(visit->key, 8);
	uint32_t expected = cid == auditor->cid ? auditor->seq + 1 : 1;

	auditor->audit->messages++;
	if (cid != auditor->cid)
		judge_senders(auditor);
	auditor->cid = cid;
	auditor->seq = seq;
	count_sender(auditor, message->sender);
	if (seq != expected)
		judge_fault(auditor, visit, "number %u follows %u", seq,
		    expected - 1);
	judge_that(auditor, visit, judge_has(auditor, T_MEMBER,
	    KEY2(cid, message->sender)), "the sender is not a member");
	conv = judge_record(auditor, T_CONV, KEY1(cid));
	judge_that(auditor, visit, conv != NULL && seq <= conv->last_seq,
	    "not counted by its talk");
	judge_that(auditor, visit, message->text.len > 0 &&
	    utf8_valid(judge_bytes(message->text)), "no text");
}
