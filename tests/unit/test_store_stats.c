/* What the store counts: histograms, and that they agree with what was done. */
#include "store_test.h"

#include <stdatomic.h>

#include "store/stats.h"

struct fixture {
	char dir[64];
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	test_dir_make(f->dir);
	test_start(f->dir);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	test_stop();
	test_dir_remove(f->dir);
	free(f);
	return 0;
}

static struct histogram_values
values_of(enum histogram histogram)
{
	struct histogram_values values;

	histogram_get(histogram, &values);
	return values;
}

static uint64_t
total(enum histogram histogram)
{
	return values_of(histogram).upto[histogram_info[histogram].n];
}

static void
test_bounds_ascend(void **state)
{
	(void)state;
	for (size_t h = 0; h < HISTOGRAM_COUNT; h++) {
		const struct histogram_info *info = &histogram_info[h];

		assert_in_range(info->n, 1, HISTOGRAM_BOUNDS_MAX);
		assert_true(info->unit > 0);
		for (size_t i = 1; i < info->n; i++)
			assert_true(info->bound[i - 1] < info->bound[i]);
	}
}

/* On a bound, one above each, and far above all: each counts once, and at every
 * bound stand all that were no greater. */
static void
test_values_are_cumulated(void **state)
{
	const struct histogram_info *info = &histogram_info[HISTOGRAM_BATCH];
	struct histogram_values values;
	uint64_t sum = 0;

	(void)state;
	stats_reset();
	for (size_t i = 0; i < info->n; i++) {
		histogram_add(HISTOGRAM_BATCH, info->bound[i]);
		histogram_add(HISTOGRAM_BATCH, info->bound[i] + 1);
		sum += 2 * info->bound[i] + 1;
	}
	histogram_add(HISTOGRAM_BATCH, UINT32_MAX);
	histogram_add(HISTOGRAM_BATCH, 0);
	values = values_of(HISTOGRAM_BATCH);
	for (size_t i = 0; i < info->n; i++) {
		uint64_t expected = 1;

		for (size_t j = 0; j < info->n; j++)
			expected += (info->bound[j] <= info->bound[i]) +
			    (info->bound[j] + 1 <= info->bound[i]);
		assert_int_equal(values.upto[i], expected);
	}
	assert_int_equal(values.upto[info->n], 2 * info->n + 2);
	assert_int_equal(values.sum, sum + UINT32_MAX);
	stats_reset();
	values = values_of(HISTOGRAM_BATCH);
	assert_int_equal(values.upto[info->n], 0);
	assert_int_equal(values.sum, 0);
}

/* Good ones and ones that are refused, in batches as they come. */
static void
run_some(struct steps *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		steps[i] = (struct steps){
			.command = { .run = steps_run, .user = i % 7 },
			.step = { { .kind = STEP_PUT, .table = T_META,
			    .key = KEY1(1000 + i), .value = STR("x") } },
			.answer = i % 5 == 0 ? ERR_LIMIT : OK,
		};
		while (committer_submit(&steps[i].command) != OK)
			sched_yield();
	}
	test_barrier();
}

static void
test_histograms_agree_with_what_was_done(void **state)
{
	static struct steps steps[500];
	struct store_stats stats;

	(void)state;
	run_some(steps, 500);
	/* The last batch's counts are made before its answers are given. */
	store_stats(&stats);
	assert_in_range(stats.commands, 501, 501 + stats.batches);
	assert_int_equal(total(HISTOGRAM_WAIT), stats.commands);
	assert_int_equal(total(HISTOGRAM_LATENCY), stats.commands);
	assert_int_equal(values_of(HISTOGRAM_BATCH).sum, stats.commands);
	assert_int_equal(total(HISTOGRAM_BATCH), stats.batches);
	assert_int_equal(total(HISTOGRAM_RUN), stats.batches);
	assert_int_equal(total(HISTOGRAM_FLUSH), stats.flushes);
	assert_in_range(stats.flushes, 1, stats.batches);
	assert_true(values_of(HISTOGRAM_LATENCY).sum >=
	    values_of(HISTOGRAM_WAIT).sum);
	assert_true(values_of(HISTOGRAM_FLUSH).sum > 0);
}

static void
test_refused_are_counted(void **state)
{
	struct steps steps = { .command = { .run = steps_run } };
	struct store_stats before, after;

	(void)state;
	committer_stop(); /* the sweep of the start is counted, too */
	store_stats(&before);
	assert_int_equal(committer_submit(&steps.command), ERR_BUSY);
	store_stats(&after);
	assert_int_equal(after.refused, before.refused + 1);
	assert_int_equal(after.commands, before.commands);
	assert_int_equal(total(HISTOGRAM_LATENCY), after.commands);
	assert_int_equal(committer_start(&(struct committer_hooks){ NULL, NULL }),
	    OK);
}

static _Atomic bool writing;

/* Reads while the committer counts: no bucket ever loses anything. */
static void *
reader_main(void *arg)
{
	struct histogram_values now, last = { .sum = 0 };
	void *failed = NULL;

	while (atomic_load(&writing)) {
		now = values_of(HISTOGRAM_LATENCY);
		for (size_t i = 0; i <= histogram_info[HISTOGRAM_LATENCY].n; i++)
			if (now.upto[i] < last.upto[i] ||
			    (i > 0 && now.upto[i] < now.upto[i - 1]))
				failed = arg;
		last = now;
	}
	return failed;
}

static void
test_reading_meanwhile(void **state)
{
	static struct steps steps[500];
	pthread_t reader;
	void *failed;

	atomic_store(&writing, true);
	pthread_create(&reader, NULL, reader_main, *state);
	run_some(steps, 500);
	atomic_store(&writing, false);
	pthread_join(reader, &failed);
	assert_null(failed);
}

/* Enough log leads to a checkpoint by itself, after which little is left for
 * a start to read. */
static void
test_checkpoints_follow_the_log(void **state)
{
	static char text[8000];
	struct store_config config = { .dir = ((struct fixture *)*state)->dir,
		.cache_bytes = 16 << 20, .checkpoint_kb = 64, .queue_max = 100,
		.queue_user_max = 100 };
	int64_t end = stats_now_us() + 60 * INT64_C(1000000);

	test_stop();
	assert_int_equal(store_open(&config), OK);
	assert_int_equal(committer_start(&(struct committer_hooks){ NULL, NULL }),
	    OK);
	assert_int_equal(total(HISTOGRAM_CHECKPOINT), 0);
	memset(text, 'x', sizeof(text));
	for (uint64_t i = 0; total(HISTOGRAM_CHECKPOINT) < 2; i++) {
		assert_int_equal(test_put(T_META, KEY1(i % 50),
		    (struct str){ text, sizeof(text) }), OK);
		assert_true(stats_now_us() < end);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds_ascend),
		cmocka_unit_test(test_values_are_cumulated),
		cmocka_unit_test_setup_teardown(
		    test_histograms_agree_with_what_was_done, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_are_counted, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_reading_meanwhile, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_checkpoints_follow_the_log,
		    setup, teardown),
	};

	log_set_level(LOG_ERROR);
	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
