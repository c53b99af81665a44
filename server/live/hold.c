/*
 * The table of held requests.
 *
 * Waiters are divided into shards by session, so that a session's holds are
 * counted under one lock and so that no lock is held for long when thousands
 * wake.  A shard finds its waiters by slot (a hash of links, one link for each
 * slot a waiter watches), by session, by age and by time.
 *
 * No lost wake-up: a waiter is linked under the shard's lock after its slots
 * were looked at; a bump raises the slot, tells the ticker, and the ticker
 * then takes each shard's lock.  So either the waiter sees the raised slot or
 * the ticker sees the waiter.
 *
 * `linked` is the right to wake: whoever clears it, under the lock, has earned
 * the one resume, and passes the waiter on to the ticker: directly, or, if it
 * is another thread (eviction), through the shard's `out` list.
 *
 * Memory: waiters are the callers'; the table holds pointers until the resume.
 * Locks: shard, inside it buckets, presence or ticker_due; never two shards.
 */
#include "live/hold.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "live/internal.h"

#define SHARDS 16u
#define SLOT_HEADS 8192u
#define SESSION_HEADS 1024u

struct shard {
	pthread_mutex_t lock;
	bool open;
	struct waiter_link *slots[SLOT_HEADS];
	struct waiter *sessions[SESSION_HEADS];
	struct waiter *oldest, **newest; /* all, by arrival */
	struct waiter *out;		 /* unlinked, for the ticker; by next */
	struct heap times;
};

static struct shard shards[SHARDS];
static pthread_once_t shards_once = PTHREAD_ONCE_INIT;
/* Set while nobody waits, constant afterwards. */
static struct hold_config config;
static int epoll_fd = -1;

static atomic_uint held;
static _Atomic uint64_t arrivals, resumed, hangups, evicted;

static void
shards_init(void)
{
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&shards[i].lock, NULL);
		shards[i].newest = &shards[i].oldest;
	}
}

static uint64_t
mix(uint64_t x)
{
	x *= UINT64_C(0x9e3779b97f4a7c15);
	return x ^ x >> 32;
}

/* Without a session any shard will do, as long as it stays the same. */
static struct shard *
shard_of(const struct waiter *w)
{
	uint64_t key = w->sid != 0 ? w->sid : (uint64_t)(uintptr_t)w;

	return &shards[mix(key) % SHARDS];
}

static struct waiter **
session_head(struct shard *shard, uint64_t sid)
{
	return &shard->sessions[mix(sid) / SHARDS % SESSION_HEADS];
}

/* ---- linking ---- */

/* The links of a waiter are in the order of the slots it watches. */
static uint32_t
slot_of(const struct waiter_link *link)
{
	const struct waiter *w = link->waiter;

	return w->watch.slot[link - w->links.slots];
}

static void
slots_link(struct shard *shard, struct waiter *w)
{
	for (size_t i = 0; i < w->watch.n; i++) {
		struct waiter_link *link = &w->links.slots[i];
		uint32_t slot = w->watch.slot[i];

		link->waiter = w;
		link->prev = &shard->slots[slot % SLOT_HEADS];
		link->next = *link->prev;
		if (link->next != NULL)
			link->next->prev = &link->next;
		*link->prev = link;
	}
}

static void
slots_unlink(struct waiter *w)
{
	for (size_t i = 0; i < w->watch.n; i++) {
		struct waiter_link *link = &w->links.slots[i];

		*link->prev = link->next;
		if (link->next != NULL)
			link->next->prev = link->prev;
	}
}

static void
session_link(struct shard *shard, struct waiter *w)
{
	struct waiter_links *l = &w->links;

	l->sprev = session_head(shard, w->sid);
	l->snext = *l->sprev;
	if (l->snext != NULL)
		l->snext->links.sprev = &l->snext;
	*l->sprev = w;
}

static void
session_unlink(struct waiter *w)
{
	*w->links.sprev = w->links.snext;
	if (w->links.snext != NULL)
		w->links.snext->links.sprev = w->links.sprev;
}

static void
age_link(struct shard *shard, struct waiter *w)
{
	w->links.next = NULL;
	w->links.prev = shard->newest;
	*shard->newest = w;
	shard->newest = &w->links.next;
}

static void
age_unlink(struct shard *shard, struct waiter *w)
{
	*w->links.prev = w->links.next;
	if (w->links.next != NULL)
		w->links.next->links.prev = w->links.prev;
	else
		shard->newest = w->links.prev;
}

