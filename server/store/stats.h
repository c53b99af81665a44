#ifndef STORE_STATS_H
#define STORE_STATS_H

#include <stddef.h>
#include <stdint.h>

/*
 * What the store counts since its start.  Written by the committer and the
 * maintenance thread, read by anybody at any time: relaxed atomics, no lock, so
 * two numbers read one after the other may be a batch apart.
 */
enum stat {
	STAT_COMMANDS,
	STAT_BATCHES,
	STAT_FLUSHES,
	STAT_FAILURES,
	STAT_REFUSED, /* by a full queue or a full share of it */
	STAT_COUNT
};

void stats_add(enum stat stat, uint64_t n);
uint64_t stats_get(enum stat stat);
void stats_reset(void); /* nobody may count meanwhile */

enum histogram {
	HISTOGRAM_WAIT,	      /* of a command, from submit to its batch */
	HISTOGRAM_RUN,	      /* of a batch's transactions */
	HISTOGRAM_FLUSH,      /* of the log */
	HISTOGRAM_LATENCY,    /* of a command, from submit to its answer */
	HISTOGRAM_BATCH,      /* commands in a batch */
	HISTOGRAM_CHECKPOINT, /* of a checkpoint */
	HISTOGRAM_COUNT
};

/* Microseconds, or a number of things, as histogram_info says. */
void histogram_add(enum histogram histogram, uint64_t value);
/* For the durations above: monotonic, not moved by tests. */
int64_t stats_now_us(void);

#define HISTOGRAM_BOUNDS_MAX 16
struct histogram_info {
	const uint64_t *bound; /* ascending; a value counts at the first >= it */
	size_t n;
	uint64_t unit;	       /* values per unit: 1000000 for microseconds */
};
extern const struct histogram_info histogram_info[HISTOGRAM_COUNT];

struct histogram_values {
	/* Up to bound[i], cumulated; the one behind the last bound is all. */
	uint64_t upto[HISTOGRAM_BOUNDS_MAX + 1];
	uint64_t sum;
};
void histogram_get(enum histogram histogram, struct histogram_values *out);

#endif
