#ifndef IM_ACCOUNT_H
#define IM_ACCOUNT_H

#include "store/committer.h"
#include "store/records.pb-c.h"

#define PASSWORD_MIN 8	  /* bytes */
#define PASSWORD_MAX 1024 /* bytes */

/*
 * Accounts.  Password hashes are made and checked by the caller (off the
 * serving threads); here they are opaque strings.
 */

/* Name and password as typed (valid UTF-8): ERR_NAME_BAD, ERR_PASSWORD_SHORT,
 * ERR_PASSWORD_LONG.  The password must already be half-width folded. */
enum err account_check(struct arena *arena, struct str name, struct str password,
    struct str *shown, struct str *folded) MUST_USE;

/*
 * In place of a hash: of accounts that were brought in by an import.  No
 * password matches until an operator sets one.
 */
#define PASSWORD_NONE STR("!")

struct account_register {
	struct command command;
	struct str name, folded, password_hash; /* in */
	bool admin;
	uint64_t uid; /* out */
};
/* run(): ERR_NAME_TAKEN. */
enum err account_register_run(struct txn *txn, struct command *command);

/* The record's hash, or empty when it has none that could match. */
struct str account_hash(const Rec__User *user);

/* By typed name in any form that folds to it; ERR_NOT_FOUND. */
enum err account_find(struct arena *arena, struct str name, uint64_t *uid) MUST_USE;
/* The same inside of commands too; ERR_NOT_FOUND. */
enum err account_find_in(struct txn *txn, struct arena *arena, struct str name,
    uint64_t *uid) MUST_USE;
/* The record, in the arena; ERR_NOT_FOUND.  txn NULL outside of commands. */
enum err account_get(struct txn *txn, struct arena *arena, uint64_t uid,
    Rec__User **out) MUST_USE;
/* The same of a row's bytes; ERR_INTERNAL when they are damaged. */
enum err account_read(struct arena *arena, struct str value, Rec__User **out)
    MUST_USE;

/* What becomes of a person's other sessions when they sign in. */
enum places_rule { PLACES_MANY, PLACES_NEWEST, PLACES_ASK, PLACES_COUNT };
enum places_rule account_places(const Rec__User *user);

struct account_password {
	struct command command;
	uint64_t uid;
	struct str password_hash;
	uint64_t keep_sid; /* all other sessions end; 0: all */
};
enum err account_password_run(struct txn *txn, struct command *command);

/*
 * Changes of preferences.  Only the fields named in `set` change.
 */
enum prefs_field {
	PREFS_LANG = 1 << 0,
	PREFS_ZONE = 1 << 1,
	PREFS_WRITE_RULE = 1 << 2,
	PREFS_FACE = 1 << 3,	/* the rest: of device_class */
	PREFS_CHARSET = 1 << 4,
	PREFS_PAGE_SIZE = 1 << 5,
	PREFS_LIVE = 1 << 6,
	PREFS_PLACES = 1 << 7,	/* of the person */
};
struct account_prefs {
	struct command command;
	uint64_t uid;
	unsigned set;
	struct str lang;
	int zone_minutes;
	uint32_t write_rule;
	uint32_t device_class;
	uint32_t face; /* 0: as negotiated */
	struct str charset;
	uint32_t page_size;
	uint32_t mode; /* enum live_mode + 1; 0: the client's default */
	uint32_t refresh_s; /* of LIVE_TIMED */
	enum places_rule places;
};
/* ERR_FIELD_BAD.  Touches OBJ_USER, and OBJ_MEMBER of the peers of all talks when
 * the write rule moves. */
enum err account_prefs_run(struct txn *txn, struct command *command);

/* For soft.c, in commands: moves seen_ms forward; OK without such a user. */
enum err account_seen(struct txn *txn, uint64_t uid, int64_t seen_ms) MUST_USE;

#endif
