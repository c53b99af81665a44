/* Drafts: kept, bounded, gone when sent, never offered for what was sent. */
#include "im_fixture.h"

static enum err
put(uint64_t uid, struct form_id form, struct str text)
{
	struct draft_put in = { .uid = uid, .form = form, .text = text };

	return run(&in.command, draft_put_run);
}

/* The text, or "-" without a draft. */
static struct str
text_of(uint64_t uid, enum form_page page, uint64_t page_id)
{
	struct str text = STR_NONE;
	uint32_t count;
	enum err err = draft_get(&fix.arena, uid, page, page_id, &text, &count);

	if (err == ERR_NOT_FOUND)
		return STR("-");
	assert_ok(err);
	return text;
}

static void
test_put_get(void **state)
{
	uint64_t uid = user("draft"), other = user("other");
	struct str text;
	uint32_t count;

	(void)state;
	touched_clear();
	assert_ok(put(uid, talk_form(7, 3), STR("in a talk")));
	assert_touched(draft_object(uid, FORM_TALK, 7));
	assert_ok(put(uid, (struct form_id){ FORM_PERSON, 7, 0, true },
	    STR("to a person")));
	assert_touched(draft_object(uid, FORM_PERSON, 7));
	assert_ok(draft_get(&fix.arena, uid, FORM_TALK, 7, &text, &count));
	assert_str(text, "in a talk");
	assert_int_equal(count, 3);
	assert_str(text_of(uid, FORM_PERSON, 7), "to a person");
	assert_str(text_of(other, FORM_TALK, 7), "-");
	assert_ok(put(uid, talk_form(7, 4), STR("changed")));
	assert_str(text_of(uid, FORM_TALK, 7), "changed");
	fix_reopen();
	assert_str(text_of(uid, FORM_TALK, 7), "changed");
	touched_clear();
	assert_ok(put(uid, talk_form(7, 4), STR("")));
	assert_touched(draft_object(uid, FORM_TALK, 7));
	assert_str(text_of(uid, FORM_TALK, 7), "-");
	assert_str(text_of(uid, FORM_PERSON, 7), "to a person");
}

static void
test_objects_differ(void **state)
{
	struct object talk = draft_object(1, FORM_TALK, 2);
	struct object person = draft_object(1, FORM_PERSON, 2);

	(void)state;
	assert_int_equal(talk.kind, OBJ_DRAFT);
	assert_int_equal(talk.a, 1);
	assert_int_equal(talk.b, UINT64_C(1) << 56 | 2);
	assert_int_equal(person.b, UINT64_C(2) << 56 | 2);
}

static void
test_twenty(void **state)
{
	uint64_t uid = user("twenty");

	(void)state;
	for (uint64_t page = 1; page <= 20; page++) {
		assert_ok(put(uid, talk_form(page, 0), STR("x")));
		clock_advance(10);
	}
	/* Written again, 1 is the newest, so 2 is the one to go. */
	assert_ok(put(uid, talk_form(1, 0), STR("y")));
	touched_clear();
	assert_ok(put(uid, talk_form(21, 0), STR("x")));
	assert_touched(draft_object(uid, FORM_TALK, 21),
	    draft_object(uid, FORM_TALK, 2));
	assert_str(text_of(uid, FORM_TALK, 1), "y");
	assert_str(text_of(uid, FORM_TALK, 2), "-");
	for (uint64_t page = 3; page <= 21; page++)
		assert_str(text_of(uid, FORM_TALK, page), "x");
}

static void
test_length(void **state)
{
	uint64_t uid = user("length");
	char *text = arena_raw(&fix.arena, MESSAGE_MAX_CHARS + 1);

	(void)state;
	memset(text, 'x', MESSAGE_MAX_CHARS + 1);
	assert_ok(put(uid, talk_form(1, 0),
	    (struct str){ text, MESSAGE_MAX_CHARS }));
	assert_int_equal(put(uid, talk_form(1, 0),
	    (struct str){ text, MESSAGE_MAX_CHARS + 1 }), ERR_TEXT_LONG);
	assert_int_equal(text_of(uid, FORM_TALK, 1).len, MESSAGE_MAX_CHARS);
}

static void
test_send_deletes_its_text(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);

	(void)state;
	assert_ok(put(a, talk_form(cid, 0), STR("typed")));
	assert_ok(send_form(a, talk_form(cid, 0), STR("other")).command.err);
	assert_str(text_of(a, FORM_TALK, cid), "typed");
	touched_clear();
	assert_ok(send_form(a, talk_form(cid, 1), STR("typed")).command.err);
	assert_true(touched_has(draft_object(a, FORM_TALK, cid)));
	assert_str(text_of(a, FORM_TALK, cid), "-");
}

/* A resend behind an ended session: sent already, so nothing to offer. */
static void
test_sent_is_no_draft(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid = befriend(a, b);
	struct form_id form = talk_form(cid, 0);

	(void)state;
	assert_ok(send_form(a, form, STR("sent")).command.err);
	touched_clear();
	assert_ok(put(a, form, STR("sent")));
	assert_int_equal(touched_count(), 0);
	assert_str(text_of(a, FORM_TALK, cid), "-");
	assert_ok(put(a, form, STR("not sent")));
	assert_str(text_of(a, FORM_TALK, cid), "not sent");
	form.count = 1;
	assert_ok(put(a, form, STR("sent")));
	assert_str(text_of(a, FORM_TALK, cid), "sent");
}

static void
test_thirty_days(void **state)
{
	uint64_t uid = user("days");

	(void)state;
	assert_ok(put(uid, talk_form(1, 0), STR("x")));
	clock_advance(INT64_C(29) * 86400000);
	sweep();
	assert_str(text_of(uid, FORM_TALK, 1), "x");
	clock_advance(INT64_C(2) * 86400000);
	sweep();
	assert_str(text_of(uid, FORM_TALK, 1), "-");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_put_get),
		TEST(test_objects_differ),
		TEST(test_twenty),
		TEST(test_length),
		TEST(test_send_deletes_its_text),
		TEST(test_sent_is_no_draft),
		TEST(test_thirty_days),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
