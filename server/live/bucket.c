/*
 * How often one slot may wake its waiters: a token bucket per slot, kept only
 * while it says anything that a new one would not (seconds after the last
 * news).
 *
 * A bump takes a token; with one at hand its waiters wake at once.  Several in
 * one tick are one wake and cost one token.  Without,
 * the bucket *keeps* the news until `slow_ms` after the last wake, then lets
 * it out through bucket_due: delayed, never lost.  Tokens come back every
 * `refill_ms`, so "no token" means "bumped faster than that for a while".
 * Bumps that nobody waited for do not count as wakes.
 *
 * One lock, innermost of all; nothing is called under it.  The ticker writes;
 * live_wait asks bucket_kept_until.
 */
#include <pthread.h>
#include <stdlib.h>

#include "live/heap.h"
#include "live/internal.h"

#define BUCKET_HEADS 4096u

static const struct {
	int64_t burst, refill_ms; /* tokens at most; one back every so often */
	int64_t slow_ms;	  /* without a token: between two wakes */
} paces[PACE_COUNT] = {
	[PACE_NEWS]	= { .burst = 3, .refill_ms = 500, .slow_ms = 2000 },
	[PACE_PRESENCE] = { .slow_ms = 10000 },
	[PACE_BAR]	= { .slow_ms = 30000 },
};

struct bucket {
	struct heap_node node; /* key: news let out, or bucket forgotten */
	struct bucket *next;
	uint32_t slot;
	bool keeps;	 /* news waits for node.key */
	bool took;	 /* a token, for the tick of took_ms */
	int64_t took_ms;
	int64_t full_ms; /* when all tokens will be back */
	int64_t slow_ms; /* before this no wake without a token */
};

static struct {
	pthread_mutex_t lock;
	struct bucket *heads[BUCKET_HEADS];
	struct heap times;
} buckets = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct bucket **
bucket_find(uint32_t slot)
{
	struct bucket **at = &buckets.heads[slot % BUCKET_HEADS];

	while (*at != NULL && (*at)->slot != slot)
		at = &(*at)->next;
	return at;
}

static struct bucket *
bucket_make(struct bucket **at, uint32_t slot)
{
	struct bucket *b = calloc(1, sizeof(*b));

	if (b == NULL)
		abort();
	b->slot = slot;
	b->node.item = b;
	heap_put(&buckets.times, &b->node, 0);
	*at = b;
	return b;
}

/* A bucket that keeps nothing lives at least until the next tick, so that
 * bucket_woke finds it. */
static void
bucket_set(struct bucket *b, bool keeps, int64_t now_ms)
{
	int64_t key = b->slow_ms;

	if (!keeps && key < b->full_ms)
		key = b->full_ms;
	if (!keeps && key <= now_ms)
		key = now_ms + 1;
	b->keeps = keeps;
	heap_del(&buckets.times, &b->node);
	heap_put(&buckets.times, &b->node, key);
}

static bool
bucket_take(struct bucket *b, int64_t now_ms)
{
	int64_t refill = paces[watch_pace(b->slot)].refill_ms;
	int64_t full = paces[watch_pace(b->slot)].burst * refill;
	int64_t missing = b->full_ms > now_ms ? b->full_ms - now_ms : 0;
	bool token = full > 0 && missing + refill <= full;

	b->full_ms = now_ms + (token ? missing + refill : full);
	b->took = token;
	b->took_ms = now_ms;
	return token;
}

bool
bucket_bump(uint32_t slot, int64_t now_ms)
{
	struct bucket **at, *b;
	bool now;

	if (paces[watch_pace(slot)].slow_ms == 0)
		return true;
	pthread_mutex_lock(&buckets.lock);
	at = bucket_find(slot);
	b = *at != NULL ? *at : bucket_make(at, slot);
	now = (b->took && b->took_ms == now_ms) || bucket_take(b, now_ms) ||
	    b->slow_ms <= now_ms;
	bucket_set(b, !now, now_ms);
	pthread_mutex_unlock(&buckets.lock);
	return now;
}

void
bucket_woke(uint32_t slot, int64_t now_ms)
{
	struct bucket *b;

	pthread_mutex_lock(&buckets.lock);
	b = *bucket_find(slot);
	if (b != NULL) {
		b->slow_ms = now_ms + paces[watch_pace(slot)].slow_ms;
		bucket_set(b, b->keeps, now_ms);
	}
	pthread_mutex_unlock(&buckets.lock);
}

int64_t
bucket_kept_until(uint32_t slot)
{
	const struct bucket *b;
	int64_t until;

	pthread_mutex_lock(&buckets.lock);
	b = *bucket_find(slot);
	until = b != NULL && b->keeps ? b->node.key : 0;
	pthread_mutex_unlock(&buckets.lock);
	return until;
}

static void
bucket_forget(struct bucket *b)
{
	heap_del(&buckets.times, &b->node);
	*bucket_find(b->slot) = b->next;
	free(b);
}

bool
bucket_due(int64_t now_ms, uint32_t *slot)
{
	struct heap_node *node;
	struct bucket *b;
	bool found = false;

	pthread_mutex_lock(&buckets.lock);
	while (!found && (node = heap_top(&buckets.times)) != NULL &&
	    node->key <= now_ms) {
		b = node->item;
		found = b->keeps;
		*slot = b->slot;
		if (found)
			bucket_set(b, false, now_ms);
		else
			bucket_forget(b);
	}
	pthread_mutex_unlock(&buckets.lock);
	return found;
}

int64_t
bucket_next_ms(void)
{
	struct heap_node *node;
	int64_t next;

	pthread_mutex_lock(&buckets.lock);
	node = heap_top(&buckets.times);
	next = node != NULL ? node->key : INT64_MAX;
	pthread_mutex_unlock(&buckets.lock);
	return next;
}

size_t
bucket_count(void)
{
	size_t n;

	pthread_mutex_lock(&buckets.lock);
	n = buckets.times.n;
	pthread_mutex_unlock(&buckets.lock);
	return n;
}

void
bucket_fini(void)
{
	struct heap_node *node;

	pthread_mutex_lock(&buckets.lock);
	while ((node = heap_top(&buckets.times)) != NULL)
		bucket_forget(node->item);
	heap_fini(&buckets.times);
	pthread_mutex_unlock(&buckets.lock);
}
