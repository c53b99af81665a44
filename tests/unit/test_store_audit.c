/* The auditor: every fault that is planted is found, named and placed. */
#include "store_world.h"

static struct key
expiry_key(enum table table, struct key row, int64_t wall_ms)
{
	return key_bytes(key_u8(KEY1((uint64_t)wall_ms), (uint8_t)table),
	    (struct str){ (const char *)row.p, row.len });
}

static void
test_audit_clean(void **state)
{
	struct audit audit;
	char dir[64];

	(void)state;
	test_dir_make(dir);
	assert_int_equal(store_verify(dir, 2, &audit), ERR_NOT_FOUND);
	world_make(dir);
	assert_int_equal(store_verify(dir, 2, &audit), OK);
	assert_int_equal(audit.users, 3);
	assert_int_equal(audit.conversations, 1);
	assert_int_equal(audit.messages, 5);
	assert_int_equal(audit.faults, 0);
	test_dir_remove(dir);
}

/* ---- faults ---- */

/* One row changed, and what the auditor must say of which row. */
struct planted {
	const char *what;
	struct step step;
	const char *says;
};

#define DEL(t, k) { .kind = STEP_DEL, .table = (t), .key = (k) }
#define PUT(t, k, v) \
	{ .kind = STEP_PUT, .table = (t), .key = (k), .value = (v) }
#define NAME(name) key_bytes(key_none(), STR(name))
#define MSG(cid, seq) key_u32(KEY1(cid), (seq))
/* A head but for its first bytes, which say type, last_seq, last_ms, sender. */
#define HEAD(start) STR(start "\x2a\x02hi\x30\x01\x38\x02")

/* Does a line of the report name the file, say so, and between them a key (' ') or
 * nothing (':')? */
static bool
report_has(FILE *report, const char *says, char behind_file)
{
	size_t file_len = strcspn(says, ":");
	char line[400];

	rewind(report);
	while (fgets(line, sizeof(line), report) != NULL)
		if (strncmp(line, says, file_len) == 0 &&
		    line[file_len] == behind_file &&
		    strstr(line, says + file_len) != NULL)
			return true;
	return false;
}

static void
expect_found(const char *world, const struct planted *planted)
{
	FILE *report = tmpfile();
	struct audit audit;
	char dir[64];

	assert_non_null(report);
	test_dir_make(dir);
	assert_int_equal(dir_copy(world, dir), OK);
	test_start(dir);
	assert_int_equal(test_step(planted->step), OK);
	test_stop();
	if (store_verify(dir, fileno(report), &audit) != ERR_INTERNAL ||
	    audit.faults == 0)
		fail_msg("not found: %s", planted->what);
	if (!report_has(report, planted->says, ' '))
		fail_msg("%s: not said: %s", planted->what, planted->says);
	fclose(report);
	test_dir_remove(dir);
}

static void
expect_all(const struct planted *planted, size_t n)
{
	char world[64];

	test_dir_make(world);
	world_make(world);
	for (size_t i = 0; i < n; i++)
		expect_found(world, &planted[i]);
	test_dir_remove(world);
}
#define EXPECT_ALL(planted) \
	expect_all(planted, sizeof(planted) / sizeof((planted)[0]))

static void
test_audit_faults_of_messages(void **state)
{
	const struct planted planted[] = {
		{ "gap in a talk", DEL(T_MSG, MSG(1, 3)),
		    "msg.db: number 4 follows 2" },
		{ "first gone", DEL(T_MSG, MSG(1, 1)),
		    "msg.db: number 2 follows 0" },
		{ "last gone", DEL(T_MSG, MSG(1, 5)),
		    "conv.db: the last message is missing" },
		{ "one too many", PUT(T_MSG, MSG(1, 6), STR("\x08\x01")),
		    "msg.db: not counted by its talk" },
		{ "of no talk", PUT(T_MSG, MSG(9, 1), STR("\x08\x01")),
		    "msg.db: not counted by its talk" },
		{ "foreign sender", PUT(T_MSG, MSG(1, 4), STR("\x08\x03")),
		    "msg.db: the sender is not a member" },
		{ "empty", PUT(T_MSG, MSG(1, 4), STR("\x08\x01")),
		    "msg.db: no text" },
		{ "not UTF-8", PUT(T_MSG, MSG(1, 4),
		    STR("\x08\x01\x1a\x01\xff")), "msg.db: no text" },
		{ "damaged message", PUT(T_MSG, MSG(1, 5), STR("\xff\xff")),
		    "msg.db: damaged record" },
		{ "short key", PUT(T_MSG, KEY1(1), STR("\x08\x01")),
		    "msg.db: key of 8 bytes" },
		{ "head: other sender", PUT(T_CONV, KEY1(1),
		    HEAD("\x08\x01\x10\x05\x18\xed\x07\x20\x01")),
		    "conv.db: does not say what the last message says" },
		{ "head: other time", PUT(T_CONV, KEY1(1),
		    HEAD("\x08\x01\x10\x05\x18\xee\x07\x20\x02")),
		    "conv.db: does not say what the last message says" },
		{ "head: other text", PUT(T_MSG, MSG(1, 5),
		    STR("\x08\x02\x10\xed\x07\x1a\x02ho")),
		    "conv.db: does not say what the last message says" },
		{ "head: no type", PUT(T_CONV, KEY1(1),
		    HEAD("\x10\x05\x18\xed\x07\x20\x02")),
		    "conv.db: of no known type" },
	};

	(void)state;
	EXPECT_ALL(planted);
}

