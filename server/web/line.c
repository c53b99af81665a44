/*
 * What is known of the lines of sessions: a small table by session, newest
 * wins.  A few bits each, so one lock.
 */
#include "web/line.h"

#include <pthread.h>

#define PLACES 8192

static struct {
	uint64_t sid;
	enum line line;
} places[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static enum line
get_locked(uint64_t sid)
{
	return places[sid % PLACES].sid == sid ? places[sid % PLACES].line :
	    LINE_UNKNOWN;
}

enum line
line_get(uint64_t sid)
{
	enum line line;

	pthread_mutex_lock(&lock);
	line = get_locked(sid);
	pthread_mutex_unlock(&lock);
	return line;
}

bool
line_change(uint64_t sid, enum line from, enum line to)
{
	bool is;

	pthread_mutex_lock(&lock);
	is = get_locked(sid) == from;
	if (is) {
		places[sid % PLACES].sid = sid;
		places[sid % PLACES].line = to;
	}
	pthread_mutex_unlock(&lock);
	return is;
}
