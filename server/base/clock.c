/* The clock: two sources, one offset that only tests and the demo move. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

#define DAY_MS INT64_C(86400000)

static _Atomic int64_t clock_offset_ms;

static int64_t
clock_read(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 +
	    atomic_load_explicit(&clock_offset_ms, memory_order_relaxed);
}

int64_t
clock_wall_ms(void)
{
	return clock_read(CLOCK_REALTIME);
}

int64_t
clock_mono_ms(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

void
clock_advance(int64_t ms)
{
	atomic_fetch_add(&clock_offset_ms, ms);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct civil
clock_civil(int64_t wall_ms, int zone_minutes)
{
	int64_t local = wall_ms + (int64_t)zone_minutes * 60000;
	int64_t days = floor_div(local, DAY_MS);
	int64_t in_day = (local - days * DAY_MS) / 1000;
	/* Days to date: eras of 400 years counted from 1 March 0000. */
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil){
		.year = (int)(yoe + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
		.hour = (int)(in_day / 3600),
		.minute = (int)(in_day / 60 % 60),
		.second = (int)(in_day % 60),
		.weekday = (int)(((days % 7) + 11) % 7),
	};
}

int64_t
clock_next_midnight(int64_t wall_ms, int zone_minutes)
{
	int64_t shift = (int64_t)zone_minutes * 60000;

	return (floor_div(wall_ms + shift, DAY_MS) + 1) * DAY_MS - shift;
}
