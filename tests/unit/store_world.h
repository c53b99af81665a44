/*
 * A small true world for tests of the auditor and of backups: three people, two
 * friends, a talk, what forms have left.  world_make stores it in `dir`.
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "store_test.h"

#include <fcntl.h>

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

#endif
