#ifndef LIVE_INTERNAL_H
#define LIVE_INTERNAL_H

#include "live/hold.h"
#include "live/presence.h"

/*
 * What the files of live/ share, and what tests need to drive time by hand.
 * Nobody outside live/ and tests/unit includes this.
 */

/* ---- watch.c ---- */
#define WATCH_SLOTS (1u << 20)

/*
 * The slots are divided by pace, so that a slot number alone tells how often
 * its news may wake, and a collision never lends an object another's pace.
 */
enum pace {
	PACE_AT_ONCE,	/* sessions, membership, users, drafts: always */
	PACE_NEWS,	/* talks, inboxes, friend lists: three, then slower */
	PACE_PRESENCE,	/* at most every 10 s */
	PACE_BAR,	/* at most every 30 s */
	PACE_COUNT
};
uint32_t watch_slot(struct object object);
enum pace watch_pace(uint32_t slot);
uint64_t watch_stamp(uint32_t slot); /* acquire */
uint64_t watch_now(void);	     /* the global counter */

/* ---- bucket.c: how often the news of one slot may wake; any thread ---- */
/* The slot was bumped: may its waiters be woken now?  If not, bucket_due
 * gives the slot out when they may. */
bool bucket_bump(uint32_t slot, int64_t now_ms);
/* Somebody was woken by the slot. */
void bucket_woke(uint32_t slot, int64_t now_ms);
/* When the news that the bucket keeps back will be let out; 0: none kept. */
int64_t bucket_kept_until(uint32_t slot);
/* Takes one slot whose time has come; call until false. */
bool bucket_due(int64_t now_ms, uint32_t *slot);
int64_t bucket_next_ms(void); /* next time to call it, INT64_MAX: none */
void bucket_fini(void);
size_t bucket_count(void);

/* ---- hold.c: the table of waiters, for the ticker ---- */
/* Reads the hang-ups: each loses its place in the table. */
void hold_reap(void);
/*
 * Unlinks, from all shards, the waiters of the `n` slots whose news they have
 * not seen (slots that woke somebody are marked in `woke`), those whose time
 * has come and those evicted; with `all`, everybody.  Each is given to ready()
 * under the shard's lock, exactly once.
 */
struct hold_sweep {
	const uint32_t *slots;
	bool *woke;
	size_t n;
	int64_t now_ms;
	bool all;
	void (*ready)(struct waiter *waiter);
};
void hold_sweep(const struct hold_sweep *sweep);
int64_t hold_next_ms(void); /* next deadline, INT64_MAX: none */
/* The last thing before its resume(): out of the epoll, out of presence. */
void hold_release(struct waiter *waiter);
void hold_open(const struct hold_config *config, int epoll_fd);
void hold_close(void); /* from here on live_wait refuses */

/* ---- ticker.c ---- */
/* hold_start without the thread: then only hold_tick does anything. */
enum err ticker_open(const struct hold_config *config) MUST_USE;
void hold_tick(int64_t now_ms);
/* What live_bump found moved. */
void ticker_news(const uint32_t *slots, size_t n);
/* Something in the table is due at `due_ms`: wakes the thread if it would
 * sleep longer. */
void ticker_due(int64_t due_ms);

/* ---- presence.c ---- */
/* One second's work of the presence thread. */
void presence_sweep(int64_t now_ms);
/* presence_start without the thread. */
void presence_open(void);
size_t presence_count(void); /* people in the table */

#endif
