/*
 * Choices of people, remembered beside the stamp of their OBJ_SHOWING: one that
 * moved makes the place worthless, so nobody has to tell this file.
 *
 * The stamp is loaded before the store is read, so that a change between the
 * two is seen as one.  A table of sets with four places each; the oldest goes.
 * A lock covers some sets and is never held across a call out of this file.
 */
#include "live/shown.h"

#include <pthread.h>

#include "live/internal.h"

#define SETS 16384u
#define WAYS 4u
#define LOCKS 64u

static struct set {
	struct place {
		uint64_t uid; /* 0: empty */
		uint64_t stamp;
		struct showing showing;
	} way[WAYS];
	unsigned oldest;
} sets[SETS];
static pthread_mutex_t locks[LOCKS] = {
	[0 ... LOCKS - 1] = PTHREAD_MUTEX_INITIALIZER,
};

static struct place *
place_find(struct set *set, uint64_t uid)
{
	for (unsigned i = 0; i < WAYS; i++)
		if (set->way[i].uid == uid)
			return &set->way[i];
	return NULL;
}

static bool
remembered(uint64_t uid, uint64_t stamp, struct showing *out)
{
	const struct place *place;
	bool good;

	pthread_mutex_lock(&locks[uid % LOCKS]);
	place = place_find(&sets[uid % SETS], uid);
	good = place != NULL && place->stamp == stamp;
	if (good)
		*out = place->showing;
	pthread_mutex_unlock(&locks[uid % LOCKS]);
	return good;
}

static void
remember(uint64_t uid, uint64_t stamp, const struct showing *showing)
{
	struct set *set = &sets[uid % SETS];
	struct place *place;

	pthread_mutex_lock(&locks[uid % LOCKS]);
	place = place_find(set, uid);
	if (place == NULL)
		place = &set->way[set->oldest++ % WAYS];
	*place = (struct place){ uid, stamp, *showing };
	pthread_mutex_unlock(&locks[uid % LOCKS]);
}

void
shown_choice(uint64_t uid, struct showing *out)
{
	uint64_t stamp = watch_stamp(watch_slot((struct object){
	    .kind = OBJ_SHOWING, .a = uid }));
	struct arena arena;

	if (remembered(uid, stamp, out))
		return;
	arena_init(&arena, 0);
	if (showing_get(&arena, uid, out) == OK)
		remember(uid, stamp, out);
	arena_fini(&arena);
}

enum presence
shown_as(const struct showing *showing, enum presence state)
{
	static const enum presence as[SHOWING_MODES][PRESENCE_STATES] = {
		[SHOWING_AUTO] = { PRESENCE_OFFLINE, PRESENCE_AWAY,
		    PRESENCE_ONLINE, PRESENCE_PHONE, PRESENCE_BUSY },
		[SHOWING_AWAY] = { PRESENCE_OFFLINE, PRESENCE_AWAY,
		    PRESENCE_AWAY, PRESENCE_AWAY, PRESENCE_AWAY },
		[SHOWING_BUSY] = { PRESENCE_OFFLINE, PRESENCE_AWAY,
		    PRESENCE_BUSY, PRESENCE_BUSY, PRESENCE_BUSY },
		[SHOWING_PHONE] = { PRESENCE_OFFLINE, PRESENCE_AWAY,
		    PRESENCE_PHONE, PRESENCE_PHONE, PRESENCE_PHONE },
		/* invisible: offline, all of it */
	};

	return showing->rule == SHOWING_NOBODY ? PRESENCE_OFFLINE :
	    as[showing->mode][state];
}

enum presence
shown_presence(uint64_t uid, struct showing *out)
{
	bool young = presence_young();
	enum presence state = PRESENCE_ONLINE;

	if (!young)
		state = presence_get(uid, 0);
	if (state == PRESENCE_OFFLINE) {
		*out = (struct showing){ .mode = SHOWING_INVISIBLE };
		return PRESENCE_OFFLINE;
	}
	shown_choice(uid, out);
	/* Nobody asks whether the invisible were here before a start: the end
	 * of that grace would be told to their friends. */
	if (shown_as(out, state) != PRESENCE_OFFLINE && young)
		state = presence_get(uid, out->seen_ms);
	state = shown_as(out, state);
	if (state != PRESENCE_OFFLINE)
		presence_seen(uid);
	return state;
}
