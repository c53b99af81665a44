#ifndef IM_SOFT_H
#define IM_SOFT_H

#include "im/session.h"

/*
 * Soft state: read positions, last activity of users and sessions.  It lives
 * in memory (sharded locks), only moves forward, and is written as one
 * command per user at most once a minute and at stop.
 */
void soft_init(void);
void soft_fini(void);

/* The viewer has read the talk up to `seq`.  Returns whether the mark moved;
 * `was` gets the old one (stored_read is what the store says). */
bool soft_read(uint64_t uid, uint64_t cid, uint32_t seq, uint32_t stored_read,
    uint32_t *was);
/* The newest mark: the larger of memory and `stored_read`. */
uint32_t soft_read_get(uint64_t uid, uint64_t cid, uint32_t stored_read);

/* A link followed or a form sent at `now_ms`. */
void soft_seen(uint64_t uid, const struct session_hash *session, int64_t now_ms);
int64_t soft_session_used(const struct session_hash *session, int64_t stored_ms);

/* Submits what is due (every minute from the maintenance tick of main.c; `all`
 * at stop, then waits).  Entries that are written and idle are dropped. */
void soft_flush(bool all);

#endif
