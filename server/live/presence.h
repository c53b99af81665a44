#ifndef LIVE_PRESENCE_H
#define LIVE_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Who is here.  A hold proves that a client can be reached; only links and
 * posts count as activity.  online: activity within 90 s, or a hold open (or
 * ended < 90 s ago) with activity within 15 min; away: hold without such
 * activity, or activity within 5 min; else offline.  For 5 min after a start
 * nobody who was seen in the last 5 min before it is offline: such users are
 * away.
 *
 * In memory only; any thread.  A thread of its own ages states once a second;
 * a change bumps OBJ_PRESENCE of those friends (contact_list) who are looking:
 * active in the last 30 min or with a hold; each viewer at most every 10 s.
 */
enum presence { PRESENCE_OFFLINE, PRESENCE_AWAY, PRESENCE_ONLINE };

enum err presence_start(void) MUST_USE;
void presence_stop(void);

/* A link followed or a form sent. */
void presence_active(uint64_t uid);
/* A request that is no activity (a hold): the lists of one who did not look
 * for half an hour count as changed.  presence_active does the same. */
void presence_back(uint64_t uid);
/* +1 when held, -1 when resumed: hold.c calls this, for waiters with a uid. */
void presence_hold(uint64_t uid, int delta);
/* Signed out everywhere: offline at once and until the next activity. */
void presence_gone(uint64_t uid);

/* In the first 5 min after a start, when presence_get wants to know seen_ms? */
bool presence_young(void);

/* `seen_ms`: the user record's (wall time), or 0 if it is not at hand; it
 * matters in the first 5 min after a start. */
enum presence presence_get(uint64_t uid, int64_t seen_ms);

#endif