static void
test_audit_faults_of_talks(void **state)
{
	const struct planted planted[] = {
		{ "no member", DEL(T_MEMBER, KEY2(1, 2)),
		    "conv.db: a talker is not a member" },
		{ "no inbox row", DEL(T_INBOX, KEY2(2, 1)),
		    "member.db: not in the member's inbox" },
		{ "inbox only", PUT(T_INBOX, KEY2(3, 1), STR_NONE),
		    "inbox.db: not a member" },
		{ "inbox of no talk", PUT(T_INBOX, KEY2(1, 9), STR_NONE),
		    "inbox.db: not a member" },
		{ "member of no talk", PUT(T_MEMBER, KEY2(9, 1), STR_NONE),
		    "member.db: no such talk" },
		{ "a third", PUT(T_MEMBER, KEY2(1, 3), STR_NONE),
		    "member.db: no talker there" },
		{ "read too far", PUT(T_MEMBER, KEY2(1, 1), STR("\x08\x06")),
		    "member.db: read more than there is" },
		{ "sent more than all", PUT(T_MEMBER, KEY2(1, 2),
		    STR("\x18\x06")),
		    "member.db: counted more sends than there are messages" },
		{ "sent more than own", PUT(T_MEMBER, KEY2(1, 2),
		    STR("\x18\x04")),
		    "member.db: counted more sends than it has messages" },
		{ "foreign peer", PUT(T_INBOX, KEY2(2, 1),
		    STR("\x08\x03\x12\x04" "cleo")),
		    "inbox.db: the peer is not in the talk" },
		{ "foreign name", PUT(T_INBOX, KEY2(2, 1),
		    STR("\x08\x01\x12\x04" "cleo")),
		    "inbox.db: not the peer's name" },
		{ "no pair", DEL(T_PAIR, KEY2(1, 2)),
		    "conv.db: the pair does not lead to the talk" },
		{ "pair of none", PUT(T_PAIR, KEY2(1, 3),
		    STR("\0\0\0\0\0\0\0\1")), "pair.db: no talk of those two" },
		{ "talk gone", DEL(T_CONV, KEY1(1)),
		    "pair.db: no talk of those two" },
		{ "counter behind", PUT(T_META, NAME("next_cid"),
		    STR("\0\0\0\0\0\0\0\0")),
		    "meta.db: behind what was given out" },
	};

	(void)state;
	EXPECT_ALL(planted);
}

