/* Stamps: what a page is told about, and what it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "live/internal.h"

static const struct object conv_a = { OBJ_CONV, 1, 0 };
static const struct object conv_b = { OBJ_CONV, 2, 0 };

static void
unmoved_page_stays(void **state)
{
	struct watch_set set;

	(void)state;
	live_bump1(conv_a);
	watch_begin(&set);
	watch_add(&set, conv_a);
	live_bump1((struct object){ OBJ_CONV, 99, 0 });
	assert_false(watch_moved(&set, set.begun));
	assert_false(watch_stale(&set, 0));
}

static void
moved_page_is_told(void **state)
{
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	watch_add(&set, conv_a);
	live_bump1(conv_a);
	assert_true(watch_moved(&set, set.begun));
	assert_true(watch_stale(&set, 0));
}

/* Bumped between watch_begin and watch_add: perhaps told for nothing, but
 * never missed. */
static void
bump_before_add_counts(void **state)
{
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	live_bump1(conv_a);
	watch_add(&set, conv_a);
	assert_true(watch_moved(&set, set.begun));
	assert_false(watch_stale(&set, 0));
}

/* The news of A must not hide behind the larger stamp of B. */
static void
two_slots_interleaved(void **state)
{
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	watch_add(&set, conv_a);
	live_bump1(conv_a);
	live_bump1(conv_b);
	watch_add(&set, conv_b);
	assert_true(set.stamp[1] > set.stamp[0]);
	assert_true(watch_moved(&set, set.begun));
}

static void
naming_twice_keeps_the_first_stamp(void **state)
{
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	watch_add(&set, conv_a);
	live_bump1(conv_a);
	watch_add(&set, conv_a);
	assert_int_equal(set.n, 1);
	assert_true(watch_stale(&set, 0));
}

static void
too_many_objects_latch_full(void **state)
{
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	for (uint64_t i = 0; i < WATCH_MAX; i++)
		watch_add(&set, (struct object){ OBJ_MEMBER, 1000, i });
	assert_false(set.full);
	watch_add(&set, (struct object){ OBJ_MEMBER, 1000, 0 });
	assert_false(set.full);
	/* A few, for any two of them may share a slot. */
	for (uint64_t i = 0; i < 3; i++)
		watch_add(&set, (struct object){ OBJ_MEMBER, 2000, i });
	assert_true(set.full);
	assert_int_equal(set.n, WATCH_MAX);
}

static void
until_keeps_the_earliest(void **state)
{
	struct watch_set set;

	(void)state;
	watch_begin(&set);
	assert_false(watch_stale(&set, INT64_MAX));
	watch_until(&set, 2000);
	watch_until(&set, 1000);
	watch_until(&set, 3000);
	assert_int_equal(set.until_ms, 1000);
	assert_false(watch_stale(&set, 999));
	assert_true(watch_stale(&set, 1000));
}

static uint64_t
etag(int64_t until_ms)
{
	struct watch_set set;

	watch_begin(&set);
	watch_add(&set, conv_a);
	if (until_ms != 0)
		watch_until(&set, until_ms);
	return watch_etag(&set);
}

static void
etag_follows_stamps_and_until(void **state)
{
	uint64_t first = etag(0);

	(void)state;
	live_bump1(conv_b);
	assert_true(etag(0) == first);
	assert_true(etag(1000) != first);
	assert_true(etag(1000) != etag(2000));
	live_bump1(conv_a);
	assert_true(etag(0) != first);
}

static void
version_comes_back(void **state)
{
	char text[WATCH_VERSION_LEN + 8];
	uint64_t v, now;

	(void)state;
	live_bump1(conv_a);
	now = watch_now();
	watch_version(now, text);
	assert_true(watch_version_parse(str_c(text), &v));
	assert_true(v == now);
	strncat(text, ".7x", 4);
	assert_true(watch_version_parse(str_c(text), &v));
}

static void
bad_versions_answer_at_once(void **state)
{
	static const char *const bad[] = { "", ".", "..", "1", ".1", "x.1",
	    "00000000", "00000000.", "00000000.1x", "00000000.-1",
	    "00000000.+1", "00000000. 1", "00000000.01",
	    "00000000.99999999999999999999999" };
	char text[WATCH_VERSION_LEN];
	char mine[WATCH_VERSION_LEN + 40];
	uint64_t v = 42;

	(void)state;
	watch_version(watch_now() + 1, text); /* the future */
	assert_false(watch_version_parse(str_c(text), &v));
	watch_version(0, text); /* before the first page */
	assert_false(watch_version_parse(str_c(text), &v));
	watch_version(1, text);
	text[0] = text[0] == '0' ? '1' : '0'; /* another start */
	assert_false(watch_version_parse(str_c(text), &v));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(watch_version_parse(str_c(bad[i]), &v));
		if (strlen(bad[i]) < 8)
			continue;
		watch_version(1, text); /* malformed behind our own epoch */
		snprintf(mine, sizeof(mine), "%.8s%s", text, bad[i] + 8);
		assert_false(watch_version_parse(str_c(mine), &v));
	}
	assert_true(v == 42);
}

