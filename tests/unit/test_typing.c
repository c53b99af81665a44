/* "is writing": when it begins, that it ends, and what it moves on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/secret.h"
#include "live/typing.h"
#include "live/watch.h"

#define CID 12
#define FROM 7
#define TO 8
#define NOW INT64_C(1000000)

/* What the receiver's page watches, to wake and to be true. */
struct page {
	struct watch_set wakes, calm;
};

static void
look(struct page *page)
{
	watch_begin(&page->wakes);
	watch_begin(&page->calm);
	watch_add(&page->wakes, (struct object){ OBJ_TYPING, TO, FROM });
	watch_add(&page->calm, (struct object){ OBJ_PEER, TO, FROM });
}

static bool
moved(struct page *page, bool *woke)
{
	bool calm = watch_moved(&page->calm, page->calm.begun);

	*woke = watch_moved(&page->wakes, page->wakes.begun);
	look(page);
	return calm;
}

static int
setup(void **state)
{
	(void)state;
	typing_end(CID, FROM);
	return 0;
}

static void
the_first_fetch_wakes_the_others_do_not(void **state)
{
	struct page page;
	bool woke;

	(void)state;
	look(&page);
	typing_begin(CID, FROM, TO, NOW);
	assert_false(moved(&page, &woke));
	assert_true(woke);
	assert_int_equal(typing_until(CID, FROM, NOW), NOW + TYPING_MS);
	typing_begin(CID, FROM, TO, NOW + 5000);
	assert_true(moved(&page, &woke)); /* the shown end is another */
	assert_false(woke);
	assert_int_equal(typing_until(CID, FROM, NOW), NOW + 5000 + TYPING_MS);
}

static void
sending_ends_it_and_wakes_nobody(void **state)
{
	struct page page;
	bool woke;

	(void)state;
	typing_begin(CID, FROM, TO, NOW);
	look(&page);
	typing_end(CID, FROM);
	assert_true(moved(&page, &woke));
	assert_false(woke);
	assert_int_equal(typing_until(CID, FROM, NOW), 0);
	typing_end(CID, FROM);
	assert_false(moved(&page, &woke));
	assert_false(woke);
}

static void
it_runs_out(void **state)
{
	struct page page;
	bool woke;

	(void)state;
	typing_begin(CID, FROM, TO, NOW);
	assert_true(typing_until(CID, FROM, NOW + TYPING_MS - 1) != 0);
	assert_int_equal(typing_until(CID, FROM, NOW + TYPING_MS), 0);
	look(&page);
	typing_begin(CID, FROM, TO, NOW + TYPING_MS);
	moved(&page, &woke);
	assert_true(woke); /* begun anew */
}

static void
of_this_talk_and_writer_only(void **state)
{
	(void)state;
	typing_begin(CID, FROM, TO, NOW);
	assert_int_equal(typing_until(CID + 1, FROM, NOW), 0);
	assert_int_equal(typing_until(CID, TO, NOW), 0);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, setup)
	static const struct CMUnitTest tests[] = {
		CASE(the_first_fetch_wakes_the_others_do_not),
		CASE(sending_ends_it_and_wakes_nobody),
		CASE(it_runs_out),
		CASE(of_this_talk_and_writer_only),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
