/* Backup, restore and the auditor. */
#include "store_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* ---- a small true world ---- */

struct world {
	struct command command;
};

static enum err
put_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessage *record, enum err err)
{
	return err == OK ? store_put_record(txn, table, key, record) : err;
}

static enum err
put_bytes(struct txn *txn, enum table table, struct key key, struct key value,
    enum err err)
{
	return err == OK ? store_put(txn, table, key,
	    (struct str){ (const char *)value.p, value.len }) : err;
}

static const char *const names[] = { "", "anna", "bert", "cleo" };
static const char hash[] = "0000000100000001cdefcdefcdefcdef";
/* When things happened, and when what forms leave behind goes. */
#define SENT_MS 1000
#define EXPIRES_MS INT64_C(9000000000000)

static ProtobufCBinaryData
bytes(const char *text)
{
	return (ProtobufCBinaryData){ strlen(text),
		(uint8_t *)(uintptr_t)text };
}

static struct key
hash_key(struct key head)
{
	return key_bytes(head, (struct str){ hash, 32 });
}

static enum err
put_expiry(struct txn *txn, enum table table, struct key key, int64_t wall_ms,
    enum err err)
{
	return err == OK ? store_expire_at(txn, table, key, wall_ms) : err;
}

static enum err
put_people(struct txn *txn, enum err err)
{
	Rec__User user = REC__USER__INIT;
	Rec__Session session = REC__SESSION__INIT;
	uint64_t made;

	for (uint64_t uid = 1; uid <= 3 && err == OK; uid++) {
		user.name = user.folded = bytes(names[uid]);
		err = store_next(txn, "next_uid", &made);
		err = put_record(txn, T_USER, KEY1(uid), &user.base, err);
		err = put_bytes(txn, T_UNAME, key_bytes(key_none(),
		    str_c(names[uid])), KEY1(uid), err);
	}
	session.uid = 1;
	session.sid = key_get_u64((struct str){ hash, 32 }, 0);
	session.expires_ms = EXPIRES_MS;
	err = put_record(txn, T_SESS, hash_key(key_none()), &session.base, err);
	/* The session was used since, so its entry is early. */
	err = put_expiry(txn, T_SESS, hash_key(key_none()), EXPIRES_MS - 1, err);
	return put_bytes(txn, T_USESS, hash_key(KEY1(1)), key_none(), err);
}

static enum err
put_friend(struct txn *txn, uint64_t uid, uint64_t peer,
    Rec__Friend__State state, enum err err)
{
	Rec__Friend row = REC__FRIEND__INIT;

	row.state = state;
	row.name = bytes(names[peer]);
	return put_record(txn, T_FRIEND, KEY2(uid, peer), &row.base, err);
}

static enum err
put_friends(struct txn *txn, enum err err)
{
	err = put_friend(txn, 1, 2, REC__FRIEND__STATE__FRIEND, err);
	err = put_friend(txn, 2, 1, REC__FRIEND__STATE__FRIEND, err);
	err = put_friend(txn, 1, 3, REC__FRIEND__STATE__ASKED, err);
	return put_friend(txn, 3, 1, REC__FRIEND__STATE__ASKED_ME, err);
}

/* Both sides of the talk: 2 has sent 1, 3 and 5, 1 has sent 2 and 4. */
static enum err
put_sides(struct txn *txn, uint64_t cid, enum err err)
{
	Rec__Member member = REC__MEMBER__INIT;
	Rec__Inbox inbox = REC__INBOX__INIT;

	member.read_seq = 2;
	for (uint64_t uid = 1; uid <= 2; uid++) {
		member.send_count = uid == 2 ? 3 : 2;
		inbox.peer = 3 - uid;
		inbox.name = bytes(names[3 - uid]);
		err = put_record(txn, T_MEMBER, KEY2(cid, uid), &member.base,
		    err);
		err = put_record(txn, T_INBOX, KEY2(uid, cid), &inbox.base,
		    err);
	}
	return err;
}

