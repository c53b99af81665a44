/*
 * Counters and histograms of the store.  A histogram keeps each value in the
 * one bucket it belongs to and is cumulated when it is read, so that adding is
 * two relaxed additions and all numbers of one reading agree with each other.
 */
#include "store/stats.h"

#include <stdatomic.h>
#include <time.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const uint64_t bounds_us[] = { 100, 250, 500, 1000, 2500, 5000, 10000,
	25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000 };
static const uint64_t bounds_commands[] = { 1, 2, 4, 8, 16, 32, 64, 128 };

#define DURATION { bounds_us, LENGTH(bounds_us), 1000000 }
const struct histogram_info histogram_info[HISTOGRAM_COUNT] = {
	[HISTOGRAM_WAIT] = DURATION,
	[HISTOGRAM_RUN] = DURATION,
	[HISTOGRAM_FLUSH] = DURATION,
	[HISTOGRAM_LATENCY] = DURATION,
	[HISTOGRAM_BATCH] = { bounds_commands, LENGTH(bounds_commands), 1 },
	[HISTOGRAM_CHECKPOINT] = DURATION,
};
_Static_assert(LENGTH(bounds_us) <= HISTOGRAM_BOUNDS_MAX, "bounds_us");
_Static_assert(LENGTH(bounds_commands) <= HISTOGRAM_BOUNDS_MAX,
    "bounds_commands");

static _Atomic uint64_t counters[STAT_COUNT];
static struct {
	_Atomic uint64_t bucket[HISTOGRAM_BOUNDS_MAX + 1], sum;
} histograms[HISTOGRAM_COUNT];

static void
count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t
counted(_Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void
stats_add(enum stat stat, uint64_t n)
{
	count(&counters[stat], n);
}

uint64_t
stats_get(enum stat stat)
{
	return counted(&counters[stat]);
}

void
stats_reset(void)
{
	for (size_t i = 0; i < STAT_COUNT; i++)
		atomic_store(&counters[i], 0);
	for (size_t h = 0; h < HISTOGRAM_COUNT; h++) {
		for (size_t i = 0; i <= HISTOGRAM_BOUNDS_MAX; i++)
			atomic_store(&histograms[h].bucket[i], 0);
		atomic_store(&histograms[h].sum, 0);
	}
}

int64_t
stats_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
histogram_add(enum histogram histogram, uint64_t value)
{
	const struct histogram_info *info = &histogram_info[histogram];
	size_t i = 0;

	while (i < info->n && value > info->bound[i])
		i++;
	count(&histograms[histogram].bucket[i], 1);
	count(&histograms[histogram].sum, value);
}

void
histogram_get(enum histogram histogram, struct histogram_values *out)
{
	uint64_t upto = 0;

	for (size_t i = 0; i <= histogram_info[histogram].n; i++) {
		upto += counted(&histograms[histogram].bucket[i]);
		out->upto[i] = upto;
	}
	out->sum = counted(&histograms[histogram].sum);
}
