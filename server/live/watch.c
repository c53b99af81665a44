/*
 * Stamps: 2^20 slots and one counter, all atomic, no lock.
 *
 * A bump raises the counter (release) and then the slot to that value.  A
 * page reads the counter first (acquire).  So for a page with V:
 *  - a bump with a stamp <= V raised the counter before the page read it, and
 *    its data, visible before that, is what the page then reads, even if the
 *    slot itself is raised a moment later;
 *  - every other bump has a stamp > V and is news.
 * Slots only rise (compare-and-swap to the larger), else two bumps of one
 * slot that overtake each other would hide the later one.
 *
 * What is kept in memory (talks.c, roster.c, known.c, shown.c) breaks the first of
 * these: nothing is read again before a slot is raised.  So of all objects of a
 * command, those that kept things go by are raised first, and then all: whoever sees
 * what a page watches raised, or has a V that is not smaller, sees those raised, too.
 *
 * The slot numbers are divided by pace (internal.h).  Epoch and slot hash come
 * from the SipHash key made at start, so there is nothing to set up.
 */
#include "live/watch.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "live/internal.h"

static _Atomic uint64_t watch_counter = 1; /* no page has V 0 */
static _Atomic uint64_t watch_slots[WATCH_SLOTS];

static const enum pace pace_of[] = {
	[OBJ_SESSION]  = PACE_AT_ONCE,
	[OBJ_SESSIONS] = PACE_AT_ONCE,
	[OBJ_USER]     = PACE_AT_ONCE,
	[OBJ_CONV]     = PACE_NEWS,
	[OBJ_MEMBER]   = PACE_AT_ONCE,
	[OBJ_INBOX]    = PACE_NEWS,
	[OBJ_FRIENDS]  = PACE_NEWS,
	[OBJ_PRESENCE] = PACE_PRESENCE,
	[OBJ_BAR]      = PACE_BAR,
	[OBJ_TALKS]    = PACE_AT_ONCE,
	[OBJ_DRAFT]    = PACE_AT_ONCE,
	[OBJ_NOTICE]   = PACE_AT_ONCE,
	[OBJ_USED]     = PACE_AT_ONCE,
	[OBJ_SHOWING]  = PACE_AT_ONCE,
	[OBJ_PEER]     = PACE_PRESENCE,
	[OBJ_TYPING]   = PACE_BAR,
};

/* What kept lists, rows and choices go by. */
static const bool of_kept[sizeof(pace_of) / sizeof(pace_of[0])] = {
	[OBJ_CONV] = true, [OBJ_MEMBER] = true,
	[OBJ_FRIENDS] = true, [OBJ_TALKS] = true,
	[OBJ_SESSION] = true, [OBJ_USER] = true, [OBJ_SHOWING] = true,
};

/* Ranges of slots; each `len` is a power of two. */
static const struct {
	uint32_t first, len;
} ranges[PACE_COUNT] = {
	[PACE_NEWS]	= { 0, WATCH_SLOTS / 2 },
	[PACE_AT_ONCE]	= { WATCH_SLOTS / 2, WATCH_SLOTS / 4 },
	[PACE_PRESENCE] = { WATCH_SLOTS / 4 * 3, WATCH_SLOTS / 8 },
	[PACE_BAR]	= { WATCH_SLOTS / 8 * 7, WATCH_SLOTS / 8 },
};

uint32_t
watch_slot(struct object object)
{
	uint64_t key[3] = { object.kind, object.a, object.b };
	enum pace pace = pace_of[object.kind];

	return ranges[pace].first +
	    (uint32_t)(secret_siphash(key, sizeof(key)) &
	    (ranges[pace].len - 1));
}

enum pace
watch_pace(uint32_t slot)
{
	enum pace pace = 0;

	while (slot - ranges[pace].first >= ranges[pace].len)
		pace++;
	return pace;
}

uint64_t
watch_stamp(uint32_t slot)
{
	return atomic_load_explicit(&watch_slots[slot], memory_order_acquire);
}