static enum err
put_talk(struct txn *txn, enum err err)
{
	Rec__Conversation conv = REC__CONVERSATION__INIT;
	Rec__Message message = REC__MESSAGE__INIT;
	uint64_t cid = 1;

	conv.type = 1;
	conv.last_seq = 5;
	conv.last_ms = SENT_MS + 5;
	conv.last_sender = 2;
	conv.snippet = bytes("hi");
	conv.user_a = 1;
	conv.user_b = 2;
	err = err == OK ? store_next(txn, "next_cid", &cid) : err;
	err = put_record(txn, T_CONV, KEY1(cid), &conv.base, err);
	err = put_bytes(txn, T_PAIR, KEY2(1, 2), KEY1(cid), err);
	err = put_sides(txn, cid, err);
	for (uint32_t seq = 1; seq <= 5; seq++) {
		message.sender = 1 + seq % 2;
		message.sent_ms = SENT_MS + seq;
		message.text = bytes("hi");
		err = put_record(txn, T_MSG, key_u32(KEY1(cid), seq),
		    &message.base, err);
	}
	return err;
}

static struct key
sent_key(uint64_t uid)
{
	return key_u64(key_u32(key_u64(key_u8(KEY1(uid), 1), 1), 1), 77);
}

static struct key
draft_key(uint64_t uid)
{
	return key_u64(key_u8(KEY1(uid), 1), 1);
}

static struct key
expiry_key(enum table table, struct key row, int64_t wall_ms)
{
	return key_bytes(key_u8(KEY1((uint64_t)wall_ms), (uint8_t)table),
	    (struct str){ (const char *)row.p, row.len });
}

static enum err
put_forms(struct txn *txn, enum err err)
{
	Rec__Sent sent = REC__SENT__INIT;
	Rec__Draft draft = REC__DRAFT__INIT;

	sent.cid = 1;
	sent.seq = 3;
	sent.sent_ms = SENT_MS + 3;
	sent.expires_ms = draft.expires_ms = EXPIRES_MS;
	err = put_record(txn, T_SENT, sent_key(2), &sent.base, err);
	err = put_expiry(txn, T_SENT, sent_key(2), EXPIRES_MS, err);
	err = put_record(txn, T_DRAFT, draft_key(1), &draft.base, err);
	err = put_expiry(txn, T_DRAFT, draft_key(1), EXPIRES_MS, err);
	/* Of a draft that was sent since: allowed. */
	return put_expiry(txn, T_DRAFT, draft_key(2), EXPIRES_MS, err);
}

static enum err
world_run(struct txn *txn, struct command *command)
{
	enum err err = OK;

	(void)command;
	err = put_people(txn, err);
	err = put_friends(txn, err);
	err = put_talk(txn, err);
	return put_forms(txn, err);
}

