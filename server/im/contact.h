#ifndef IM_CONTACT_H
#define IM_CONTACT_H

#include "store/committer.h"
#include "store/records.pb-c.h"

#define REMARK_MAX_CHARS 32
#define CONTACT_MAX 5000	   /* rows a user may have; blocking goes on */
#define CONTACT_ASKED_MAX 100	   /* open requests a user may have sent */

/*
 * Friends, requests, blocks.  Blocking removes the friendship on both sides.
 * The blocked side sees exactly what it would see had the other removed it and
 * allowed messages from friends only: no presence, a new request that stays
 * "asked" for ever, messages refused with ERR_NOT_TAKEN.
 */
enum contact_action {
	CONTACT_ASK,	 /* by `name` if not empty, else by `peer`, whose page
			    must be open to `uid` (contact_may_open) */
	CONTACT_ACCEPT,	 /* makes the talk too */
	CONTACT_REFUSE,	 /* both rows go; also takes back an own request */
	CONTACT_REMOVE,	 /* both rows go, the talk stays */
	CONTACT_REMARK,	 /* `remark`; empty removes it */
	CONTACT_BLOCK,
	CONTACT_UNBLOCK,
};
struct contact_change {
	struct command command;
	enum contact_action action;
	uint64_t uid;
	uint64_t peer;	    /* in; CONTACT_ASK by name: out */
	struct str name;    /* CONTACT_ASK: as typed */
	struct str remark;  /* cleaned line */
	bool friends_now;   /* out: ASK met an ASKED_ME row: accepted at once */
};
/*
 * ERR_NO_SUCH_NAME, ERR_SELF, ERR_LIMIT, ERR_TEXT_LONG (remark),
 * ERR_NOT_FOUND (no row that allows the action).  Asking a friend again,
 * accepting twice, removing what is gone: OK, nothing changes.
 * Touches OBJ_FRIENDS, OBJ_BAR (request came/went), OBJ_INBOX, OBJ_MEMBER of
 * their talk, OBJ_PRESENCE of both.
 */
enum err contact_change_run(struct txn *txn, struct command *command);

struct contact {
	uint64_t uid;
	struct str name;   /* the peer's */
	struct str remark; /* or empty */
	Rec__Friend__State state;
	int64_t since_ms;
};
/* What `uid` has with `peer`; state NONE (OK) when there is no row. */
enum err contact_get(struct txn *txn, struct arena *arena, uint64_t uid,
    uint64_t peer, struct contact *out) MUST_USE;
/* All rows of a user in one bulk read, by peer's uid; sorting is the page's. */
enum err contact_list(struct arena *arena, uint64_t uid, struct contact **out,
    size_t *n) MUST_USE;

/* May `from` send to `to`?  Friends and the receiver's rule and blocks decide:
 * OK, ERR_NOT_TAKEN, ERR_BLOCKING (`from` itself blocked `to`), ERR_SELF,
 * ERR_NOT_FOUND. */
enum err contact_may_write(struct txn *txn, struct arena *arena, uint64_t from,
    uint64_t to) MUST_USE;

/* May `viewer` see the presence of `person`, unless that one chose otherwise
 * (im/showing.h)?  Only friends may. */
bool contact_may_see(const struct contact *viewers_row);

/* May `viewer` open the person page of `peer`?  Only with some row in either
 * direction or a talk together (BLOCKED towards the viewer counts as none):
 * ERR_NOT_FOUND otherwise. */
enum err contact_may_open(struct arena *arena, uint64_t viewer, uint64_t peer)
    MUST_USE;

#endif
