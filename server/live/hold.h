#ifndef LIVE_HOLD_H
#define LIVE_HOLD_H

#include "base/err.h"
#include "live/watch.h"

/*
 * Held requests.  A waiter belongs to its caller from before live_wait until
 * its resume() has been called, which happens exactly once, on the ticker
 * thread, after it was unlinked under its shard's lock by exactly one of:
 * news, deadline, hang-up, eviction (too many holds), stop.
 *
 * Fairness: resumes are handed out in ticks of 20 ms, at most 128 per worker
 * and tick, newest news first.  An object's waiters get three immediate
 * wakes, then one per 2 s while it is bumped more than twice a second (token
 * bucket per slot); OBJ_PRESENCE and OBJ_BAR wake at most every 10 s and 30 s.
 * A wake that the bucket delays is not lost: it fires when the bucket refills.
 *
 * Hang-ups are seen by an epoll of our own (EPOLLRDHUP|EPOLLONESHOT) on the
 * held sockets, because libmicrohttpd does not see them while suspended.
 */
enum wake_reason { WAKE_NEWS = 1, WAKE_DEADLINE, WAKE_HANGUP, WAKE_EVICTED, WAKE_STOP };

struct waiter {
	/* in */
	struct watch_set watch;
	uint64_t since;		/* the client's V */
	int64_t deadline_ms;	/* monotonic */
	uint64_t sid, uid;	/* session and user: for the caps and presence */
	unsigned session_max;	/* holds this session may have */
	unsigned worker;	/* which serving thread resumes it */
	int fd;			/* its socket, or -1 */
	void (*suspend)(struct waiter *waiter); /* called under the lock, before
						   it is linked */
	void (*resume)(struct waiter *waiter);	/* called without locks */
	/* out, valid in and after resume() */
	enum wake_reason reason;
	/* live's own */
	struct waiter_links {
		struct waiter *next, *prev;	/* shard list */
		struct waiter *snext, *sprev;	/* session list */
		uint64_t news;			/* stamp that woke it; 0: none */
		int64_t due_ms;
		bool linked;
	} links;
};

struct hold_config {
	unsigned max;		/* held in all; more: the oldest is evicted */
	unsigned wakes_per_tick;/* per worker, 128 */
	unsigned workers;
};
enum err hold_start(const struct hold_config *config) MUST_USE;
/* Wakes all with WAKE_STOP, waits until each was resumed, joins. New waits
 * are refused (live_wait returns false). */
void hold_stop(void);

/*
 * Under the shard's lock: checks the slots again; moved past `since`, or
 * `until` passed, or stopping: false, nothing was suspended: answer now.
 * Otherwise suspends, then links, and returns true; from then on the waiter
 * may be resumed at any moment.  Beyond session_max the session's oldest hold
 * is evicted.
 */
bool live_wait(struct waiter *waiter);

struct hold_stats {
	unsigned held;
	uint64_t resumed, hangups, evicted;
};
void hold_stats(struct hold_stats *out);

#endif
