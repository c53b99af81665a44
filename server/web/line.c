/*
 * What is known of the lines of sessions: a small table by session.  Who has
 * something new to say takes the place; who asks, or has nothing but good to say
 * of a line that nothing is known of, leaves it to whom it belongs.  A few bits
 * each, so one lock.
 */
#include "web/line.h"

#include <pthread.h>

#include "base/clock.h"

#define PLACES 8192
#define KNOWN_MS INT64_C(3600000) /* then a line gets another chance */
#define CUTS 2 /* so often mended in a row: it is the line */

static struct place {
	uint64_t sid;
	enum line line;
	bool hung_up;	/* since it was last mended */
	unsigned cuts;
	int64_t since_ms; /* monotonic: the first that is known */
} places[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Under the lock: the session's place, or NULL when nothing is known of it. */
static struct place *
place_find(uint64_t sid)
{
	struct place *place = &places[sid % PLACES];

	return place->sid == sid &&
	    clock_mono_ms() - place->since_ms <= KNOWN_MS ? place : NULL;
}

/* The same, taken over if need be. */
static struct place *
place_make(uint64_t sid)
{
	struct place *place = place_find(sid);

	if (place != NULL)
		return place;
	place = &places[sid % PLACES];
	*place = (struct place){ .sid = sid, .since_ms = clock_mono_ms() };
	return place;
}

/* A copy. */
static struct place
line_look(uint64_t sid)
{
	struct place copy = { .sid = sid };
	const struct place *place;

	pthread_mutex_lock(&lock);
	place = place_find(sid);
	if (place != NULL)
		copy = *place;
	pthread_mutex_unlock(&lock);
	return copy;
}

enum line
line_get(uint64_t sid)
{
	return line_look(sid).line;
}

bool
line_change(uint64_t sid, enum line from, enum line to)
{
	const struct place *place;
	bool is;

	pthread_mutex_lock(&lock);
	place = place_find(sid);
	is = (place != NULL ? place->line : LINE_UNKNOWN) == from;
	if (is)
		place_make(sid)->line = to;
	pthread_mutex_unlock(&lock);
	return is;
}

void
line_hung_up(uint64_t sid)
{
	pthread_mutex_lock(&lock);
	place_make(sid)->hung_up = true;
	pthread_mutex_unlock(&lock);
}

void
line_mended(uint64_t sid)
{
	struct place *place;

	pthread_mutex_lock(&lock);
	place = place_find(sid);
	if (place != NULL) {
		place->cuts += place->hung_up;
		place->hung_up = false;
	}
	pthread_mutex_unlock(&lock);
}

void
line_bore(uint64_t sid)
{
	struct place *place;

	pthread_mutex_lock(&lock);
	place = place_find(sid);
	if (place != NULL)
		place->cuts = 0;
	pthread_mutex_unlock(&lock);
}

bool
line_cuts(uint64_t sid)
{
	return line_look(sid).cuts >= CUTS;
}
