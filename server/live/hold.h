#ifndef LIVE_HOLD_H
#define LIVE_HOLD_H

#include "base/err.h"
#include "live/heap.h"
#include "live/watch.h"

/*
 * Held requests.  A waiter belongs to its caller from before live_wait until
 * its resume() is called, which happens exactly once, on the ticker thread (at
 * stop: inside hold_stop), after it was unlinked under its shard's lock by
 * exactly one of: news, deadline, hang-up, eviction (too many holds), stop.
 * live never touches it after calling resume(), which may free it.
 *
 * Fairness: resumes are handed out in ticks of 20 ms, at most 128 per worker
 * and tick, newest news first.  An object's waiters get three immediate
 * wakes, then one per 2 s while it is bumped more than twice a second (token
 * bucket per slot); OBJ_PRESENCE and OBJ_BAR wake at most every 10 s and 30 s.
 * A wake that the bucket delays is not lost: it fires when the bucket lets it
 * out.  A reader who comes back before that is held until then too, else every
 * reload would be its own wake.
 *
 * Hang-ups are seen by an epoll of our own (EPOLLRDHUP|EPOLLONESHOT) on the
 * held sockets, because libmicrohttpd does not see them while suspended.
 *
 * A held waiter with a uid counts as a hold in presence.h; nobody else calls
 * presence_hold.
 */
enum wake_reason {
	WAKE_NEWS = 1,	/* a slot moved, or `until` passed */
	WAKE_DEADLINE,
	WAKE_HANGUP,
	WAKE_EVICTED,
	WAKE_STOP,
};

struct waiter {
	/* in */
	struct watch_set watch;
	uint64_t since;		/* the client's V */
	int64_t deadline_ms;	/* monotonic */
	uint64_t sid, uid;	/* session and user: for caps and presence */
	unsigned session_max;	/* holds this session may have, 0: any */
	unsigned worker;	/* which serving thread resumes it */
	int fd;			/* its socket, or -1 */
	void (*suspend)(struct waiter *waiter); /* called under the lock, before
						   it is linked */
	void (*resume)(struct waiter *waiter);	/* called without locks */
	/* out, valid in and after resume() */
	enum wake_reason reason;
	/* live's own */
	struct waiter_links {
		struct heap_node node;		/* by time; unlinked: by news */
		struct waiter *next, **prev;	/* shard, oldest first */
		struct waiter *snext, **sprev;	/* sessions, newest first */
		struct waiter_link {
			struct waiter_link *next, **prev;
			struct waiter *waiter;
		} slots[WATCH_MAX];
		uint64_t born;			/* order of arrival */
		uint64_t news;			/* counter when unlinked, or
						   the stamp that woke it */
		int64_t due_ms;			/* news by time: `until`, or
						   kept by a bucket */
		bool linked;
	} links;
};

struct hold_config {
	unsigned max;		/* held in all; more: the oldest is evicted */
	unsigned wakes_per_tick;/* per worker, 128 */
	unsigned at_work;	/* woken at most per worker and not yet
				   live_done; 0: any */
	unsigned workers;	/* at most 256 */
};
enum err hold_start(const struct hold_config *config) MUST_USE;
/* Wakes all with WAKE_STOP (unpaced), waits until each was resumed, joins.
 * New waits are refused (live_wait returns false), as before hold_start. */
void hold_stop(void);

/*
 * Under the shard's lock: checks the slots again; moved past `since` (and no
 * bucket keeps that news back), or `until` passed, or the set is full, or
 * stopping: false, nothing was suspended: answer now.  Otherwise suspends,
 * then links, and returns true; from then on the waiter may be resumed at any
 * moment.  Beyond session_max (0: no cap, as with sid 0) the session's oldest
 * hold is evicted, beyond hold_config.max the oldest of all.
 */
bool live_wait(struct waiter *waiter);
/* One that was resumed is answered, or gone: its worker may get another.  So
 * whoever else asks that worker waits behind `at_work` of them at most, however
 * many an event wakes. */
void live_done(unsigned worker);
/* Ends the oldest hold of all, if there is one, to make room; any thread. */
void live_evict(void);

struct hold_stats {
	unsigned held;	/* waiting; not those on their way out */
	uint64_t resumed, hangups, evicted;
};
void hold_stats(struct hold_stats *out);

#endif