static void
world_make(const char *dir)
{
	struct world world = { { .run = world_run } };

	test_start(dir);
	assert_int_equal(committer_run(&world.command), OK);
	test_stop();
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
flip_byte(const char *dir, const char *file, off_t at)
{
	char path[96];
	uint8_t byte;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	assert_true((fd = open(path, O_RDWR)) >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
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

/* ---- backup ---- */

#define WRITERS 2
#define TEXT_LEN 2000

/* Writers put numbered rows for as long as the backup goes on. */
struct writer {
	pthread_t thread;
	struct steps steps;
	uint64_t id;
	_Atomic uint32_t acked; /* rows 0 .. acked - 1 are */
};

static _Atomic bool writing;
static char text[TEXT_LEN];

static struct key
writer_key(uint64_t id, uint32_t number)
{
	/* Scattered, so that many pages are dirty. */
	return key_u32(KEY2((number * 2654435761U) % 4096, id), number);
}

static bool
writer_put(struct writer *writer)
{
	writer->steps = (struct steps){ .command = { .run = steps_run },
		.step = { { .kind = STEP_PUT, .table = T_META,
		    .key = writer_key(writer->id, writer->acked),
		    .value = { text, TEXT_LEN } } } };
	if (committer_run(&writer->steps.command) != OK)
		return false;
	atomic_fetch_add(&writer->acked, 1);
	return true;
}

static void *
writer_main(void *arg)
{
	DB_ENV *env = store_tables()->env;
	struct writer *writer = arg;

	while (atomic_load(&writing)) {
		if (!writer_put(writer))
			return arg;
		/* Often, so that logs would be removed if that were on. */
		if (writer->acked % 300 == 0 &&
		    env->txn_checkpoint(env, 0, 0, 0) != 0)
			return arg;
	}
	return NULL;
}

static uint32_t
log_number(void)
{
	DB_ENV *env = store_tables()->env;
	DB_LOG_STAT *stat;
	uint32_t number;

	assert_int_equal(env->log_stat(env, &stat, 0), 0);
	number = stat->st_cur_file;
	free(stat);
	return number;
}

static void
names_fit(const char *dir, uint32_t acked[WRITERS])
{
	assert_int_equal(test_store_open(dir), OK);
	for (uint64_t id = 0; id < WRITERS; id++)
		for (uint32_t i = 0; i < acked[id]; i++)
			assert_true(test_has(T_META, writer_key(id, i)));
	store_close();
}

static void
writers_start(struct writer writer[WRITERS])
{
	for (uint64_t id = 0; id < WRITERS; id++) {
		writer[id].id = id;
		for (int i = 0; i < 1500; i++)
			assert_true(writer_put(&writer[id]));
	}
	atomic_store(&writing, true);
	for (int id = 0; id < WRITERS; id++)
		pthread_create(&writer[id].thread, NULL, writer_main,
		    &writer[id]);
}

static void
writers_stop(struct writer writer[WRITERS])
{
	void *failed;

	atomic_store(&writing, false);
	for (int id = 0; id < WRITERS; id++) {
		pthread_join(writer[id].thread, &failed);
		assert_null(failed);
	}
}

/* Backs up while writers go on, slower each time until ten logs have rolled,
 * most of them during the copy: those are what it would miss. */
static void
backup_under_load(const char *copy, uint32_t acked[WRITERS])
{
	static struct writer writer[WRITERS];
	DB_ENV *env = store_tables()->env;
	uint32_t log, rolled = 0;

	writers_start(writer);
	/* From here on pages are in the file, and their old logs gone. */
	assert_int_equal(env->txn_checkpoint(env, 0, 0, 0), 0);
	env->set_backup_config(env, DB_BACKUP_READ_COUNT, 8);
	for (uint32_t pause_us = 20000; rolled < 10; pause_us *= 2) {
		dir_clear(copy, false);
		env->set_backup_config(env, DB_BACKUP_READ_SLEEP, pause_us);
		for (int id = 0; id < WRITERS; id++)
			acked[id] = atomic_load(&writer[id].acked);
		log = log_number();
		assert_int_equal(store_backup(copy), OK);
		rolled = log_number() - log;
	}
	print_message("%u logs rolled during the copy\n", rolled);
	writers_stop(writer);
	assert_int_equal(store_backup(copy), ERR_EXISTS);
}

static void
test_backup(void **state)
{
	char dir[64], copy[64], back[64];
	uint32_t acked[WRITERS];

	(void)state;
	memset(text, 'n', sizeof(text));
	test_dir_make(dir);
	test_dir_config(dir);
	test_dir_make(copy);
	test_dir_make(back);
	test_start(dir);
	backup_under_load(copy, acked);
	test_stop();
	assert_int_equal(store_restore(copy, back, 2), OK);
	assert_int_equal(store_restore(copy, back, 2), ERR_EXISTS);
	names_fit(back, acked);
	test_dir_remove(dir);
	test_dir_remove(copy);
	test_dir_remove(back);
}

/* A backup that is refused leaves nothing behind. */
static void
test_backup_of_faults(void **state)
{
	char dir[64], copy[80];
	struct stat st;

	(void)state;
	test_dir_make(dir);
	world_make(dir);
	snprintf(copy, sizeof(copy), "%s-copy", dir);
	test_start(dir);
	assert_int_equal(test_step((struct step)DEL(T_UNAME,
	    key_bytes(key_none(), STR("anna")))), OK);
	assert_int_equal(store_backup(copy), ERR_INTERNAL);
	assert_int_not_equal(stat(copy, &st), 0);
	assert_int_equal(test_put(T_UNAME, key_bytes(key_none(), STR("anna")),
	    STR("\0\0\0\0\0\0\0\1")), OK);
	assert_int_equal(store_backup(copy), OK);
	test_stop();
	flip_byte(copy, "user.db", 8192 + 8100);
	test_dir_remove(dir);
	assert_int_equal(store_restore(copy, dir, 2), ERR_INTERNAL);
	assert_int_not_equal(stat(dir, &st), 0);
	test_dir_remove(copy);
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
		cmocka_unit_test(test_backup),
		cmocka_unit_test(test_backup_of_faults),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
