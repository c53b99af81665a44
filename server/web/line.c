/*
 * What is known of the lines of sessions: a small table by session, the newest
 * has the place.  A few bits each, so one lock.
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

/* The session's place, taken over if need be; locked until line_leave. */
static struct place *
line_enter(uint64_t sid)
{
	struct place *place = &places[sid % PLACES];
	int64_t now = clock_mono_ms();

	pthread_mutex_lock(&lock);
	if (place->sid != sid || now - place->since_ms > KNOWN_MS)
		*place = (struct place){ .sid = sid, .since_ms = now };
	return place;
}

static void
line_leave(void)
{
	pthread_mutex_unlock(&lock);
}

/* A copy; who only asks takes no place. */
static struct place
line_look(uint64_t sid)
{
	struct place place;

	pthread_mutex_lock(&lock);
	place = places[sid % PLACES];
	pthread_mutex_unlock(&lock);
	if (place.sid != sid || clock_mono_ms() - place.since_ms > KNOWN_MS)
		return (struct place){ .sid = sid };
	return place;
}

enum line
line_get(uint64_t sid)
{
	return line_look(sid).line;
}

bool
line_change(uint64_t sid, enum line from, enum line to)
{
	struct place *place = line_enter(sid);
	bool is = place->line == from;

	if (is)
		place->line = to;
	line_leave();
	return is;
}

void
line_hung_up(uint64_t sid)
{
	line_enter(sid)->hung_up = true;
	line_leave();
}

void
line_mended(uint64_t sid)
{
	struct place *place = line_enter(sid);

	place->cuts += place->hung_up;
	place->hung_up = false;
	line_leave();
}

void
line_bore(uint64_t sid)
{
	struct place *place = line_enter(sid);

	place->cuts = 0;
	line_leave();
}

bool
line_cuts(uint64_t sid)
{
	return line_look(sid).cuts >= CUTS;
}
