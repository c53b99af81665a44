/* What people chose to be shown as, and who may see it. */
#include "im_fixture.h"

#include "im/showing.h"

static enum err
set_showing(uint64_t uid, struct showing_set set)
{
	set.uid = uid;
	return run(&set.command, showing_set_run);
}

static struct showing
get(uint64_t uid)
{
	struct showing showing;

	assert_ok(showing_get(&fix.arena, uid, &showing));
	return showing;
}

static struct str
status_of(uint64_t uid)
{
	Rec__User *record;

	assert_ok(account_get(NULL, &fix.arena, uid, &record));
	return record_str(record->status);
}

static void
test_choices_stay(void **state)
{
	uint64_t uid = user("chooser");
	struct showing showing = get(uid);

	(void)state;
	assert_int_equal(showing.mode, SHOWING_AUTO);
	assert_int_equal(showing.rule, SHOWING_FRIENDS);
	assert_false(showing.status);
	assert_int_equal(showing.image, 0);
	assert_ok(set_showing(uid, (struct showing_set){
	    .set = SHOW_MODE | SHOW_STATUS | SHOW_RULE, .mode = SHOWING_BUSY,
	    .rule = SHOWING_TALKS, .status = STR("在家") }));
	fix_reopen();
	showing = get(uid);
	assert_int_equal(showing.mode, SHOWING_BUSY);
	assert_int_equal(showing.rule, SHOWING_TALKS);
	assert_true(showing.status);
	assert_true(str_eq(status_of(uid), STR("在家")));
	/* Only what is named changes. */
	assert_ok(set_showing(uid, (struct showing_set){ .set = SHOW_STATUS }));
	showing = get(uid);
	assert_int_equal(showing.mode, SHOWING_BUSY);
	assert_false(showing.status);
}

static void
test_bounds(void **state)
{
	struct showing_set set = { .set = SHOW_STATUS };
	uint64_t uid = user("bounds");
	char text[STATUS_MAX_CHARS * 3 + 3];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 3)
		memcpy(text + i, "字", 3);
	set.status = (struct str){ text, sizeof(text) };
	assert_int_equal(set_showing(uid, set), ERR_TEXT_LONG);
	assert_int_equal(status_of(uid).len, 0);
	set.status.len -= 3;
	assert_ok(set_showing(uid, set));
	assert_int_equal(set_showing(uid, (struct showing_set){
	    .set = SHOW_MODE, .mode = SHOWING_MODES }), ERR_FIELD_BAD);
	assert_int_equal(set_showing(uid, (struct showing_set){
	    .set = SHOW_RULE, .rule = SHOWING_RULES }), ERR_FIELD_BAD);
	assert_int_equal(get(uid).mode, SHOWING_AUTO);
	assert_int_equal(set_showing(UINT64_C(1) << 40, (struct showing_set){
	    .set = SHOW_MODE }), ERR_NOT_FOUND);
}

/* No number comes back, so no old image does. */
static void
test_generations_only_grow(void **state)
{
	static const bool wishes[] = { true, true, false, false, true, false };
	uint64_t uid = user("image");
	uint32_t was = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(wishes); i++) {
		assert_ok(set_showing(uid, (struct showing_set){
		    .set = SHOW_IMAGE, .image = wishes[i] }));
		assert_int_equal(get(uid).image % 2, wishes[i]);
		assert_true(get(uid).image > was);
		was = get(uid).image;
	}
}

/* Friends must not be told by any object of their own pages. */
static void
test_nothing_else_is_touched(void **state)
{
	uint64_t uid = user("quiet"), peer = user("peer");

	(void)state;
	befriend(uid, peer);
	touched_clear();
	assert_ok(set_showing(uid, (struct showing_set){
	    .set = SHOW_MODE | SHOW_STATUS | SHOW_RULE | SHOW_IMAGE,
	    .mode = SHOWING_INVISIBLE, .rule = SHOWING_TALKS,
	    .status = STR("x"), .image = true }));
	assert_touched({ OBJ_SHOWING, uid, 0 });
}

static void
test_in_doubt_invisible(void **state)
{
	struct showing showing;

	(void)state;
	assert_int_equal(showing_get(&fix.arena, UINT64_C(1) << 40, &showing),
	    ERR_NOT_FOUND);
	assert_int_equal(showing.mode, SHOWING_INVISIBLE);
	assert_int_equal(showing.rule, SHOWING_NOBODY);
}

/* ---- who may see ---- */

enum tie { STRANGER, FRIENDS, TALKED, BLOCKED, BLOCKING, ASKED, TIES };

static uint64_t
viewer_with(uint64_t uid, enum tie tie)
{
	uint64_t viewer = user("viewer");

	if (tie == ASKED)
		assert_ok(ask(viewer, uid));
	if (tie == STRANGER || tie == ASKED)
		return viewer;
	befriend(uid, viewer);
	if (tie == TALKED)
		assert_ok(act(CONTACT_REMOVE, viewer, uid));
	if (tie == BLOCKED)
		assert_ok(act(CONTACT_BLOCK, uid, viewer));
	if (tie == BLOCKING)
		assert_ok(act(CONTACT_BLOCK, viewer, uid));
	return viewer;
}

static bool
in_audience(uint64_t uid, enum showing_rule rule, uint64_t viewer)
{
	uint64_t *all;
	size_t n, times = 0;

	assert_ok(showing_audience(&fix.arena, uid, rule, &all, &n));
	for (size_t i = 0; i < n; i++)
		times += all[i] == viewer;
	assert_true(times <= 1);
	return times == 1;
}

static void
test_who_may_see(void **state)
{
	static const bool may[TIES][SHOWING_RULES] = {
		[FRIENDS] = { [SHOWING_FRIENDS] = true, [SHOWING_TALKS] = true },
		[TALKED] = { [SHOWING_TALKS] = true },
	};

	(void)state;
	for (enum tie tie = 0; tie < TIES; tie++)
		for (enum showing_rule rule = 0; rule < SHOWING_RULES; rule++) {
			uint64_t uid = user("seen");
			uint64_t viewer = viewer_with(uid, tie);
			struct contact row;

			assert_ok(contact_get(NULL, &fix.arena, viewer, uid,
			    &row));
			assert_int_equal(showing_may_see(&fix.arena, viewer,
			    &row, rule), may[tie][rule]);
			/* Told is whoever may see; who blocks the person is
			 * told, too, and sees nothing. */
			if (rule != SHOWING_NOBODY && tie != BLOCKING)
				assert_int_equal(in_audience(uid, rule, viewer),
				    may[tie][rule]);
		}
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_teardown(f, fix_teardown)
	static const struct CMUnitTest tests[] = {
		CASE(test_choices_stay),
		CASE(test_bounds),
		CASE(test_generations_only_grow),
		CASE(test_nothing_else_is_touched),
		CASE(test_in_doubt_invisible),
		CASE(test_who_may_see),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
