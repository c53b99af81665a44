#ifndef IM_CONVERSATION_H
#define IM_CONVERSATION_H

#include "store/committer.h"
#include "store/records.pb-c.h"

/* Talks.  Only direct ones so far; groups will add a type, not a second kind. */
struct conversation {
	uint64_t cid;
	uint64_t peer;	    /* the other */
	struct str name;    /* the other's own name */
	struct str remark;  /* the viewer's name for the other, or empty */
	Rec__Friend__State state; /* of the viewer's row for the other */
	uint32_t last_seq, read_seq; /* read_seq: of the viewer, soft state included */
	uint32_t send_count; /* the viewer's own sends here */
	uint64_t last_sender;
	int64_t last_ms;
	struct str snippet;
};

/* ERR_NOT_FOUND: unknown or `viewer` is not a member. */
enum err conversation_get(struct arena *arena, uint64_t cid, uint64_t viewer,
    struct conversation *out) MUST_USE;

/* All talks of a user, latest activity first (ties: higher cid first). */
enum err conversation_list(struct arena *arena, uint64_t uid,
    struct conversation **out, size_t *n) MUST_USE;

/* Does `a` stand before `b` in that list? */
bool conversation_later(const struct conversation *a,
    const struct conversation *b);

/* The direct talk of two users, or ERR_NOT_FOUND. */
enum err conversation_find(struct txn *txn, struct arena *arena, uint64_t a,
    uint64_t b, uint64_t *cid) MUST_USE;
/* The same, made when missing (in commands). */
enum err conversation_make(struct txn *txn, uint64_t a, uint64_t b,
    uint64_t *cid) MUST_USE;

/* The others of all talks of a user, in the arena. */
enum err conversation_peers(struct arena *arena, uint64_t uid, uint64_t **out,
    size_t *n) MUST_USE;

/* ---- for the rest of im ---- */
struct member_id {
	uint64_t cid, uid;
};
/* The records, in the arena; ERR_NOT_FOUND. */
enum err conversation_head(struct txn *txn, struct arena *arena, uint64_t cid,
    Rec__Conversation **out) MUST_USE;
enum err conversation_member(struct txn *txn, struct arena *arena,
    struct member_id id, Rec__Member **out) MUST_USE;
/* In commands: moves a stored read mark forward, to the head at most; OK without
 * such a member. */
enum err conversation_read(struct txn *txn, struct member_id id, uint32_t seq)
    MUST_USE;
/* In commands: touches OBJ_MEMBER of the other side of all talks of `uid`. */
enum err conversation_touch_peers(struct txn *txn, uint64_t uid) MUST_USE;
/* The same of both sides of the talk of two, if they have one. */
enum err conversation_touch_pair(struct txn *txn, uint64_t a, uint64_t b)
    MUST_USE;

#endif
