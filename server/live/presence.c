/*
 * Who is here: a table of the people who did something in the last half hour,
 * or hold a request.  Everything follows from three times and a count per
 * person, so a state is computed when asked for; `told` is what was shown when
 * the viewers' pages were last bumped.
 *
 * The sweep, once a second, finds those whose state has aged or whose choice
 * moved, asks what is shown of them now, and if that is not what was told marks
 * those who may see it and are looking; a viewer marked within 10 s of the last
 * bump is bumped when the 10 s are over.  What is not shown is not told: of the
 * invisible no stamp moves.  The sweep forgets people of whom nothing is left to
 * say.
 *
 * Locks: one per shard, innermost but for nothing: no call leaves this file
 * under it, and never two.  The store is read by the sweep alone, unlocked.
 */
#include "live/presence.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "im/showing.h"
#include "live/internal.h"
#include "live/shown.h"

#define SHARDS 64u
#define HEADS 1024u

#define MINUTE_MS INT64_C(60000)
#define GONE_MS INT64_C(90000)		/* reachable after the last sign */
#define HELD_ONLINE_MS (15 * MINUTE_MS) /* online while reachable */
#define AWAY_MS (5 * MINUTE_MS)		/* away after the last sign */
#define GRACE_MS (5 * MINUTE_MS)	/* before and after a start */
#define LOOKING_MS (30 * MINUTE_MS)
#define BUMP_MS INT64_C(10000)
#define SPREAD_MS INT64_C(30000)	/* over which a crowd is spread */
#define SWEEP_S 1
#define NEVER (INT64_MIN / 2)

struct person {
	struct person *next;
	uint64_t uid;
	int64_t active_ms;
	int64_t desk_ms;  /* last activity on what is no phone */
	int64_t held_ms;  /* end of the last hold */
	int64_t quiet_ms; /* as a viewer: no bump before this */
	uint64_t chosen;  /* stamp of the choice that was told */
	uint32_t slot;	  /* and where it stands */
	int holds;
	enum presence aged; /* state at the last sweep */
	enum presence told; /* what was shown then */
	enum showing_rule rule; /* and to whom */
	bool gone;	  /* signed out everywhere */
	bool grace;	  /* was here shortly before the start */
	bool behind;	  /* as a viewer: to be bumped at quiet_ms */
	bool seen;	  /* shown as here since the last telling */
};

static struct shard {
	pthread_mutex_t lock;
	struct person *heads[HEADS];
} shards[SHARDS];
static pthread_once_t shards_once = PTHREAD_ONCE_INIT;

/* Constant while the thread runs. */
static int64_t start_wall_ms, grace_end_ms = NEVER;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool stop;
} sweeper = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
shards_init(void)
{
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&shards[i].lock, NULL);
}

static uint64_t
mix(uint64_t uid)
{
	uid *= UINT64_C(0x9e3779b97f4a7c15);
	return uid >> 32;
}

/* ---- one person ---- */

static struct shard *
shard_lock(uint64_t uid)
{
	struct shard *shard = &shards[mix(uid) % SHARDS];

	pthread_once(&shards_once, shards_init);
	pthread_mutex_lock(&shard->lock);
	return shard;
}

static struct person *
person_find(struct shard *shard, uint64_t uid)
{
	struct person *p = shard->heads[mix(uid) / SHARDS % HEADS];

	while (p != NULL && p->uid != uid)
		p = p->next;
	return p;
}

static struct person *
person_make(struct shard *shard, uint64_t uid)
{
	struct person **head = &shard->heads[mix(uid) / SHARDS % HEADS];
	struct person *p = person_find(shard, uid);

	if (p != NULL)
		return p;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	p->uid = uid;
	p->active_ms = p->desk_ms = p->held_ms = p->quiet_ms = NEVER;
	p->slot = watch_slot((struct object){ .kind = OBJ_SHOWING, .a = uid });
	p->chosen = watch_stamp(p->slot);
	p->aged = p->told = PRESENCE_OFFLINE;
	p->next = *head;
	*head = p;
	return p;
}

