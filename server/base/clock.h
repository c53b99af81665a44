#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/*
 * Wall time and monotonic time in milliseconds.  Wall time is read once per
 * request and passed on.  Tests move it with clock_advance; monotonic time
 * moves along, so that deadlines and ageing follow.
 */
int64_t clock_wall_ms(void); /* since 1970-01-01 UTC */
int64_t clock_mono_ms(void);
/* Tests and the demo only; backwards only before anything has read the clock. */
void clock_advance(int64_t ms);

/* A calendar moment in some zone.  month 1..12, day 1..31, weekday 0=Sunday. */
struct civil {
	int year, month, day, hour, minute, second, weekday;
};

/* Proleptic Gregorian date of a wall time, shifted by a zone offset. */
struct civil clock_civil(int64_t wall_ms, int zone_minutes);

/* The wall time in ms at which the day after `wall_ms` begins in the zone. */
int64_t clock_next_midnight(int64_t wall_ms, int zone_minutes);

#endif
