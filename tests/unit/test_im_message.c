/* Sending: nothing lost, nothing doubled, numbers without gaps. */
#include "im_fixture.h"

struct pair {
	uint64_t a, b, cid;
};

static struct pair
friends(void)
{
	struct pair pair = { user("a"), user("b"), 0 };

	pair.cid = befriend(pair.a, pair.b);
	touched_clear();
	return pair;
}

static struct message_send
send_once(uint64_t uid, uint64_t cid, uint32_t count, const char *text)
{
	struct message_send send =
	    send_form(uid, talk_form(cid, count), str_c(text));

	assert_ok(send.command.err);
	return send;
}

static void
test_send(void **state)
{
	struct pair p = friends();
	struct message_send send = send_once(p.a, p.cid, 0, "first\nline");
	struct conversation talk = talk_of(p.cid, p.b);
	struct message *list;
	size_t n;

	(void)state;
	assert_false(send.repeated);
	assert_int_equal(send.cid, p.cid);
	assert_int_equal(send.seq, 1);
	assert_true(send.sent_ms > 0);
	assert_touched({ OBJ_CONV, p.cid, 0 }, { OBJ_INBOX, p.a, 0 },
	    { OBJ_INBOX, p.b, 0 }, { OBJ_MEMBER, p.cid, p.a },
	    { OBJ_BAR, p.b, 0 });
	assert_int_equal(talk.last_seq, 1);
	assert_int_equal(talk.last_sender, p.a);
	assert_int_equal(talk.last_ms, send.sent_ms);
	assert_str(talk.snippet, "first line");
	assert_ok(message_list(&fix.arena, p.cid, 1, 1, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].seq, 1);
	assert_int_equal(list[0].sender, p.a);
	assert_int_equal(list[0].sent_ms, send.sent_ms);
	assert_str(list[0].text, "first\nline");
}

/* The bar of the receiver is woken from none to some, not for each. */
static void
test_bar(void **state)
{
	struct pair p = friends();
	struct conversation talk;

	(void)state;
	send_once(p.a, p.cid, 0, "1");
	assert_true(touched_has((struct object){ OBJ_BAR, p.b, 0 }));
	touched_clear();
	send_once(p.a, p.cid, 1, "2");
	assert_touched({ OBJ_CONV, p.cid, 0 }, { OBJ_INBOX, p.a, 0 },
	    { OBJ_INBOX, p.b, 0 }, { OBJ_MEMBER, p.cid, p.a });
	talk = talk_of(p.cid, p.b);
	assert_true(soft_read(p.b, p.cid, 2, talk.read_seq, NULL));
	send_once(p.a, p.cid, 2, "3");
	assert_true(touched_has((struct object){ OBJ_BAR, p.b, 0 }));
}

static void
test_same_form_same_text(void **state)
{
	struct pair p = friends();
	struct message_send first = send_once(p.a, p.cid, 0, "hello"), again;

	(void)state;
	clock_advance(5000);
	touched_clear();
	for (unsigned i = 0; i < 3; i++) {
		again = send_once(p.a, p.cid, 0, "hello");
		assert_true(again.repeated);
		assert_int_equal(again.cid, p.cid);
		assert_int_equal(again.seq, first.seq);
		assert_int_equal(again.sent_ms, first.sent_ms);
	}
	assert_int_equal(touched_count(), 0);
	assert_int_equal(talk_of(p.cid, p.a).last_seq, 1);
	assert_int_equal(talk_of(p.cid, p.a).send_count, 1);
	fix_reopen();
	assert_true(send_once(p.a, p.cid, 0, "hello").repeated);
}

static void
test_same_form_other_text(void **state)
{
	struct pair p = friends();

	(void)state;
	assert_int_equal(send_once(p.a, p.cid, 0, "hello").seq, 1);
	assert_int_equal(send_once(p.a, p.cid, 0, "hallo").seq, 2);
	assert_true(send_once(p.a, p.cid, 0, "hello").repeated);
	assert_true(send_once(p.a, p.cid, 0, "hallo").repeated);
	/* The form was spent once. */
	assert_int_equal(talk_of(p.cid, p.a).send_count, 1);
}

static void
test_same_words_next_form(void **state)
{
	struct pair p = friends();

	(void)state;
	assert_int_equal(send_once(p.a, p.cid, 0, "ok").seq, 1);
	assert_int_equal(talk_of(p.cid, p.a).send_count, 1);
	assert_int_equal(send_once(p.a, p.cid, 1, "ok").seq, 2);
	assert_int_equal(talk_of(p.cid, p.a).send_count, 2);
	/* The other's forms are the other's. */
	assert_int_equal(talk_of(p.cid, p.b).send_count, 0);
	assert_int_equal(send_once(p.b, p.cid, 0, "ok").seq, 3);
}