static enum presence
person_state(const struct person *p, int64_t now_ms)
{
	int64_t last = p->active_ms > p->held_ms ? p->active_ms : p->held_ms;
	int64_t silent = p->holds > 0 ? 0 : now_ms - last;

	if (p->gone)
		return PRESENCE_OFFLINE;
	if (silent < GONE_MS && now_ms - p->active_ms < HELD_ONLINE_MS)
		return now_ms - p->desk_ms < GONE_MS ||
		    p->desk_ms == p->active_ms ? PRESENCE_ONLINE :
		    PRESENCE_PHONE;
	if (silent < AWAY_MS)
		return PRESENCE_AWAY;
	if (p->grace && now_ms < grace_end_ms)
		return PRESENCE_AWAY;
	return PRESENCE_OFFLINE;
}

static bool
person_looks(const struct person *p, int64_t now_ms)
{
	return !p->gone && (p->holds > 0 ||
	    now_ms - p->active_ms < LOOKING_MS ||
	    now_ms - p->held_ms < GONE_MS);
}

/* Would a new entry say the same? */
static bool
person_blank(const struct person *p, int64_t now_ms)
{
	return p->told == PRESENCE_OFFLINE && p->holds == 0 && !p->behind &&
	    !person_looks(p, now_ms) && now_ms >= grace_end_ms &&
	    person_state(p, now_ms) == PRESENCE_OFFLINE;
}

/*
 * The lists of somebody who did not look were not kept up: they are stale.  From
 * here on they look, or two tabs that come back at once would each be news to
 * the other and neither would ever be held again.
 */
static void
person_back(uint64_t uid, bool active, bool phone)
{
	int64_t now = clock_mono_ms();
	struct shard *shard = shard_lock(uid);
	struct person *p = person_make(shard, uid);
	bool looked = person_looks(p, now);

	if (active) {
		p->gone = false;
		p->active_ms = now;
		p->desk_ms = phone ? p->desk_ms : now;
	} else {
		p->held_ms = now;
	}
	pthread_mutex_unlock(&shard->lock);
	if (!looked)
		live_bump((struct object[]){
		    { .kind = OBJ_PRESENCE, .a = uid },
		    { .kind = OBJ_PEER, .a = uid } }, 2);
}

void
presence_active(uint64_t uid, bool phone)
{
	person_back(uid, true, phone);
}

void
presence_back(uint64_t uid)
{
	person_back(uid, false, false);
}

void
presence_hold(uint64_t uid, int delta)
{
	int64_t now = clock_mono_ms();
	struct shard *shard = shard_lock(uid);
	struct person *p = delta > 0 ? person_make(shard, uid) :
	    person_find(shard, uid);

	/* The end of a hold may come after presence_stop. */
	if (p != NULL && p->holds + delta >= 0) {
		p->holds += delta;
		p->held_ms = now;
	}
	pthread_mutex_unlock(&shard->lock);
}

void
presence_gone(uint64_t uid)
{
	struct shard *shard = shard_lock(uid);

	person_make(shard, uid)->gone = true;
	pthread_mutex_unlock(&shard->lock);
}

bool
presence_young(void)
{
	return clock_mono_ms() < grace_end_ms;
}

enum presence
presence_get(uint64_t uid, int64_t seen_ms)
{
	int64_t now = clock_mono_ms();
	struct shard *shard = shard_lock(uid);
	struct person *p = person_find(shard, uid);
	bool grace = now < grace_end_ms && seen_ms >= start_wall_ms - GRACE_MS;
	enum presence state;

	/* Remembered, so that the sweep tells the end of the grace. */
	if (grace && p == NULL) {
		p = person_make(shard, uid);
		p->aged = p->told = PRESENCE_AWAY;
	}
	if (grace)
		p->grace = true;
	state = p != NULL ? person_state(p, now) : PRESENCE_OFFLINE;
	pthread_mutex_unlock(&shard->lock);
	return state;
}

