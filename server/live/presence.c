/*
 * Who is here: a table of the people who did something in the last half hour,
 * or hold a request.  Everything follows from two times and a count per
 * person, so a state is computed when asked for; `told` is the state that the
 * friends' pages were last bumped for.
 *
 * The sweep, once a second, finds those whose state is not the one told, reads
 * their friends and marks those who are looking; a viewer marked within 10 s
 * of the last bump is bumped when the 10 s are over.  It forgets people of whom
 * nothing is left to say.
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
#include "im/contact.h"
#include "live/internal.h"

#define SHARDS 64u
#define HEADS 1024u

#define MINUTE_MS INT64_C(60000)
#define ACTIVE_MS INT64_C(90000)	/* online after activity */
#define LINGER_MS INT64_C(90000)	/* reachable after a hold */
#define HELD_ONLINE_MS (15 * MINUTE_MS) /* online while reachable */
#define AWAY_MS (5 * MINUTE_MS)		/* away after activity */
#define GRACE_MS (5 * MINUTE_MS)	/* before and after a start */
#define LOOKING_MS (30 * MINUTE_MS)
#define BUMP_MS INT64_C(10000)
#define SWEEP_S 1
#define NEVER (INT64_MIN / 2)

struct person {
	struct person *next;
	uint64_t uid;
	int64_t active_ms;
	int64_t held_ms;  /* end of the last hold */
	int64_t quiet_ms; /* as a viewer: no bump before this */
	int holds;
	enum presence told;
	bool gone;	  /* signed out everywhere */
	bool grace;	  /* was here shortly before the start */
	bool behind;	  /* as a viewer: to be bumped at quiet_ms */
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
	p->active_ms = p->held_ms = p->quiet_ms = NEVER;
	p->told = PRESENCE_OFFLINE;
	p->next = *head;
	*head = p;
	return p;
}

static enum presence
person_state(const struct person *p, int64_t now_ms)
{
	int64_t idle = now_ms - p->active_ms;
	bool reachable = p->holds > 0 || now_ms - p->held_ms < LINGER_MS;

	if (p->gone)
		return PRESENCE_OFFLINE;
	if (idle < ACTIVE_MS || (reachable && idle < HELD_ONLINE_MS))
		return PRESENCE_ONLINE;
	if (reachable || idle < AWAY_MS)
		return PRESENCE_AWAY;
	if (p->grace && now_ms < grace_end_ms)
		return PRESENCE_AWAY;
	return PRESENCE_OFFLINE;
}

static bool
person_looks(const struct person *p, int64_t now_ms)
{
	return !p->gone &&
	    (p->holds > 0 || now_ms - p->active_ms < LOOKING_MS);
}

/* Would a new entry say the same? */
static bool
person_blank(const struct person *p, int64_t now_ms)
{
	return p->told == PRESENCE_OFFLINE && p->holds == 0 && !p->behind &&
	    !person_looks(p, now_ms) && now_ms >= grace_end_ms &&
	    person_state(p, now_ms) == PRESENCE_OFFLINE;
}

/* The lists of somebody who did not look were not kept up: they are stale. */
static void
person_back(uint64_t uid, bool active)
{
	int64_t now = clock_mono_ms();
	struct shard *shard = shard_lock(uid);
	struct person *p = person_make(shard, uid);
	bool looked = person_looks(p, now);

	if (active) {
		p->gone = false;
		p->active_ms = now;
	}
	pthread_mutex_unlock(&shard->lock);
	if (!looked)
		live_bump1((struct object){ .kind = OBJ_PRESENCE, .a = uid });
}

void
presence_active(uint64_t uid)
{
	person_back(uid, true);
}

void
presence_back(uint64_t uid)
{
	person_back(uid, false);
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
		p->told = PRESENCE_AWAY;
	}
	if (grace)
		p->grace = true;
	state = p != NULL ? person_state(p, now) : PRESENCE_OFFLINE;
	pthread_mutex_unlock(&shard->lock);
	return state;
}

/* ---- the sweep ---- */

/* A growing list of uids; of one sweep. */
struct uids {
	uint64_t *at;
	size_t n, size;
};

static void
uids_add(struct uids *uids, uint64_t uid)
{
	if (uids->n == uids->size) {
		uids->size = uids->size == 0 ? 64 : uids->size * 2;
		uids->at = realloc(uids->at, uids->size * sizeof(*uids->at));
		if (uids->at == NULL)
			abort();
	}
	uids->at[uids->n++] = uid;
}

static void
sweep_person(struct person *p, int64_t now_ms, struct uids *changed,
    struct uids *viewers)
{
	enum presence state = person_state(p, now_ms);

	if (state != p->told) {
		p->told = state;
		uids_add(changed, p->uid);
	}
	if (p->behind && now_ms >= p->quiet_ms) {
		p->behind = false;
		p->quiet_ms = now_ms + BUMP_MS;
		uids_add(viewers, p->uid);
	}
}

static void
sweep_shard(struct shard *shard, int64_t now_ms, struct uids *changed,
    struct uids *viewers)
{
	for (size_t i = 0; i < HEADS; i++) {
		struct person **at = &shard->heads[i], *p;

		while ((p = *at) != NULL) {
			sweep_person(p, now_ms, changed, viewers);
			if (!person_blank(p, now_ms)) {
				at = &p->next;
				continue;
			}
			*at = p->next;
			free(p);
		}
	}
}

/* The viewer's page shows somebody who changed: bump now, later or never? */
static void
mark_viewer(uint64_t uid, int64_t now_ms, struct uids *viewers)
{
	struct shard *shard = shard_lock(uid);
	struct person *p = person_find(shard, uid);

	if (p != NULL && person_looks(p, now_ms)) {
		p->behind = now_ms < p->quiet_ms;
		if (!p->behind) {
			p->quiet_ms = now_ms + BUMP_MS;
			uids_add(viewers, uid);
		}
	}
	pthread_mutex_unlock(&shard->lock);
}

static void
mark_friends(uint64_t uid, int64_t now_ms, struct uids *viewers)
{
	struct contact *rows;
	struct arena arena;
	enum err err;
	size_t n;

	arena_init(&arena, 0);
	err = contact_list(&arena, uid, &rows, &n);
	if (err != OK) {
		log_warn("friends not told: %s", err_name(err));
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (rows[i].state == REC__FRIEND__STATE__FRIEND)
			mark_viewer(rows[i].uid, now_ms, viewers);
	arena_fini(&arena);
}

static void
bump_viewers(const struct uids *viewers)
{
	struct object objects[64];
	size_t n = 0;

	for (size_t i = 0; i < viewers->n; i++) {
		objects[n++] = (struct object){
			.kind = OBJ_PRESENCE, .a = viewers->at[i] };
		if (n == 64 || i + 1 == viewers->n) {
			live_bump(objects, n);
			n = 0;
		}
	}
}

void
presence_sweep(int64_t now_ms)
{
	struct uids changed = { 0 }, viewers = { 0 };

	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&shards[i].lock);
		sweep_shard(&shards[i], now_ms, &changed, &viewers);
		pthread_mutex_unlock(&shards[i].lock);
	}
	for (size_t i = 0; i < changed.n; i++)
		mark_friends(changed.at[i], now_ms, &viewers);
	bump_viewers(&viewers);
	free(changed.at);
	free(viewers.at);
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