static void
test_no_key_is_not_remembered(void **state)
{
	struct pair p = friends();

	(void)state;
	assert_int_equal(say(p.a, p.cid, "ok").seq, 1);
	assert_int_equal(say(p.a, p.cid, "ok").seq, 2);
	assert_int_equal(talk_of(p.cid, p.a).send_count, 0);
	assert_false(send_once(p.a, p.cid, 0, "ok").repeated);
}

/* Four days: longer than any form key is taken. */
static void
test_memory_ends(void **state)
{
	struct pair p = friends();

	(void)state;
	send_once(p.a, p.cid, 0, "ok");
	clock_advance(SENT_KEEP_MS - 3600000);
	sweep();
	assert_true(send_once(p.a, p.cid, 0, "ok").repeated);
	clock_advance(3600000);
	sweep();
	assert_false(send_once(p.a, p.cid, 0, "ok").repeated);
}

static void
test_refused(void **state)
{
	struct pair p = friends();
	uint64_t stranger = user("stranger");

	(void)state;
	touched_clear();
#define ERR_OF(uid, form, text) send_form((uid), (form), (text)).command.err
	assert_int_equal(ERR_OF(stranger, talk_form(p.cid, 0), STR("x")),
	    ERR_NOT_FOUND);
	assert_int_equal(ERR_OF(p.a, talk_form(1 << 30, 0), STR("x")),
	    ERR_NOT_FOUND);
	assert_int_equal(ERR_OF(p.a, talk_form(p.cid, 0), STR("")),
	    ERR_TEXT_EMPTY);
	assert_int_equal(ERR_OF(p.a, talk_form(p.cid, 0), STR("\xff")),
	    ERR_TEXT_BYTES);
	assert_int_equal(ERR_OF(p.a, ((struct form_id){ FORM_PERSON, p.a, 0,
	    true }), STR("x")), ERR_SELF);
	assert_int_equal(ERR_OF(p.a, ((struct form_id){ FORM_PERSON, 1 << 30, 0,
	    true }), STR("x")), ERR_NOT_FOUND);
#undef ERR_OF
	assert_int_equal(touched_count(), 0);
	assert_int_equal(talk_of(p.cid, p.a).last_seq, 0);
	assert_int_equal(talk_of(p.cid, p.a).send_count, 0);
}

static struct str
letters(const char *letter, size_t n)
{
	struct sbuf buf;

	sbuf_init(&buf, &fix.arena, 0);
	while (n-- > 0)
		sbuf_add(&buf, str_c(letter));
	return sbuf_str(&buf);
}

static void
test_length(void **state)
{
	static const char *const letter[] = { "x", "纸", "😀" };
	struct pair p = friends();
	struct message_send send;
	struct message *list;
	size_t n;

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		struct str longest = letters(letter[i], MESSAGE_MAX_CHARS);

		send = send_form(p.a, talk_form(p.cid, i), longest);
		assert_ok(send.command.err);
		assert_ok(message_list(&fix.arena, p.cid, send.seq, send.seq,
		    &list, &n));
		assert_true(str_eq(list[0].text, longest));
		assert_int_equal(utf8_chars(talk_of(p.cid, p.b).snippet), 41);
		send = send_form(p.a, talk_form(p.cid, i + 1),
		    letters(letter[i], MESSAGE_MAX_CHARS + 1));
		assert_int_equal(send.command.err, ERR_TEXT_LONG);
	}
}

/* From the page of a person: the talk is made, at most once, if allowed. */
static void
test_person(void **state)
{
	uint64_t a = user("a"), b = user("b"), cid;
	struct form_id form = { FORM_PERSON, b, 0, true };
	struct account_prefs rule = { .uid = b, .set = PREFS_WRITE_RULE,
		.write_rule = 1 };
	struct message_send send;

	(void)state;
	assert_ok(run(&rule.command, account_prefs_run));
	assert_int_equal(send_form(a, form, STR("hi")).command.err,
	    ERR_NOT_TAKEN);
	assert_int_equal(conversation_find(NULL, &fix.arena, a, b, &cid),
	    ERR_NOT_FOUND);
	rule.write_rule = 0;
	assert_ok(run(&rule.command, account_prefs_run));

	send = send_form(a, form, STR("hi"));
	assert_ok(send.command.err);
	assert_int_equal(send.seq, 1);
	assert_ok(conversation_find(NULL, &fix.arena, b, a, &cid));
	assert_int_equal(send.cid, cid);
	assert_int_equal(talk_of(cid, a).send_count, 1);
	send = send_form(a, form, STR("hi"));
	assert_true(send.repeated);
	assert_int_equal(send.cid, cid);
	form.count = 1;
	send = send_form(a, form, STR("hi"));
	assert_int_equal(send.seq, 2);
	assert_int_equal(talk_of(cid, a).send_count, 2);
}

