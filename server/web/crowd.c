/*
 * When connections are many.  They are what a process has least of: each needs a
 * descriptor, and most of them only wait.  So near the limit the oldest hold
 * is answered for each connection that comes, and that answer ends its
 * connection: its client goes on by timed refresh, and nobody new is refused.
 */
#include "web/crowd.h"

#include <stdatomic.h>
#include <sys/resource.h>

#include "base/log.h"
#include "live/hold.h"

#define DESCRIPTORS 200	/* of store, templates, control, threads */
#define ROOM 64		/* connections that no hold may have */

static unsigned line; /* from here on they run short; set once at start */
static atomic_uint connections;

void
crowd_limit(struct conf *conf)
{
	struct rlimit limit;
	unsigned most;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur >= (rlim_t)conf->connections + DESCRIPTORS)
		return;
	most = limit.rlim_cur > 2 * DESCRIPTORS ?
	    (unsigned)limit.rlim_cur - DESCRIPTORS : (unsigned)limit.rlim_cur / 2;
	log_warn("%u connections instead of %u: the limit of descriptors is %u",
	    most, conf->connections, (unsigned)limit.rlim_cur);
	conf->connections = most;
}

void
crowd_start(unsigned most)
{
	line = most > 4 * ROOM ? most - ROOM : most - most / 4;
}

void
crowd_come(void)
{
	if (atomic_fetch_add(&connections, 1) >= line)
		live_evict();
}

void
crowd_gone(void)
{
	atomic_fetch_sub(&connections, 1);
}

unsigned
crowd_size(void)
{
	return atomic_load(&connections);
}
