/*
 * The unread bar, remembered per viewer: each number for as long as the list
 * that it counts has not moved.  The page's own talk is left out by what the
 * page knows of it (request->talk_unread), so one count serves all pages.
 */
#include "web/bar.h"

#include <pthread.h>

#include "live/roster.h"
#include "live/talks.h"

#define PLACES 16384
#define LOCKS 64

static struct place {
	uint64_t uid;
	uint64_t inbox, friends; /* tags of the lists when they were counted */
	struct bar bar;
} places[PLACES]; /* by uid; a collision counts again */
static pthread_mutex_t locks[LOCKS] = {
	[0 ... LOCKS - 1] = PTHREAD_MUTEX_INITIALIZER,
};

static enum err
count_asks(struct request *request, unsigned *out)
{
	struct contact *contacts;
	size_t n;
	enum err err = roster_list(&request->arena, (struct roster_query){
	    request->viewer.uid, REC__FRIEND__STATE__ASKED_ME }, &contacts, &n);

	*out = (unsigned)n;
	return err;
}

/* Of `uid`, or of nobody: all of it is to be counted. */
static struct place
recall(uint64_t uid)
{
	struct place place;

	pthread_mutex_lock(&locks[uid % LOCKS]);
	place = places[uid % PLACES];
	pthread_mutex_unlock(&locks[uid % LOCKS]);
	return place.uid == uid ? place : (struct place){ 0 };
}

static void
remember(const struct place *place)
{
	pthread_mutex_lock(&locks[place->uid % LOCKS]);
	places[place->uid % PLACES] = *place;
	pthread_mutex_unlock(&locks[place->uid % LOCKS]);
}

/* Names the list before it is read; returns what it is to be known again by. */
static uint64_t
name_list(struct request *request, enum object_kind kind)
{
	struct object object = { .kind = kind, .a = request->viewer.uid };
	struct watch_set alone;

	watch_add(&request->calm, object);
	watch_begin(&alone);
	watch_add(&alone, object);
	return watch_etag(&alone);
}

enum err
bar_get(struct request *request, struct bar *out)
{
	uint64_t uid = request->viewer.uid;
	struct place now = { .uid = uid }, was = recall(uid);
	enum err err = OK;

	watch_add(&request->watch, (struct object){ .kind = OBJ_BAR, .a = uid });
	now.inbox = name_list(request, OBJ_INBOX);
	now.friends = name_list(request, OBJ_FRIENDS);
	now.bar = was.bar;
	if (was.uid == 0 || was.inbox != now.inbox)
		err = talks_unread(&request->arena, uid, &now.bar.talks);
	if (err == OK && (was.uid == 0 || was.friends != now.friends))
		err = count_asks(request, &now.bar.asks);
	if (err == OK)
		remember(&now);
	*out = now.bar;
	if (out->talks != 0 && request->talk_unread)
		out->talks--;
	return err;
}