/* The one place where a waiter's right to be woken is used up. */
static void
unlink_waiter(struct shard *shard, struct waiter *w, enum wake_reason reason)
{
	assert(w->links.linked);
	w->links.linked = false;
	w->reason = reason;
	w->links.news = watch_now();
	slots_unlink(w);
	session_unlink(w);
	age_unlink(shard, w);
	heap_del(&shard->times, &w->links.node);
	atomic_fetch_sub(&held, 1);
}

static void
evict(struct shard *shard, struct waiter *w)
{
	unlink_waiter(shard, w, WAKE_EVICTED);
	w->links.next = shard->out;
	shard->out = w;
	atomic_fetch_add(&evicted, 1);
	ticker_due(INT64_MIN);
}

static void
evict_session(struct shard *shard, const struct waiter *newest)
{
	struct waiter *oldest = NULL, *w;
	unsigned n = 0;

	if (newest->sid == 0 || newest->session_max == 0)
		return;
	for (w = *session_head(shard, newest->sid); w != NULL;
	    w = w->links.snext) {
		if (w->sid != newest->sid)
			continue;
		n++;
		oldest = w;
	}
	if (n > newest->session_max)
		evict(shard, oldest);
}

/* The oldest of all; two locks are never held: in a race, one of the oldest. */
void
live_evict(void)
{
	uint64_t born = UINT64_MAX;
	struct shard *from = NULL;

	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &shards[i];

		pthread_mutex_lock(&shard->lock);
		if (shard->oldest != NULL &&
		    shard->oldest->links.born < born) {
			born = shard->oldest->links.born;
			from = shard;
		}
		pthread_mutex_unlock(&shard->lock);
	}
	if (from == NULL)
		return;
	pthread_mutex_lock(&from->lock);
	if (from->oldest != NULL)
		evict(from, from->oldest);
	pthread_mutex_unlock(&from->lock);
}

/* ---- waiting ---- */

/*
 * Nothing new for this waiter?  Then due_ms is the time at which there will
 * be: when the bytes change by themselves, or when a bucket lets out news that
 * the waiter has not seen.
 */
static bool
may_wait(struct waiter *w)
{
	const struct watch_set *set = &w->watch;
	int64_t wall = clock_wall_ms(), now = clock_mono_ms();

	w->links.due_ms = INT64_MAX;
	if (set->full || (set->until_ms != 0 && set->until_ms <= wall))
		return false;
	if (set->until_ms != 0)
		w->links.due_ms = now + (set->until_ms - wall);
	for (size_t i = 0; i < set->n; i++) {
		int64_t until;

		if (watch_stamp(set->slot[i]) <= w->since)
			continue;
		until = bucket_kept_until(set->slot[i]);
		if (until <= now)
			return false;
		if (until < w->links.due_ms)
			w->links.due_ms = until;
	}
	return true;
}

static void
epoll_add(struct waiter *w)
{
	struct epoll_event event = {
		.events = EPOLLRDHUP | EPOLLONESHOT,
		.data.ptr = w,
	};

	if (w->fd < 0)
		return;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, w->fd, &event) == 0)
		return;
	/* It waits all the same: only its hang-up would go unseen. */
	log_warn("fd %d: %s", w->fd, strerror(errno));
	w->fd = -1;
}

static void
link_waiter(struct shard *shard, struct waiter *w)
{
	struct waiter_links *l = &w->links;
	int64_t due = l->due_ms < w->deadline_ms ? l->due_ms : w->deadline_ms;

	l->linked = true;
	l->born = atomic_fetch_add(&arrivals, 1);
	slots_link(shard, w);
	session_link(shard, w);
	age_link(shard, w);
	l->node.item = w;
	heap_put(&shard->times, &l->node, due);
	if (w->uid != 0)
		presence_hold(w->uid, 1);
	epoll_add(w);
	ticker_due(due);
}

bool
live_wait(struct waiter *waiter)
{
	struct shard *shard = shard_of(waiter);
	bool wait;

	pthread_once(&shards_once, shards_init);
	pthread_mutex_lock(&shard->lock);
	wait = shard->open && may_wait(waiter);
	if (wait) {
		assert(waiter->worker < config.workers);
		atomic_fetch_add(&held, 1);
		waiter->suspend(waiter);
		link_waiter(shard, waiter);
		evict_session(shard, waiter);
	}
	pthread_mutex_unlock(&shard->lock);
	if (wait && atomic_load(&held) > config.max)
		live_evict();
	return wait;
}

/* ---- for the ticker ---- */

