#ifndef LIVE_WATCH_H
#define LIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "store/object.h"

/*
 * Stamps.  A fixed array of 2^20 64-bit slots indexed by a keyed hash of the
 * object: no eviction; a collision costs one spurious wake.  A bump stores
 * ++global.  Lock-free; any thread.
 *
 * A page begins its watch set (which remembers the global counter), then names
 * each object before its first read of it.  V of the page is that counter at
 * the beginning: whatever is bumped later has a larger stamp, so no news can
 * hide behind the stamp of another object.  (A page of the maximum of its
 * stamps could miss a bump of slot A between its load and that of slot B.)
 */
#define WATCH_MAX 16

struct watch_set {
	uint64_t begun;	    /* global counter at watch_begin: V; never 0 */
	int64_t until_ms;   /* wall time at which the bytes change by themselves;
			       0: never */
	uint32_t slot[WATCH_MAX];
	uint64_t stamp[WATCH_MAX];
	uint8_t n;
	bool full; /* more than WATCH_MAX objects: must not be held or cached */
};

void watch_begin(struct watch_set *set);
/* Sets V to now if nothing named so far has moved: for a request that bumps
 * something of its own before its page begins. */
void watch_renew(struct watch_set *set);
void watch_add(struct watch_set *set, struct object object); /* twice is once */
void watch_until(struct watch_set *set, int64_t wall_ms); /* keeps earliest */
/* Has any slot moved past `since` (a page's V)? */
bool watch_moved(const struct watch_set *set, uint64_t since);
/* Has any slot moved since it was added, or `until` passed? */
bool watch_stale(const struct watch_set *set, int64_t now_ms);
/* Hash over the stamps and `until`: the changing part of an ETag. */
uint64_t watch_etag(const struct watch_set *set);

void live_bump(const struct object *objects, size_t n); /* wakes waiters too */
void live_bump1(struct object object);

/* "epoch.V": the epoch is 32 random bits, new at each start. */
#define WATCH_VERSION_LEN 40
void watch_version(uint64_t v, char out[WATCH_VERSION_LEN]);
/* Parses `epoch.V` with anything behind a second '.': false when malformed, of
 * a foreign epoch, 0, or in the future. */
bool watch_version_parse(struct str s, uint64_t *v);

#endif