void
presence_seen(uint64_t uid)
{
	struct shard *shard = shard_lock(uid);
	struct person *p = person_find(shard, uid);

	if (p != NULL)
		p->seen = true;
	pthread_mutex_unlock(&shard->lock);
}

/* ---- the sweep ---- */

/* Objects to be bumped when no lock is held: a growing list. */
struct news {
	struct object *at;
	size_t n, size;
};

static void
news_add(struct news *news, struct object object)
{
	if (news->n == news->size) {
		news->size = news->size == 0 ? 64 : news->size * 2;
		news->at = realloc(news->at, news->size * sizeof(*news->at));
		if (news->at == NULL)
			abort();
	}
	news->at[news->n++] = object;
}

/* Somebody whose state or choice is another than at the last sweep. */
struct change {
	struct change *next;
	uint64_t uid;
	enum presence state;
	bool chosen;
};

/* One round: what it found and whom it tells. */
struct sweep {
	struct arena arena;
	int64_t now_ms;
	struct change *changes;
	struct news news;
};

static void
sweep_person(struct sweep *sweep, struct person *p)
{
	enum presence state = person_state(p, sweep->now_ms);
	uint64_t chosen = watch_stamp(p->slot);

	if (state != p->aged || chosen != p->chosen ||
	    (p->seen && p->told == PRESENCE_OFFLINE)) {
		struct change *change = ARENA_NEW(&sweep->arena, struct change);

		*change = (struct change){ sweep->changes, p->uid, state,
			chosen != p->chosen };
		sweep->changes = change;
		p->aged = state;
		p->chosen = chosen;
	}
	if (p->behind && sweep->now_ms >= p->quiet_ms) {
		p->behind = false;
		p->quiet_ms = sweep->now_ms + BUMP_MS;
		news_add(&sweep->news, (struct object){
		    .kind = OBJ_PRESENCE, .a = p->uid });
	}
}

static void
sweep_shard(struct sweep *sweep, struct shard *shard)
{
	for (size_t i = 0; i < HEADS; i++) {
		struct person **at = &shard->heads[i], *p;

		while ((p = *at) != NULL) {
			sweep_person(sweep, p);
			if (!person_blank(p, sweep->now_ms)) {
				at = &p->next;
				continue;
			}
			*at = p->next;
			free(p);
		}
	}
}

/* Before this a viewer is not bumped: those who come back after a start, or
 * leave with its grace, do so all at once. */
static int64_t
spread_until(uint64_t uid, int64_t now_ms)
{
	int64_t begin = now_ms < grace_end_ms ? grace_end_ms - GRACE_MS :
	    grace_end_ms;

	return begin + (int64_t)(mix(uid) % (uint64_t)SPREAD_MS);
}

/* The viewer's page shows `uid`, who changed: bump now, later or never? */
static void
mark_viewer(struct sweep *sweep, uint64_t viewer, uint64_t uid)
{
	int64_t now = sweep->now_ms, spread = spread_until(viewer, now);
	struct shard *shard = shard_lock(viewer);
	struct person *p = person_find(shard, viewer);
	bool looks = p != NULL && person_looks(p, now), due = false;

	if (looks) {
		if (p->quiet_ms < spread)
			p->quiet_ms = spread;
		due = now >= p->quiet_ms;
		p->behind = !due;
		if (due)
			p->quiet_ms = now + BUMP_MS;
	}
	pthread_mutex_unlock(&shard->lock);
	if (looks)
		news_add(&sweep->news, (struct object){ OBJ_PEER, viewer, uid });
	if (due)
		news_add(&sweep->news, (struct object){ OBJ_PRESENCE, viewer, 0 });
}

