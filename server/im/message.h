#ifndef IM_MESSAGE_H
#define IM_MESSAGE_H

#include "store/committer.h"
#include "store/records.pb-c.h"

#define MESSAGE_MAX_CHARS 8000 /* code points */
#define SNIPPET_CHARS 40       /* of the last message, in its talk's head */
#define SENT_KEEP_MS (INT64_C(4) * 86400000)

/*
 * Which form a text came from: user, page and the user's own send counter
 * there when the form was made.  Independent of the session.  Same form and
 * same text: one message, however often it arrives.
 */
enum form_page { FORM_TALK = 1 /* id = cid */, FORM_PERSON /* id = peer uid */ };
struct form_id {
	enum form_page page;
	uint64_t page_id;
	uint32_t count;
	bool once; /* false: no key (Bearer without k), nothing is remembered */
};

struct message_send {
	struct command command;
	uint64_t uid;	     /* sender */
	struct form_id form; /* page says where to */
	struct str text;     /* cleaned UTF-8, 1..MESSAGE_MAX_CHARS */
	/* out */
	uint64_t cid;
	uint32_t seq;
	int64_t sent_ms;
	bool repeated; /* this form had sent this text already: seq, sent_ms are that one's */
	bool read; /* the sender had nothing unread there: neither is this one */
};
/*
 * ERR_NOT_FOUND (not a member), ERR_NOT_TAKEN, ERR_BLOCKING, ERR_TEXT_EMPTY, ERR_TEXT_LONG,
 * ERR_TEXT_BYTES (not UTF-8).
 * Stores the message, moves heads, raises the sender's counter if
 * the form's count is the current one, remembers (form, text) for
 * SENT_KEEP_MS, deletes the draft of that page if it holds this text.
 * A repeated one changes nothing.  Lock order: conv, msg, member/inbox by uid.
 * Touches OBJ_CONV, OBJ_INBOX of both, OBJ_MEMBER of the sender, OBJ_BAR of
 * the receiver when its talk had nothing unread (soft state included).
 */
enum err message_send_run(struct txn *txn, struct command *command);
/* Call once after a message_send that was OK and not repeated, on any thread:
 * an own message right behind the read mark counts as read. */
void message_sent_read(const struct message_send *sent);

/* Has this form sent this text already?  OK and when, or ERR_NOT_FOUND.  For
 * pages; commands ask message_find_sent. */
enum err message_was_sent(struct arena *arena, uint64_t uid,
    const struct form_id *form, struct str text, int64_t *sent_ms) MUST_USE;

struct message {
	uint32_t seq;
	uint64_t sender;
	int64_t sent_ms;
	struct str text;
};
/* Messages first..last (seq, inclusive, clipped to 1..), ascending, one bulk
 * read; membership is the caller's to have checked by conversation_get. */
enum err message_list(struct arena *arena, uint64_t cid, uint32_t first,
    uint32_t last, struct message **out, size_t *n) MUST_USE;

/* ---- drafts: text that could not be sent, kept 30 days, 20 a user ---- */
struct draft_put {
	struct command command;
	uint64_t uid;
	struct form_id form;
	struct str text; /* cleaned, <= MESSAGE_MAX_CHARS; empty: delete */
};
/* Touches OBJ_DRAFT.  Not stored (OK) when that form has sent that text already.
 * Over 20: the oldest goes. */
enum err draft_put_run(struct txn *txn, struct command *command);
/* ERR_NOT_FOUND.  `count` is the counter of the form it came from. */
enum err draft_get(struct arena *arena, uint64_t uid, enum form_page page,
    uint64_t page_id, struct str *text, uint32_t *count) MUST_USE;
struct object draft_object(uint64_t uid, enum form_page page, uint64_t page_id);

/* ---- between message.c and draft.c, in commands ---- */
/* Fit to be stored?  ERR_TEXT_EMPTY, ERR_TEXT_LONG, ERR_TEXT_BYTES. */
enum err message_check(struct str text) MUST_USE;
/* What this form has sent with this text; ERR_NOT_FOUND. */
enum err message_find_sent(struct txn *txn, uint64_t uid,
    const struct form_id *form, struct str text, Rec__Sent **out) MUST_USE;
/* Deletes the draft of the form's page if it holds this text. */
enum err draft_drop(struct txn *txn, uint64_t uid, const struct form_id *form,
    struct str text) MUST_USE;

#endif
