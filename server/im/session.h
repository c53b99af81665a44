#ifndef IM_SESSION_H
#define IM_SESSION_H

#include "store/committer.h"
#include "store/records.pb-c.h"

/*
 * Sign-ins.  A token is known to the client only; the store has its hash.  The
 * row outlives the session by 30 days so that a form in flight at the end
 * still finds its user (never its rights).
 */
enum session_kind { SESSION_COOKIE = 1, SESSION_PATH, SESSION_BEARER };

/* Why one has ended, where it was not the person's own sign-out right there. */
enum session_why {
	SESSION_WHY_NONE,
	SESSION_WHY_NEWEST,	/* signed in at another place: im/account.h */
	SESSION_WHY_SIGNED_OUT,	/* signed out from another place */
	SESSION_WHY_PASSWORD,	/* the password was changed at another place */
};

#define SESSION_HASH_LEN 32
#define SESSION_COOKIE_IDLE_MS (INT64_C(30) * 86400000)
#define SESSION_PATH_IDLE_MS (INT64_C(36) * 3600000)
#define SESSION_KEEP_MS (INT64_C(30) * 86400000)

struct session_hash {
	uint8_t b[SESSION_HASH_LEN];
};
struct session_hash session_hash_of(struct str token); /* keyed by store_secret */
uint64_t session_id_of(const struct session_hash *hash);   /* first 8 bytes */

struct session_open {
	struct command command;
	struct session_hash hash;
	uint64_t uid;
	enum session_kind kind;
	bool tls;
	struct str family, user_agent;
	bool end_others; /* all others of the user end; also if it is their rule */
};
/* At most 100 open sessions a user: the one idle longest ends.  ERR_NOT_FOUND:
 * no such user. */
enum err session_open_run(struct txn *txn, struct command *command);

struct session_end {
	struct command command;
	uint64_t uid;
	struct session_hash hash; /* the one to end, or with `others`/`all`: */
	uint64_t sid;		  /* not 0: the one to end, by its id */
	bool others;		  /* end all but this one */
	bool all;		  /* end every one */
	enum session_why why;
};
/* Ends are recorded, touches OBJ_SESSION of each and OBJ_SESSIONS.  Ending an ended one is OK;
 * ERR_NOT_FOUND: unknown or not of `uid`. */
enum err session_end_run(struct txn *txn, struct command *command);

/* Inside of commands: ends all of a user but `keep_sid` (0: all). */
enum err session_end_others(struct txn *txn, uint64_t uid, uint64_t keep_sid,
    enum session_why why) MUST_USE;
/* For soft.c, in commands: moves used_ms and expires_ms forward; OK when the
 * session has ended or is gone.  Touches OBJ_USED. */
enum err session_used(struct txn *txn, const struct session_hash *hash,
    int64_t used_ms) MUST_USE;

/* Its key in T_SESS. */
struct key session_key(const struct session_hash *hash);
/* The row by hash, whether open or ended; ERR_NOT_FOUND. */
enum err session_get(struct arena *arena, const struct session_hash *hash,
    Rec__Session **out) MUST_USE;
/* Open at `now_ms`, given the newest activity known (>= record's used_ms)? */
bool session_is_open(const Rec__Session *session, int64_t used_ms, int64_t now_ms);
/*
 * The open sessions of a user, the one used last first, in the arena.  Their
 * used_ms is what is stored: OBJ_USED tells when that moves.  `until_ms`: when
 * the first of them but `own_sid` ends by idling if it stays so; 0: none.
 */
struct session_list {
	Rec__Session **item;
	size_t n;
	int64_t until_ms;
};
enum err session_list(struct arena *arena, uint64_t uid, uint64_t own_sid,
    struct session_list *out) MUST_USE;
/* Number of open sessions of a user. */
enum err session_count(struct arena *arena, uint64_t uid, size_t *out) MUST_USE;

#endif