/* ---- from two threads ---- */

struct sender {
	pthread_t thread;
	pthread_barrier_t *barrier;
	uint64_t uid, cid;
	unsigned n;
	bool same; /* the same form each time */
	unsigned sent, repeated;
};

static void *
sender_main(void *arg)
{
	struct sender *self = arg;

	pthread_barrier_wait(self->barrier);
	for (unsigned i = 0; i < self->n; i++) {
		struct message_send send = {
			.uid = self->uid,
			.form = talk_form(self->cid, self->same ? 0 : i),
			.text = STR("at once"),
		};

		if (run(&send.command, message_send_run) != OK)
			continue;
		self->sent += !send.repeated;
		self->repeated += send.repeated;
		if (!send.repeated)
			message_sent_read(&send);
	}
	return NULL;
}

static void
run_senders(struct sender *sender, size_t n)
{
	pthread_barrier_t barrier;

	pthread_barrier_init(&barrier, NULL, (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		sender[i].barrier = &barrier;
		pthread_create(&sender[i].thread, NULL, sender_main, &sender[i]);
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(sender[i].thread, NULL);
	pthread_barrier_destroy(&barrier);
}

static void
test_same_at_once(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct pair p = friends();
		struct sender sender[2] = {
			{ .uid = p.a, .cid = p.cid, .n = 3, .same = true },
			{ .uid = p.a, .cid = p.cid, .n = 3, .same = true },
		};

		run_senders(sender, 2);
		assert_int_equal(sender[0].sent + sender[1].sent, 1);
		assert_int_equal(sender[0].repeated + sender[1].repeated, 5);
		assert_int_equal(talk_of(p.cid, p.b).last_seq, 1);
	}
}

static void
test_two_senders_no_gap(void **state)
{
	struct pair p = friends();
	struct sender sender[2] = {
		{ .uid = p.a, .cid = p.cid, .n = 60 },
		{ .uid = p.b, .cid = p.cid, .n = 60 },
	};
	unsigned by_a = 0;
	struct message *list;
	size_t n;

	(void)state;
	run_senders(sender, 2);
	assert_int_equal(sender[0].sent, 60);
	assert_int_equal(sender[1].sent, 60);
	assert_ok(message_list(&fix.arena, p.cid, 0, UINT32_MAX, &list, &n));
	assert_int_equal(n, 120);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i].seq, i + 1);
		by_a += list[i].sender == p.a;
	}
	assert_int_equal(by_a, 60);
	assert_int_equal(talk_of(p.cid, p.a).last_seq, 120);
	assert_int_equal(talk_of(p.cid, p.a).send_count, 60);
}

static void
test_list_ranges(void **state)
{
	static const struct {
		uint32_t first, last, n, at;
	} row[] = { { 1, 5, 5, 1 }, { 0, 2, 2, 1 }, { 4, 9, 2, 4 }, { 6, 9, 0, 0 },
		{ 3, 2, 0, 0 }, { 0, 0, 0, 0 }, { 5, UINT32_MAX, 1, 5 } };
	struct pair p = friends(), other = friends();
	struct message *list;
	size_t n;

	(void)state;
	say(other.a, other.cid, "in the next talk");
	for (unsigned i = 0; i < 5; i++)
		say(p.a, p.cid, "x");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_ok(message_list(&fix.arena, p.cid, row[i].first,
		    row[i].last, &list, &n));
		assert_int_equal(n, row[i].n);
		for (size_t m = 0; m < n; m++)
			assert_int_equal(list[m].seq, row[i].at + m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_send),
		TEST(test_bar),
		TEST(test_same_form_same_text),
		TEST(test_same_form_other_text),
		TEST(test_same_words_next_form),
		TEST(test_no_key_is_not_remembered),
		TEST(test_memory_ends),
		TEST(test_refused),
		TEST(test_length),
		TEST(test_person),
		TEST(test_same_at_once),
		TEST(test_two_senders_no_gap),
		TEST(test_list_ranges),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
