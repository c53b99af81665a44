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
};
/* At most 100 open sessions a user: the one idle longest ends.  ERR_NOT_FOUND:
 * no such user. */
enum err session_open_run(struct txn *txn, struct command *command);

struct session_end {
	struct command command;
	uint64_t uid;
	struct session_hash hash; /* the one to end, or with `others`/`all`: */
	bool others;		  /* end all but this one */
	bool all;		  /* end every one */
};
/* Ends are recorded, touches OBJ_SESSION of each and OBJ_SESSIONS.  Ending an ended one is OK;
 * ERR_NOT_FOUND: unknown or not of `uid`. */
enum err session_end_run(struct txn *txn, struct command *command);

/* Inside of commands: ends all of a user but `keep_sid` (0: all). */
enum err session_end_others(struct txn *txn, uint64_t uid, uint64_t keep_sid)
    MUST_USE;
/* For soft.c, in commands: moves used_ms and expires_ms forward; OK when the
 * session has ended or is gone. */
enum err session_used(struct txn *txn, const struct session_hash *hash,
    int64_t used_ms) MUST_USE;

/* The row by hash, whether open or ended; ERR_NOT_FOUND. */
enum err session_get(struct arena *arena, const struct session_hash *hash,
    Rec__Session **out) MUST_USE;
/* Open at `now_ms`, given the newest activity known (>= record's used_ms)? */
bool session_is_open(const Rec__Session *session, int64_t used_ms, int64_t now_ms);
/* Number of open sessions of a user. */
enum err session_count(struct arena *arena, uint64_t uid, size_t *out) MUST_USE;

#endif