uint64_t
watch_now(void)
{
	return atomic_load_explicit(&watch_counter, memory_order_acquire);
}

void
watch_begin(struct watch_set *set)
{
	set->begun = watch_now();
	set->until_ms = 0;
	set->n = 0;
	set->full = false;
}

void
watch_renew(struct watch_set *set)
{
	uint64_t now = watch_now();

	if (!watch_stale(set, INT64_MIN))
		set->begun = now;
}

void
watch_add(struct watch_set *set, struct object object)
{
	uint32_t slot = watch_slot(object);

	for (size_t i = 0; i < set->n; i++)
		if (set->slot[i] == slot)
			return;
	if (set->n == WATCH_MAX) {
		set->full = true;
		return;
	}
	set->slot[set->n] = slot;
	set->stamp[set->n] = watch_stamp(slot);
	set->n++;
}

void
watch_until(struct watch_set *set, int64_t wall_ms)
{
	if (set->until_ms == 0 || wall_ms < set->until_ms)
		set->until_ms = wall_ms;
}

bool
watch_moved(const struct watch_set *set, uint64_t since)
{
	for (size_t i = 0; i < set->n; i++)
		if (watch_stamp(set->slot[i]) > since)
			return true;
	return false;
}

bool
watch_stale(const struct watch_set *set, int64_t now_ms)
{
	if (set->until_ms != 0 && now_ms >= set->until_ms)
		return true;
	for (size_t i = 0; i < set->n; i++)
		if (watch_stamp(set->slot[i]) != set->stamp[i])
			return true;
	return false;
}

uint64_t
watch_etag(const struct watch_set *set)
{
	uint64_t words[2 * WATCH_MAX + 1] = { (uint64_t)set->until_ms };

	for (size_t i = 0; i < set->n; i++) {
		words[1 + 2 * i] = set->slot[i];
		words[2 + 2 * i] = set->stamp[i];
	}
	return secret_siphash(words, (1 + 2 * (size_t)set->n) * sizeof(*words));
}

static void
slot_raise(uint32_t slot)
{
	uint64_t stamp = 1 + atomic_fetch_add_explicit(&watch_counter, 1,
	    memory_order_acq_rel);
	uint64_t was = atomic_load_explicit(&watch_slots[slot],
	    memory_order_relaxed);

	while (was < stamp && !atomic_compare_exchange_weak_explicit(
	    &watch_slots[slot], &was, stamp, memory_order_acq_rel,
	    memory_order_relaxed))
		continue;
}

void
live_bump(const struct object *objects, size_t n)
{
	uint32_t slots[64];

	for (size_t i = 0; i < n; i++)
		if (of_kept[objects[i].kind])
			slot_raise(watch_slot(objects[i]));
	while (n > 0) {
		size_t part = n < 64 ? n : 64;

		for (size_t i = 0; i < part; i++) {
			slots[i] = watch_slot(objects[i]);
			slot_raise(slots[i]);
		}
		ticker_news(slots, part);
		objects += part;
		n -= part;
	}
}

void
live_bump1(struct object object)
{
	live_bump(&object, 1);
}

static uint32_t
watch_epoch(void)
{
	return (uint32_t)secret_siphash("epoch", 5);
}

void
watch_version(uint64_t v, char out[WATCH_VERSION_LEN])
{
	snprintf(out, WATCH_VERSION_LEN, "%08" PRIx32 ".%" PRIu64,
	    watch_epoch(), v);
}

bool
watch_version_parse(struct str s, uint64_t *v)
{
	struct str epoch = str_split(&s, '.');
	char ours[WATCH_VERSION_LEN];
	uint64_t value;

	watch_version(0, ours);
	if (!str_eq(epoch, (struct str){ ours, 8 }))
		return false;
	if (!str_u64(str_split(&s, '.'), &value))
		return false;
	if (value == 0 || value > watch_now())
		return false;
	*v = value;
	return true;
}
