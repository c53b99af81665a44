/*
 * The kept lists of talks and contacts say at every moment what the store says:
 * after each of the things that can happen to one, it is compared with a list
 * read anew.
 */
#include "im_fixture.h"

#include "im/import.h"
#include "live/internal.h"
#include "live/kept.h"
#include "live/roster.h"
#include "live/talks.h"

#define MAX 100

/* What was touched since is told to `live`, as the committer does. */
static void
tell(void)
{
	live_bump(fix.touched, fix.n_touched);
	touched_clear();
}

static unsigned
unread_of(uint64_t uid)
{
	unsigned n;

	assert_ok(talks_unread(&fix.arena, uid, &n));
	return n;
}

static void
assert_true_list(uint64_t uid)
{
	struct talks_page page = { .max = MAX };
	struct conversation *want;
	unsigned unread = 0;
	size_t n;

	assert_ok(conversation_list(&fix.arena, uid, &want, &n));
	assert_ok(talks_page(&fix.arena, uid, &page));
	assert_int_equal(page.total, n);
	assert_int_equal(page.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(page.talk[i].cid, want[i].cid);
		assert_int_equal(page.talk[i].last_seq, want[i].last_seq);
		assert_int_equal(page.talk[i].read_seq, want[i].read_seq);
		assert_int_equal(page.talk[i].state, want[i].state);
		assert_true(str_eq(page.talk[i].name, want[i].name));
		assert_true(str_eq(page.talk[i].remark, want[i].remark));
		assert_true(str_eq(page.talk[i].snippet, want[i].snippet));
		unread += want[i].read_seq < want[i].last_seq;
	}
	assert_int_equal(unread_of(uid), unread);
}

static bool
shown_before(const struct contact *a, const struct contact *b)
{
	const char *x = a->remark.len != 0 ? a->remark.p : a->name.p;
	size_t x_len = a->remark.len != 0 ? a->remark.len : a->name.len;
	const char *y = b->remark.len != 0 ? b->remark.p : b->name.p;
	size_t y_len = b->remark.len != 0 ? b->remark.len : b->name.len;
	int cmp = memcmp(x, y, x_len < y_len ? x_len : y_len);

	return cmp < 0 || (cmp == 0 && x_len <= y_len);
}

static void
assert_true_roster(uint64_t uid)
{
	struct contact *contact, want;
	size_t n, n_want;

	assert_ok(contact_list(&fix.arena, uid, &contact, &n_want));
	assert_ok(roster_list(&fix.arena, (struct roster_query){ uid, ROSTER_ALL },
	    &contact, &n));
	assert_int_equal(n, n_want);
	for (size_t i = 0; i < n; i++) {
		assert_ok(contact_get(NULL, &fix.arena, uid, contact[i].uid, &want));
		assert_int_equal(contact[i].state, want.state);
		assert_int_equal(contact[i].since_ms, want.since_ms);
		assert_true(str_eq(contact[i].name, want.name));
		assert_true(str_eq(contact[i].remark, want.remark));
		assert_true(i == 0 || shown_before(&contact[i - 1], &contact[i]));
	}
}

/* Somebody with three talks, a message in each, told and seen. */
static struct {
	uint64_t me, peer[3], cid[3];
} some;

static void
some_make(void)
{
	some.me = user("me");
	for (size_t i = 0; i < 3; i++) {
		some.peer[i] = user("peer");
		some.cid[i] = befriend(some.peer[i], some.me);
		clock_advance(10);
		say(some.peer[i], some.cid[i], "hello");
	}
	tell();
	assert_true_list(some.me);
	assert_int_equal(unread_of(some.me), 3);
}

static void
test_news(void **state)
{
	(void)state;
	some_make();
	clock_advance(10);
	say(some.peer[0], some.cid[0], "a longer text than the one before");
	tell();
	assert_true_list(some.me);
	clock_advance(10);
	say(some.peer[1], some.cid[1], "a");
	say(some.me, some.cid[2], "an answer");
	tell();
	assert_true_list(some.me);
	assert_int_equal(unread_of(some.peer[2]), 1);
}

static void
test_other_talks_and_friends(void **state)
{
	uint64_t other;

	(void)state;
	some_make();
	other = user("other");
	befriend(some.me, other);
	tell();
	assert_true_list(some.me);
	assert_ok(act(CONTACT_REMARK, some.me, some.peer[1]));
	tell();
	assert_true_list(some.me);
	assert_ok(act(CONTACT_REMOVE, some.peer[0], some.me));
	tell();
	assert_true_list(some.me);
}

static void
test_roster(void **state)
{
	struct contact *contact;
	uint64_t other;
	size_t n;

	(void)state;
	some_make();
	assert_true_roster(some.me);
	assert_true_roster(some.me);
	other = user("other");
	assert_true_roster(other);
	assert_ok(ask(other, some.me));
	tell();
	assert_true_roster(some.me);
	assert_true_roster(other);
	assert_ok(roster_list(&fix.arena, (struct roster_query){ some.me,
	    REC__FRIEND__STATE__ASKED_ME }, &contact, &n));
	assert_int_equal(n, 1);
	assert_int_equal(contact->uid, other);
	assert_ok(act(CONTACT_REMARK, some.me, some.peer[1]));
	assert_ok(act(CONTACT_BLOCK, some.me, other));
	tell();
	assert_true_roster(some.me);
	assert_ok(act(CONTACT_REMOVE, some.peer[0], some.me));
	tell();
	assert_true_roster(some.me);
}

