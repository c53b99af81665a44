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
 * nobody who was seen in the last 5 min before it (caller passes seen_ms)
 * is marked offline: such users are away.
 * In memory only.  A ticker ages states once a second; a change bumps
 * OBJ_PRESENCE of those friends (contact_list) who have a session in use,
 * each viewer at most every 10 s.
 */
enum presence { PRESENCE_OFFLINE, PRESENCE_AWAY, PRESENCE_ONLINE };

enum err presence_start(void) MUST_USE;
void presence_stop(void);

/* A link followed or a form sent. */
void presence_active(uint64_t uid);
void presence_hold(uint64_t uid, int delta); /* +1 when held, -1 when resumed */
/* Signed out everywhere: offline at once. */
void presence_gone(uint64_t uid);

enum presence presence_get(uint64_t uid);

#endif
