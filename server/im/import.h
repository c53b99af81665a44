#ifndef IM_IMPORT_H
#define IM_IMPORT_H

#include "im/contact.h"
#include "im/message.h"

/*
 * Bringing in what an export holds: people, friends, talks, as they were, with
 * their times and numbers.  Only for an operator: an export is a file that its
 * owner may have changed, and it says what others have said.
 *
 * All of these may be repeated: what is there already and agrees stays as it is.
 * No right, limit or block is asked: what is brought in has happened.
 */
#define IMPORT_GROUP 200 /* messages of one command */

struct import_user {
	struct command command;
	struct str name; /* checked by utf8_name */
	/* Of the owner of the file, within prefs_within; NULL: somebody else in
	 * it, only a name. */
	const Rec__Prefs *prefs;
	int64_t created_ms;
	/* out */
	uint64_t uid;
	bool made; /* an account that nobody can sign in to yet */
};
/* Finds or makes the user.  An account that nobody could ever sign in to gets
 * what its owner's file says; any other keeps what it has. */
enum err import_user_run(struct txn *txn, struct command *command);

struct import_contact {
	struct command command;
	uint64_t uid, peer;
	Rec__Friend__State state;
	struct str remark;
	int64_t since_ms;
	bool changed; /* out */
};
/*
 * What `uid` had with `peer`, and the peer's side of it as far as nothing is
 * known of that.  A state that is known already wins, but for a block of
 * somebody who asked.
 */
enum err import_contact_run(struct txn *txn, struct command *command);

struct import_talk {
	struct command command;
	uint64_t uid, peer;
	int64_t since_ms;
	/* out */
	uint64_t cid;
	bool made;
};
enum err import_talk_run(struct txn *txn, struct command *command);

struct import_messages {
	struct command command;
	uint64_t cid;
	const struct message *list; /* numbered without gaps */
	size_t n;		    /* <= IMPORT_GROUP */
	/* out */
	size_t fresh;	  /* that were not there */
	uint32_t differs; /* ERR_EXISTS: the first that is another here */
};
/* ERR_EXISTS, ERR_REQUEST (not joined to what is there). */
enum err import_messages_run(struct txn *txn, struct command *command);
/* The same question without a command; cid 0: a talk that is not there yet. */
enum err import_compare(struct arena *arena, struct import_messages *in) MUST_USE;

struct import_read {
	struct command command;
	uint64_t cid, uid;
	uint32_t seq;
};
/* Moves the read mark forward. */
enum err import_read_run(struct txn *txn, struct command *command);

#endif