/* Marks bump no talk: in memory, written, and written and forgotten. */
static void
test_marks(void **state)
{
	(void)state;
	some_make();
	soft_read(some.me, some.cid[0], 1, 0, NULL);
	assert_true_list(some.me);
	assert_int_equal(unread_of(some.me), 2);
	soft_read(some.me, some.cid[1], 1, 0, NULL);
	for (unsigned i = 0; i < 4; i++) {
		clock_advance(60000);
		soft_flush(true);
	}
	assert_int_equal(soft_read_get(some.me, some.cid[1], 0), 0);
	assert_true_list(some.me);
	assert_int_equal(unread_of(some.me), 1);
}

/* A command may move a stored mark by itself. */
static void
test_stored_mark(void **state)
{
	struct import_read in;

	(void)state;
	some_make();
	in = (struct import_read){ .uid = some.me, .cid = some.cid[1], .seq = 1 };
	assert_ok(run(&in.command, import_read_run));
	tell();
	assert_true_list(some.me);
	assert_int_equal(unread_of(some.me), 2);
}

/* A message is there a moment before it is told: who looks between the two
 * must see it the next time. */
static void
test_look_between(void **state)
{
	(void)state;
	some_make();
	clock_advance(10);
	say(some.peer[0], some.cid[0], "news");
	live_bump1((struct object){ OBJ_USER, some.me, 0 });
	assert_int_equal(unread_of(some.me), 3);
	tell();
	assert_true_list(some.me);
}

static void
test_with(void **state)
{
	uint64_t cid[3];
	struct talks_with with = { .n = 3, .cid = cid };

	(void)state;
	some_make();
	with.peer = (const uint64_t[]){ some.peer[2], user("other"), some.peer[0] };
	assert_ok(talks_with(&fix.arena, some.me, &with));
	assert_int_equal(cid[0], some.cid[2]);
	assert_int_equal(cid[1], 0);
	assert_int_equal(cid[2], some.cid[0]);
}

static void
test_pages(void **state)
{
	struct talks_page page = { .first = 1, .max = 1 };

	(void)state;
	some_make();
	assert_ok(talks_page(&fix.arena, some.me, &page));
	assert_int_equal(page.total, 3);
	assert_int_equal(page.n, 1);
	assert_int_equal(page.talk->cid, some.cid[1]);
	page = (struct talks_page){ .first = 3, .max = 2 };
	assert_ok(talks_page(&fix.arena, some.me, &page));
	assert_int_equal(page.n, 2);
	assert_int_equal(page.talk->cid, some.cid[2]);
	page = (struct talks_page){ .max = 2 };
	assert_ok(talks_page(&fix.arena, user("alone"), &page));
	assert_int_equal(page.n + page.total, 0);
}

/* ---- many at once ---- */

#define LOOKS 300

static void *
look_often(void *failed)
{
	struct contact *contact;
	struct arena arena;
	unsigned unread;
	size_t n;

	for (unsigned i = 0; i < LOOKS; i++) {
		uint64_t uid = i % 2 == 0 ? some.me : some.peer[0];

		arena_init(&arena, 0);
		if (talks_unread(&arena, uid, &unread) != OK || unread > 3 ||
		    roster_list(&arena, (struct roster_query){ uid, ROSTER_ALL },
		    &contact, &n) != OK || n == 0)
			*(bool *)failed = true;
		arena_fini(&arena);
	}
	return NULL;
}

static void
test_many_at_once(void **state)
{
	pthread_t thread[3];
	bool failed[3] = { false };

	(void)state;
	some_make();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, look_often,
		    &failed[i]), 0);
	for (unsigned i = 0; i < 30; i++) {
		say(some.peer[i % 3], some.cid[i % 3], "news");
		if (i % 10 == 0)
			assert_ok(act(CONTACT_REMARK, some.me, some.peer[0]));
		tell();
	}
	for (size_t i = 0; i < 3; i++) {
		pthread_join(thread[i], NULL);
		assert_false(failed[i]);
	}
	assert_true_list(some.me);
	assert_true_roster(some.me);
	assert_true_list(some.peer[0]);
}

/* ---- blocks ---- */

static struct kept_shelf shelf;

static struct kept *
block(uint64_t uid, size_t bytes)
{
	struct kept *block = malloc(sizeof(*block));

	*block = (struct kept){ uid, bytes };
	return block;
}

static void
test_kept(void **state)
{
	struct kept *mine = block(1, 100);

	(void)state;
	assert_null(kept_take(&shelf, 1));
	kept_put(&shelf, mine);
	assert_int_equal(shelf.bytes, 100);
	/* Somebody else of the same place finds nothing and takes nothing away. */
	assert_null(kept_take(&shelf, 1 + KEPT_PLACES));
	assert_ptr_equal(kept_take(&shelf, 1), mine);
	assert_null(kept_take(&shelf, 1));
	assert_int_equal(shelf.bytes, 0);
	kept_put(&shelf, mine);
	kept_put(&shelf, block(1 + KEPT_PLACES, 50));
	assert_null(kept_take(&shelf, 1));
	assert_int_equal(shelf.bytes, 50);
	kept_put(&shelf, block(2, KEPT_BYTES_MAX - 40));
	assert_null(kept_take(&shelf, 2));
	assert_int_equal(shelf.bytes, 50);
	kept_clear(&shelf);
	assert_int_equal(shelf.bytes, 0);
}

static int
group_teardown(void **state)
{
	talks_clear();
	roster_clear();
	return fix_group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_news),
		TEST(test_other_talks_and_friends), TEST(test_marks),
		TEST(test_stored_mark), TEST(test_look_between), TEST(test_with),
		TEST(test_pages), TEST(test_roster), TEST(test_many_at_once),
		TEST(test_kept) };

	return cmocka_run_group_tests(tests, fix_group_setup, group_teardown);
}