static void
hang_up(struct waiter *w)
{
	struct shard *shard = shard_of(w);

	pthread_mutex_lock(&shard->lock);
	if (w->links.linked) {
		unlink_waiter(shard, w, WAKE_HANGUP);
		w->links.next = shard->out;
		shard->out = w;
		atomic_fetch_add(&hangups, 1);
	}
	pthread_mutex_unlock(&shard->lock);
}

/*
 * The pointers in the events are good: a waiter leaves the epoll before its
 * resume, and both that and this happen on the ticker thread only.
 */
void
hold_reap(void)
{
	struct epoll_event events[256];
	int n;

	do {
		n = epoll_wait(epoll_fd, events, 256, 0);
		for (int i = 0; i < n; i++)
			hang_up(events[i].data.ptr);
	} while (n == 256);
}

/* The newest of what the waiter has not seen. */
static uint64_t
newest_news(const struct waiter *w)
{
	uint64_t newest = 0;

	for (size_t i = 0; i < w->watch.n; i++) {
		uint64_t stamp = watch_stamp(w->watch.slot[i]);

		if (stamp > newest)
			newest = stamp;
	}
	return newest;
}

static bool
sweep_slot(struct shard *shard, uint32_t slot, const struct hold_sweep *sweep)
{
	struct waiter_link *link = shard->slots[slot % SLOT_HEADS], *next;
	uint64_t stamp = watch_stamp(slot);
	bool woke = false;

	for (; link != NULL; link = next) {
		struct waiter *w = link->waiter;

		next = link->next;
		if (slot_of(link) != slot || w->since >= stamp)
			continue;
		/* `next` may be a link of w, too (of another slot of the same
		 * chain): it leads on all the same, w is not resumed yet. */
		unlink_waiter(shard, w, WAKE_NEWS);
		w->links.news = newest_news(w);
		sweep->ready(w);
		woke = true;
	}
	return woke;
}

static void
sweep_times(struct shard *shard, const struct hold_sweep *sweep)
{
	struct heap_node *node;

	while ((node = heap_top(&shard->times)) != NULL &&
	    (sweep->all || node->key <= sweep->now_ms)) {
		struct waiter *w = node->item;
		bool news = w->links.due_ms <= sweep->now_ms;

		unlink_waiter(shard, w, sweep->all ? WAKE_STOP :
		    news ? WAKE_NEWS : WAKE_DEADLINE);
		sweep->ready(w);
	}
}

static void
sweep_out(struct shard *shard, const struct hold_sweep *sweep)
{
	struct waiter *w, *next;

	for (w = shard->out; w != NULL; w = next) {
		next = w->links.next;
		sweep->ready(w);
	}
	shard->out = NULL;
}

void
hold_sweep(const struct hold_sweep *sweep)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &shards[i];

		pthread_mutex_lock(&shard->lock);
		for (size_t k = 0; k < sweep->n; k++)
			if (sweep_slot(shard, sweep->slots[k], sweep))
				sweep->woke[k] = true;
		sweep_times(shard, sweep);
		sweep_out(shard, sweep);
		pthread_mutex_unlock(&shard->lock);
	}
}

int64_t
hold_next_ms(void)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < SHARDS; i++) {
		struct heap_node *node;

		pthread_mutex_lock(&shards[i].lock);
		node = heap_top(&shards[i].times);
		if (node != NULL && node->key < next)
			next = node->key;
		if (shards[i].out != NULL)
			next = INT64_MIN;
		pthread_mutex_unlock(&shards[i].lock);
	}
	return next;
}

void
hold_release(struct waiter *waiter)
{
	if (waiter->fd >= 0)
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, waiter->fd, NULL);
	if (waiter->uid != 0)
		presence_hold(waiter->uid, -1);
	atomic_fetch_add(&resumed, 1);
}

void
hold_open(const struct hold_config *new_config, int new_epoll_fd)
{
	pthread_once(&shards_once, shards_init);
	config = *new_config;
	epoll_fd = new_epoll_fd;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&shards[i].lock);
		shards[i].open = true;
		pthread_mutex_unlock(&shards[i].lock);
	}
}

void
hold_close(void)
{
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&shards[i].lock);
		shards[i].open = false;
		pthread_mutex_unlock(&shards[i].lock);
	}
}

void
hold_stats(struct hold_stats *out)
{
	*out = (struct hold_stats){
		.held = atomic_load(&held),
		.resumed = atomic_load(&resumed),
		.hangups = atomic_load(&hangups),
		.evicted = atomic_load(&evicted),
	};
}
