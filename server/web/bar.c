/*
 * The unread bar, remembered per viewer for as long as the viewer's lists have
 * not moved.  The page's own talk is left out by what the page knows of it
 * (request->talk_unread), so one count serves all pages.
 */
#include "web/bar.h"

#include <pthread.h>

#include "im/contact.h"
#include "im/conversation.h"

#define PLACES 4096
#define LOCKS 64

static struct place {
	uint64_t uid;
	struct watch_set lists;
	struct bar bar;
} places[PLACES]; /* by uid; a collision counts again */
static pthread_mutex_t locks[LOCKS] = {
	[0 ... LOCKS - 1] = PTHREAD_MUTEX_INITIALIZER,
};

static enum err
count(struct request *request, struct bar *out)
{
	uint64_t uid = request->viewer.uid;
	struct unread unread;
	struct contact *contacts;
	size_t n;
	enum err err = conversation_unread(&request->arena, uid, 0, &unread);

	if (err == OK)
		err = contact_list(&request->arena, uid, &contacts, &n);
	if (err != OK)
		return err;
	*out = (struct bar){ .talks = unread.talks };
	for (size_t i = 0; i < n; i++)
		out->asks += contacts[i].state == REC__FRIEND__STATE__ASKED_ME;
	return OK;
}

static bool
remembered(uint64_t uid, int64_t now_ms, struct bar *out)
{
	struct place *place = &places[uid % PLACES];
	bool good;

	pthread_mutex_lock(&locks[uid % LOCKS]);
	good = place->uid == uid && !watch_stale(&place->lists, now_ms);
	if (good)
		*out = place->bar;
	pthread_mutex_unlock(&locks[uid % LOCKS]);
	return good;
}

static void
remember(uint64_t uid, const struct watch_set *lists, const struct bar *bar)
{
	pthread_mutex_lock(&locks[uid % LOCKS]);
	places[uid % PLACES] = (struct place){ uid, *lists, *bar };
	pthread_mutex_unlock(&locks[uid % LOCKS]);
}

enum err
bar_get(struct request *request, struct bar *out)
{
	uint64_t uid = request->viewer.uid;
	struct object inbox = { .kind = OBJ_INBOX, .a = uid };
	struct object friends = { .kind = OBJ_FRIENDS, .a = uid };
	struct watch_set lists;
	enum err err = OK;

	watch_add(&request->watch, (struct object){ .kind = OBJ_BAR, .a = uid });
	watch_add(&request->calm, inbox);
	watch_add(&request->calm, friends);
	watch_begin(&lists);
	watch_add(&lists, inbox);
	watch_add(&lists, friends);
	if (!remembered(uid, request->now_ms, out)) {
		err = count(request, out);
		if (err == OK)
			remember(uid, &lists, out);
	}
	if (out->talks != 0 && request->talk_unread)
		out->talks--;
	return err;
}