static void
test_audit_faults_of_people(void **state)
{
	const struct planted planted[] = {
		{ "no name", DEL(T_UNAME, NAME("anna")),
		    "user.db: the name does not lead to the user" },
		{ "name of none", PUT(T_UNAME, NAME("dora"),
		    STR("\0\0\0\0\0\0\0\1")), "uname.db: no user of that name" },
		{ "user gone", DEL(T_USER, KEY1(1)),
		    "uname.db: no user of that name" },
		{ "one-sided friend", DEL(T_FRIEND, KEY2(2, 1)),
		    "friend.db: the peer's row does not match" },
		{ "request unseen", DEL(T_FRIEND, KEY2(3, 1)),
		    "friend.db: the peer's row does not match" },
		{ "request unasked", DEL(T_FRIEND, KEY2(1, 3)),
		    "friend.db: the peer's row does not match" },
		{ "friend of self", PUT(T_FRIEND, KEY2(1, 1), STR("\x08\x01")),
		    "friend.db: no such user" },
		{ "friend of nobody", PUT(T_FRIEND, KEY2(1, 9), STR_NONE),
		    "friend.db: no such user" },
		{ "friend's name", PUT(T_FRIEND, KEY2(1, 2),
		    STR("\x08\x01\x12\x04" "cleo")),
		    "friend.db: not the peer's name" },
		{ "session unlisted", DEL(T_USESS, hash_key(KEY1(1))),
		    "sess.db: not in the user's list of sessions" },
		{ "listed only", DEL(T_SESS, hash_key(key_none())),
		    "usess.db: no such session" },
		{ "listed as ended", PUT(T_USESS, hash_key(KEY1(1)), STR("e")),
		    "usess.db: open here and ended there" },
		{ "session for ever", DEL(T_EXPIRY, expiry_key(T_SESS,
		    hash_key(key_none()), EXPIRES_MS - 1)),
		    "sess.db: never expires" },
		{ "counter behind", PUT(T_META, NAME("next_uid"),
		    STR("\0\0\0\0\0\0\0\2")),
		    "meta.db: behind what was given out" },
		{ "counter short", PUT(T_META, NAME("next_uid"), STR("\3")),
		    "meta.db: not 8 bytes" },
		{ "newer schema", PUT(T_META, NAME("schema"),
		    STR("\0\0\0\0\0\0\0\xff")),
		    "meta.db: written by a newer program" },
		{ "no schema", DEL(T_META, NAME("schema")),
		    "meta.db: is missing" },
		{ "no secret", DEL(T_META, NAME("secret")),
		    "meta.db: is missing" },
		{ "short secret", PUT(T_META, NAME("secret"), STR("x")),
		    "meta.db: not 32 bytes" },
	};

	(void)state;
	EXPECT_ALL(planted);
}

static void
test_audit_faults_of_forms(void **state)
{
	const struct planted planted[] = {
		{ "sent nothing", PUT(T_SENT, sent_key(2),
		    STR("\x08\x01\x10\x09")),
		    "sent.db: no such message of that user" },
		{ "sent by another", PUT(T_SENT, sent_key(1),
		    STR("\x08\x01\x10\x03\x18\xeb\x07")),
		    "sent.db: no such message of that user" },
		{ "sent at another time", PUT(T_SENT, sent_key(2),
		    STR("\x08\x01\x10\x03\x18\xec\x07")),
		    "sent.db: no such message of that user" },
		{ "sent for ever", DEL(T_EXPIRY, expiry_key(T_SENT, sent_key(2),
		    EXPIRES_MS)), "sent.db: never expires" },
		{ "draft of nobody", PUT(T_DRAFT, draft_key(9), STR_NONE),
		    "draft.db: no such user" },
		{ "draft for ever", DEL(T_EXPIRY, expiry_key(T_DRAFT,
		    draft_key(1), EXPIRES_MS)), "draft.db: never expires" },
		{ "expiry of no table", PUT(T_EXPIRY,
		    key_u8(KEY1(EXPIRES_MS), 200), STR_NONE),
		    "expiry.db: names no row" },
		{ "expiry of a message", PUT(T_EXPIRY, expiry_key(T_MSG,
		    MSG(1, 1), EXPIRES_MS), STR_NONE),
		    "expiry.db: names no row" },
		{ "expiry of half a key", PUT(T_EXPIRY, expiry_key(T_SESS,
		    KEY1(1), EXPIRES_MS), STR_NONE),
		    "expiry.db: names no row" },
	};

	(void)state;
	EXPECT_ALL(planted);
}

static void
test_audit_damaged_page(void **state)
{
	FILE *report = tmpfile();
	struct audit audit;
	char dir[64];

	(void)state;
	assert_non_null(report);
	test_dir_make(dir);
	world_make(dir);
	flip_byte(dir, "msg.db", 8192 + 8000);
	assert_int_equal(store_verify(dir, fileno(report), &audit),
	    ERR_INTERNAL);
	assert_true(audit.faults > 0);
	assert_true(report_has(report, "msg.db: BDB0684 checksum error: page 1",
	    ':'));
	fclose(report);
	test_dir_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit_clean),
		cmocka_unit_test(test_audit_faults_of_messages),
		cmocka_unit_test(test_audit_faults_of_talks),
		cmocka_unit_test(test_audit_faults_of_people),
		cmocka_unit_test(test_audit_faults_of_forms),
		cmocka_unit_test(test_audit_damaged_page),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
