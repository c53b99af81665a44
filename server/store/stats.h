#ifndef STORE_STATS_H
#define STORE_STATS_H

#include <stdint.h>

/* Counters of the committer since the start, for store_stats. */
enum stat {
	STAT_COMMANDS,
	STAT_BATCHES,
	STAT_FLUSHES,
	STAT_FAILURES,
	STAT_COUNT
};

void stats_add(enum stat stat, uint64_t n);

#endif
