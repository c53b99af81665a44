#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

/* Durations and what they come to, for the bench's programs; one thread. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

struct series {
	uint32_t *us;
	size_t n, size;
};

/* CLOCK_MONOTONIC, or a clock of CPU time. */
static inline int64_t
clock_ns(clockid_t id)
{
	struct timespec t = { 0 };

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static inline int64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static inline void
series_add(struct series *s, int64_t ns)
{
	if (s->n == s->size) {
		s->size = s->size != 0 ? 2 * s->size : 4096;
		s->us = realloc(s->us, s->size * sizeof(*s->us));
		if (s->us == NULL)
			abort();
	}
	s->us[s->n++] = (uint32_t)(ns / 1000);
}

static inline int
series_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Median, 99 of 100 and the longest, as lines of "name value"; sorts. */
static inline void
series_say(const char *name, struct series *s)
{
	if (s->n == 0)
		return;
	qsort(s->us, s->n, sizeof(*s->us), series_order);
	printf("%s_p50_ms %.3f\n%s_p99_ms %.3f\n%s_max_ms %.3f\n",
	    name, s->us[s->n / 2] / 1e3, name, s->us[s->n * 99 / 100] / 1e3,
	    name, s->us[s->n - 1] / 1e3);
}

#endif
