#ifndef LIVE_KNOWN_H
#define LIVE_KNOWN_H

#include "im/account.h"
#include "im/session.h"

/*
 * What every page asks first, from memory for who was here lately: the session
 * behind a token and the account it belongs to.  Any thread.
 */

/* session_get, but for used_ms, which may be older than the stored one; a session
 * that has idled out at `now_ms` by what is known is looked up in the store. */
enum err known_session(struct arena *arena, const struct session_hash *hash,
    int64_t now_ms, Rec__Session **out) MUST_USE;

/* account_get, but for seen_ms. */
enum err known_user(struct arena *arena, uint64_t uid, Rec__User **out) MUST_USE;

/* At stop. */
void known_clear(void);

#endif