/* A collision must not give a talk the pace of somebody's presence. */
static void
slots_are_divided_by_pace(void **state)
{
	static const enum pace paces[] = {
		[OBJ_SESSION] = PACE_AT_ONCE, [OBJ_USER] = PACE_AT_ONCE,
		[OBJ_CONV] = PACE_NEWS,	      [OBJ_MEMBER] = PACE_AT_ONCE,
		[OBJ_INBOX] = PACE_NEWS,      [OBJ_FRIENDS] = PACE_NEWS,
		[OBJ_PRESENCE] = PACE_PRESENCE, [OBJ_BAR] = PACE_BAR,
		[OBJ_DRAFT] = PACE_AT_ONCE,   [OBJ_TALKS] = PACE_AT_ONCE,
		[OBJ_SESSIONS] = PACE_AT_ONCE, [OBJ_USED] = PACE_AT_ONCE,
		[OBJ_SHOWING] = PACE_AT_ONCE, [OBJ_PEER] = PACE_PRESENCE,
		[OBJ_TYPING] = PACE_BAR,
	};

	(void)state;
	for (enum object_kind kind = OBJ_SESSION; kind <= OBJ_TYPING; kind++)
		for (uint64_t i = 0; i < 5000; i++) {
			uint32_t slot = watch_slot((struct object){
			    kind, i, i * 3 });

			assert_true(slot < WATCH_SLOTS);
			assert_int_equal(watch_pace(slot), paces[kind]);
		}
}

#define RACE_BUMPS 200000

/* One that no list goes by: raised once a bump. */
static const struct object raced = { OBJ_INBOX, 1, 0 };
static atomic_int race_data;
static atomic_bool race_over;

/* Raises the data, then the slot; the slot must not fall behind a bump. */
static void *
race_bumper(void *arg)
{
	uint32_t slot = watch_slot(raced);
	uint64_t before, newest = 0;
	intptr_t fell = 0;

	(void)arg;
	for (int i = 0; i < RACE_BUMPS; i++) {
		atomic_fetch_add_explicit(&race_data, 1, memory_order_relaxed);
		before = watch_now();
		live_bump1(raced);
		if (watch_stamp(slot) <= before || watch_stamp(slot) < newest)
			fell++;
		newest = watch_stamp(slot);
	}
	return (void *)fell;
}

/* V counts the bumps; the data of all of them must be visible to the page. */
static void *
race_reader(void *arg)
{
	uint64_t first = *(uint64_t *)arg;
	struct watch_set set;
	intptr_t old = 0;

	while (!atomic_load(&race_over)) {
		watch_begin(&set);
		if ((uint64_t)atomic_load_explicit(&race_data,
		    memory_order_relaxed) < set.begun - first)
			old++;
	}
	return (void *)old;
}

static void
slots_only_rise(void **state)
{
	pthread_t bumpers[2], reader;
	uint32_t slot = watch_slot(raced);
	uint64_t before, after = 0, first = watch_now();
	void *old; /* how often something was wrong */

	(void)state;
	atomic_store(&race_data, 0);
	atomic_store(&race_over, false);
	pthread_create(&reader, NULL, race_reader, &first);
	for (int i = 0; i < 2; i++)
		pthread_create(&bumpers[i], NULL, race_bumper, NULL);
	for (int i = 0; i < RACE_BUMPS; i++) {
		before = after;
		after = watch_stamp(slot);
		assert_true(after >= before);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(bumpers[i], &old);
		assert_null(old);
	}
	atomic_store(&race_over, true);
	pthread_join(reader, &old);
	assert_null(old);
	/* The last bump of all was `raced`'s. */
	assert_true(watch_stamp(slot) == watch_now());
}

#define MANY 128 /* more than are told of at once */

/* A message: its receiver's inbox first, its talk last but two. */
static void *
message_bumper(void *arg)
{
	struct object objects[MANY];

	(void)arg;
	for (size_t i = 0; i < MANY; i++)
		objects[i] = (struct object){ OBJ_PRESENCE, i, 0 };
	objects[0] = (struct object){ OBJ_INBOX, 7, 0 };
	objects[MANY - 3] = conv_a;
	for (int i = 0; i < 3000; i++)
		live_bump(objects, MANY);
	atomic_store(&race_over, true);
	return NULL;
}

/* Whoever sees the inbox raised makes its page of a kept list, so the stamp by
 * which the list knows that it is old must not come later. */
static void
lists_are_old_before_pages_are(void **state)
{
	uint32_t inbox = watch_slot((struct object){ OBJ_INBOX, 7, 0 });
	uint32_t talk = watch_slot(conv_a);
	uint64_t seen, stamp;
	pthread_t bumper;
	size_t late = 0;

	(void)state;
	assert_true(inbox != talk);
	live_bump1(conv_a);
	atomic_store(&race_over, false);
	pthread_create(&bumper, NULL, message_bumper, NULL);
	while (!atomic_load(&race_over)) {
		seen = watch_stamp(inbox);
		stamp = watch_stamp(talk);
		late += stamp + 1 < seen;
	}
	pthread_join(bumper, NULL);
	assert_int_equal(late, 0);
}

/* Once for what is kept, once for the pages that watch the very same. */
static void
what_is_kept_is_raised_twice(void **state)
{
	static const enum object_kind kept[] = { OBJ_CONV, OBJ_MEMBER,
		OBJ_FRIENDS, OBJ_TALKS, OBJ_SESSION, OBJ_USER, OBJ_SHOWING };

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		uint64_t before = watch_now();

		live_bump1((struct object){ kept[i], 1, 0 });
		assert_true(watch_now() == before + 2);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(unmoved_page_stays),
		cmocka_unit_test(moved_page_is_told),
		cmocka_unit_test(bump_before_add_counts),
		cmocka_unit_test(two_slots_interleaved),
		cmocka_unit_test(naming_twice_keeps_the_first_stamp),
		cmocka_unit_test(too_many_objects_latch_full),
		cmocka_unit_test(until_keeps_the_earliest),
		cmocka_unit_test(etag_follows_stamps_and_until),
		cmocka_unit_test(version_comes_back),
		cmocka_unit_test(bad_versions_answer_at_once),
		cmocka_unit_test(slots_are_divided_by_pace),
		cmocka_unit_test(slots_only_rise),
		cmocka_unit_test(lists_are_old_before_pages_are),
		cmocka_unit_test(what_is_kept_is_raised_twice),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