static void
mark_audience(struct sweep *sweep, uint64_t uid, enum showing_rule rule)
{
	struct arena arena; /* of one: a start tells of everybody */
	uint64_t *viewers;
	size_t n;
	enum err err;

	arena_init(&arena, 0);
	err = showing_audience(&arena, uid, rule, &viewers, &n);
	if (err != OK) {
		log_warn("friends not told: %s", err_name(err));
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		mark_viewer(sweep, viewers[i], uid);
	arena_fini(&arena);
}

/* Is that, under the choice in force, something else to see?  Those are told
 * too who may see it no longer. */
static void
tell(struct sweep *sweep, const struct change *change)
{
	struct showing showing;
	enum presence shown;
	struct shard *shard;
	struct person *p;
	bool news = false, talks;

	shown_choice(change->uid, &showing);
	shown = shown_as(&showing, change->state);
	shard = shard_lock(change->uid);
	p = person_find(shard, change->uid);
	talks = showing.rule == SHOWING_TALKS;
	if (p != NULL) {
		talks = talks || p->rule == SHOWING_TALKS;
		/* A page may have shown what came and went since. */
		news = p->told != shown || (shown != PRESENCE_OFFLINE ?
		    change->chosen : p->seen);
		p->seen = p->seen && shown != PRESENCE_OFFLINE;
		p->told = shown;
		p->rule = showing.rule;
	}
	pthread_mutex_unlock(&shard->lock);
	if (news)
		mark_audience(sweep, change->uid, talks ? SHOWING_TALKS :
		    SHOWING_FRIENDS);
}

void
presence_sweep(int64_t now_ms)
{
	struct sweep sweep = { .now_ms = now_ms };

	arena_init(&sweep.arena, 0);
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&shards[i].lock);
		sweep_shard(&sweep, &shards[i]);
		pthread_mutex_unlock(&shards[i].lock);
	}
	for (const struct change *c = sweep.changes; c != NULL; c = c->next)
		tell(&sweep, c);
	if (sweep.news.n != 0)
		live_bump(sweep.news.at, sweep.news.n);
	free(sweep.news.at);
	arena_fini(&sweep.arena);
}

size_t
presence_count(void)
{
	size_t n = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&shards[i].lock);
		for (size_t k = 0; k < HEADS; k++)
			for (const struct person *p = shards[i].heads[k];
			    p != NULL; p = p->next)
				n++;
		pthread_mutex_unlock(&shards[i].lock);
	}
	return n;
}

/* ---- the thread ---- */

static bool
sleep_second(void)
{
	struct timespec until;
	int error = 0;
	bool go;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SWEEP_S;
	pthread_mutex_lock(&sweeper.lock);
	while (!sweeper.stop && error != ETIMEDOUT)
		error = pthread_cond_timedwait(&sweeper.wake, &sweeper.lock,
		    &until);
	go = !sweeper.stop;
	pthread_mutex_unlock(&sweeper.lock);
	return go;
}

static void *
sweeper_run(void *arg)
{
	(void)arg;
	while (sleep_second())
		presence_sweep(clock_mono_ms());
	return NULL;
}

void
presence_open(void)
{
	pthread_once(&shards_once, shards_init);
	start_wall_ms = clock_wall_ms();
	grace_end_ms = clock_mono_ms() + GRACE_MS;
}

enum err
presence_start(void)
{
	pthread_condattr_t attr;
	int error;

	presence_open();
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&sweeper.wake, &attr);
	pthread_condattr_destroy(&attr);
	sweeper.stop = false;
	error = pthread_create(&sweeper.thread, NULL, sweeper_run, NULL);
	if (error != 0) {
		log_error("pthread_create: %s", strerror(error));
		return ERR_INTERNAL;
	}
	return OK;
}

static void
forget_all(void)
{
	for (size_t i = 0; i < SHARDS * HEADS; i++) {
		struct shard *shard = &shards[i / HEADS];
		struct person **head = &shard->heads[i % HEADS], *p;

		pthread_mutex_lock(&shard->lock);
		while ((p = *head) != NULL) {
			*head = p->next;
			free(p);
		}
		pthread_mutex_unlock(&shard->lock);
	}
}

void
presence_stop(void)
{
	pthread_mutex_lock(&sweeper.lock);
	sweeper.stop = true;
	pthread_cond_signal(&sweeper.wake);
	pthread_mutex_unlock(&sweeper.lock);
	pthread_join(sweeper.thread, NULL);
	pthread_cond_destroy(&sweeper.wake);
	forget_all();
}
