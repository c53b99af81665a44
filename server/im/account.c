/*
 * Accounts: who there is, by number and by name.
 *
 * Invariants: a folded name belongs to one user for ever; T_UNAME and T_USER
 * rows are made together.  Records returned live in the caller's arena.
 * Functions that take a txn read inside a command with it, with NULL on
 * serving threads; *_run only on the committer.  Password hashes are opaque
 * here: nothing in this file is slow.
 */
#include "im/account.h"

#include "base/secret.h"
#include "im/prefs.h"
#include "im/record.h"
#include "im/session.h"
#include "text/utf8.h"

/* A byte less than a key holds, so that a walk can step behind any. */
#define NAME_KEY_MAX (sizeof(((struct key *)0)->p) - 1)
/* Bytes of a long name that stand in its key in clear. */
#define NAME_KEY_HEAD (NAME_KEY_MAX - 1 - 32)

/*
 * 32 letters may take 192 bytes after folding, more than a key holds: a long
 * name is its head, 0xff (no byte of UTF-8, so no short name's key) and a hash.
 * The record's `folded` is this key, so that the one leads to the other.
 */
static struct key
name_key(struct str folded)
{
	uint8_t hash[32];
	struct key key = key_none();

	if (folded.len <= NAME_KEY_MAX)
		return key_bytes(key, folded);
	secret_hash(hash, sizeof(hash), STR_NONE, folded);
	key = key_bytes(key, str_head(folded, NAME_KEY_HEAD));
	key = key_u8(key, 0xff);
	return key_bytes(key, (struct str){ (char *)hash, sizeof(hash) });
}

enum err
account_check(struct arena *arena, struct str name, struct str password,
    struct str *shown, struct str *folded)
{
	enum err err;

	if (!utf8_valid(name))
		return ERR_NAME_BAD;
	err = utf8_name(arena, name, shown, folded);
	if (err != OK)
		return err;
	if (password.len < PASSWORD_MIN)
		return ERR_PASSWORD_SHORT;
	return password.len > PASSWORD_MAX ? ERR_PASSWORD_LONG : OK;
}

enum err
account_register_run(struct txn *txn, struct command *command)
{
	struct account_register *reg = (struct account_register *)command;
	Rec__User user = REC__USER__INIT;
	Rec__Prefs prefs = REC__PREFS__INIT;
	struct key name = name_key(reg->folded), uid_key;
	enum err err;

	reg->uid = 0;
	err = store_next(txn, "next_uid", &reg->uid);
	if (err != OK)
		return err;
	uid_key = KEY1(reg->uid);
	err = store_insert(txn, T_UNAME, name,
	    (struct str){ (char *)uid_key.p, uid_key.len });
	if (err != OK)
		return err == ERR_EXISTS ? ERR_NAME_TAKEN : err;
	user.name = record_bytes(reg->name);
	user.folded = (ProtobufCBinaryData){ name.len, name.p };
	user.password = record_bytes(reg->password_hash);
	user.created_ms = user.seen_ms = txn_now_ms(txn);
	user.admin = reg->admin;
	user.prefs = &prefs;
	err = store_insert_record(txn, T_USER, uid_key, &user.base);
	touch(txn, OBJ_USER, reg->uid, 0);
	return err;
}

struct str
account_hash(const Rec__User *user)
{
	struct str hash = record_str(user->password);

	return str_eq(hash, PASSWORD_NONE) ? STR_NONE : hash;
}

enum err
account_find_in(struct txn *txn, struct arena *arena, struct str name,
    uint64_t *uid)
{
	struct str shown, folded, value;
	enum err err;

	if (!utf8_valid(name) || utf8_name(arena, name, &shown, &folded) != OK)
		return ERR_NOT_FOUND;
	err = store_get(txn, T_UNAME, name_key(folded), arena, &value);
	if (err != OK)
		return err;
	if (value.len != 8)
		return ERR_INTERNAL;
	*uid = key_get_u64(value, 0);
	return OK;
}

enum err
account_find(struct arena *arena, struct str name, uint64_t *uid)
{
	return account_find_in(NULL, arena, name, uid);
}

enum err
account_read(struct arena *arena, struct str value, Rec__User **out)
{
	*out = store_unpack(value, &rec__user__descriptor, arena);
	if (*out == NULL)
		return ERR_INTERNAL;
	prefs_upgrade((*out)->prefs);
	return OK;
}

enum err
account_get(struct txn *txn, struct arena *arena, uint64_t uid, Rec__User **out)
{
	struct str value;
	enum err err = store_get(txn, T_USER, KEY1(uid), arena, &value);

	return err == OK ? account_read(arena, value, out) : err;
}

enum places_rule
account_places(const Rec__User *user)
{
	uint32_t rule = user->prefs != NULL ? user->prefs->places : PLACES_MANY;

	return rule < PLACES_COUNT ? (enum places_rule)rule : PLACES_MANY;
}

enum err
account_password_run(struct txn *txn, struct command *command)
{
	struct account_password *change = (struct account_password *)command;
	Rec__User *user;
	enum err err;

	err = account_get(txn, txn_arena(txn), change->uid, &user);
	if (err != OK)
		return err;
	user->password = record_bytes(change->password_hash);
	err = store_put_record(txn, T_USER, KEY1(change->uid), &user->base);
	if (err != OK)
		return err;
	touch(txn, OBJ_USER, change->uid, 0);
	return session_end_others(txn, change->uid, change->keep_sid,
	    SESSION_WHY_PASSWORD);
}

enum err
account_seen(struct txn *txn, uint64_t uid, int64_t seen_ms)
{
	Rec__User *user;
	enum err err;

	err = account_get(txn, txn_arena(txn), uid, &user);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	if (user->seen_ms >= seen_ms)
		return OK;
	user->seen_ms = seen_ms;
	return store_put_record(txn, T_USER, KEY1(uid), &user->base);
}
