#ifndef LIVE_PRESENCE_H
#define LIVE_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Who is here.  A hold proves that a client can be reached; only links and
 * posts count as activity.  online: a hold open, or the last sign of a client
 * < 90 s ago, with activity within 15 min; away: reachable without such
 * activity, or the last sign within 5 min; else offline.  So a client that is
 * gone makes its user away after 90 s and offline after 5 min.  Online with
 * nothing but phones for 90 s is "on phone".  For 5 min after a start nobody
 * who was seen in the last 5 min before it is offline: such users are away.
 *
 * These are the states as derived; what others get to see is shown.h's.
 *
 * In memory only; any thread.  A thread of its own ages states once a second;
 * a change of what is shown bumps OBJ_PRESENCE of those who may see it and are
 * looking: active in the last 30 min or with a hold; each viewer at most every
 * 10 s, and in the half minute after a start and at the end of its grace each
 * at a moment of its own, so that not all come at once.  OBJ_PEER of the same
 * viewers, which wakes nobody, is bumped with each change.
 */
enum presence {
	PRESENCE_OFFLINE,
	PRESENCE_AWAY,
	PRESENCE_ONLINE,
	PRESENCE_PHONE,
	PRESENCE_BUSY,	/* by choice only */
	PRESENCE_STATES
};

enum err presence_start(void) MUST_USE;
void presence_stop(void);

/* A link followed or a form sent, on a phone or on something larger. */
void presence_active(uint64_t uid, bool phone);
/* A request that is no activity (a hold, a frame): the lists of one who did not look
 * for half an hour count as changed.  presence_active does the same. */
void presence_back(uint64_t uid);
/* +1 when held, -1 when resumed: hold.c calls this, for waiters with a uid. */
void presence_hold(uint64_t uid, int delta);
/* A page shows this person as here: when that ends, those who look are told,
 * even if it was over before the sweep saw it. */
void presence_seen(uint64_t uid);
/* Signed out everywhere: offline at once and until the next activity. */
void presence_gone(uint64_t uid);

/* In the first 5 min after a start, when presence_get wants to know seen_ms? */
bool presence_young(void);

/* `seen_ms`: the user record's (wall time), or 0 if it is not at hand; it
 * matters in the first 5 min after a start. */
enum presence presence_get(uint64_t uid, int64_t seen_ms);

#endif
