/*
 * Who is writing to whom: a table of places by a hash of talk and writer.  A newer one
 * takes the place of an older with the same hash, whose hint is then gone
 * before its time: soft, like all of this.
 *
 * Nobody wakes when a hint runs out: pages that show it carry its `until`.
 * One lock: a place is looked at for nanoseconds, and bumps happen outside.
 */
#include "live/typing.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/secret.h"
#include "live/watch.h"

#define PLACES 4096u

static struct place {
	uint64_t cid, from, to;
	int64_t until_ms;
} places[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct place *
place_of(uint64_t cid, uint64_t from)
{
	uint64_t pair[2] = { cid, from };

	return &places[secret_siphash(pair, sizeof(pair)) % PLACES];
}

static bool
is_of(const struct place *place, uint64_t cid, uint64_t from)
{
	return place->cid == cid && place->from == from;
}

void
typing_begin(uint64_t cid, uint64_t from, uint64_t to, int64_t now_ms)
{
	struct place *place = place_of(cid, from);
	bool begins;

	pthread_mutex_lock(&lock);
	begins = !is_of(place, cid, from) || place->until_ms <= now_ms;
	*place = (struct place){ cid, from, to, now_ms + TYPING_MS };
	pthread_mutex_unlock(&lock);
	/* A page that shows the hint already has to learn its new end. */
	live_bump1((struct object){ begins ? OBJ_TYPING : OBJ_PEER, to, from });
}

void
typing_end(uint64_t cid, uint64_t from)
{
	struct place *place = place_of(cid, from);
	uint64_t to = 0;

	pthread_mutex_lock(&lock);
	if (is_of(place, cid, from)) {
		to = place->to;
		*place = (struct place){ 0 };
	}
	pthread_mutex_unlock(&lock);
	if (to != 0)
		live_bump1((struct object){ OBJ_PEER, to, from });
}

int64_t
typing_until(uint64_t cid, uint64_t from, int64_t now_ms)
{
	const struct place *place = place_of(cid, from);
	int64_t until = 0;

	pthread_mutex_lock(&lock);
	if (is_of(place, cid, from) && place->until_ms > now_ms)
		until = place->until_ms;
	pthread_mutex_unlock(&lock);
	return until;
}
