/*
 * Sign-ins.  T_SESS holds a row per token hash until 30 days after its end,
 * T_USESS lists them by user as long.  A listed one that has ended carries a
 * byte as value, so that going through the open ones, which are at most 100
 * (and idle ones, until the next sign-in ends them), reads none of the others.
 *
 * Newest activity is soft state (im/soft.h): the stored used_ms lags by up to
 * a minute, so every decision here takes the larger of the two.
 * *_run and functions with a txn: committer.  The rest: any thread.
 */
#include "im/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "im/account.h"
#include "im/record.h"
#include "im/soft.h"
#include "text/utf8.h"

#define SESSION_MAX 100
#define FAMILY_MAX 40	   /* bytes */
#define USER_AGENT_MAX 120 /* bytes */
#define LIST_MAX 100000	   /* rows of a user that are looked at */

struct session_hash
session_hash_of(struct str token)
{
	uint8_t key[SECRET_KEY_LEN];
	struct session_hash hash;

	/* A key of this purpose alone, so that any token length is good. */
	secret_hash(key, sizeof(key), store_secret(), STR("session"));
	secret_hash(hash.b, sizeof(hash.b),
	    (struct str){ (char *)key, sizeof(key) }, token);
	return hash;
}

static struct str
hash_str(const struct session_hash *hash)
{
	return (struct str){ (const char *)hash->b, sizeof(hash->b) };
}

uint64_t
session_id_of(const struct session_hash *hash)
{
	return key_get_u64(hash_str(hash), 0);
}

struct key
session_key(const struct session_hash *hash)
{
	return key_bytes(key_none(), hash_str(hash));
}

static struct key
index_key(uint64_t uid, const struct session_hash *hash)
{
	return key_bytes(KEY1(uid), hash_str(hash));
}

static int64_t
idle_ms(uint32_t kind)
{
	return kind == SESSION_PATH ? SESSION_PATH_IDLE_MS :
	    SESSION_COOKIE_IDLE_MS;
}

bool
session_is_open(const Rec__Session *session, int64_t used_ms, int64_t now_ms)
{
	if (used_ms < session->used_ms)
		used_ms = session->used_ms;
	return session->ended_ms == 0 &&
	    now_ms < used_ms + idle_ms(session->kind);
}

static enum err
get(struct txn *txn, struct arena *arena, const struct session_hash *hash,
    Rec__Session **out)
{
	return store_get_record(txn, T_SESS, session_key(hash),
	    &rec__session__descriptor, arena, out);
}

enum err
session_get(struct arena *arena, const struct session_hash *hash,
    Rec__Session **out)
{
	return get(NULL, arena, hash, out);
}

/* ---- the sessions of a user that have not ended ---- */

#define LISTED_ENDED STR("e")

struct listed {
	struct session_hash hash;
	Rec__Session *session;
	int64_t used_ms; /* soft state included */
	bool open;	 /* false: idle too long */
};
struct listing {
	struct listed *item;
	size_t n, open;
};

static enum err
list_one(struct txn *txn, struct arena *arena, int64_t now_ms,
    struct listed *item)
{
	enum err err = get(txn, arena, &item->hash, &item->session);

	if (err != OK)
		return err;
	item->used_ms = soft_session_used(&item->hash, item->session->used_ms);
	item->open = session_is_open(item->session, item->used_ms, now_ms);
	return OK;
}

static enum err
list(struct txn *txn, struct arena *arena, uint64_t uid, struct listing *out)
{
	int64_t now_ms = txn != NULL ? txn_now_ms(txn) : clock_wall_ms();
	struct rows rows;
	enum err err;

	*out = (struct listing){ 0 };
	err = store_scan(txn, T_USESS, KEY1(uid), KEY1(uid), LIST_MAX, arena,
	    &rows);
	if (err != OK)
		return err;
	out->item = ARENA_ARRAY(arena, struct listed, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		struct listed *item = &out->item[out->n];

		if (rows.row[i].value.len != 0)
			continue;
		if (rows.row[i].key.len != 8 + SESSION_HASH_LEN)
			return ERR_INTERNAL;
		memcpy(item->hash.b, rows.row[i].key.p + 8, SESSION_HASH_LEN);
		err = list_one(txn, arena, now_ms, item);
		if (err == ERR_NOT_FOUND)
			continue; /* swept since */
		if (err != OK)
			return err;
		out->n++;
		out->open += item->open;
	}
	return OK;
}

enum err
session_count(struct arena *arena, uint64_t uid, size_t *out)
{
	struct listing listing;
	enum err err = list(NULL, arena, uid, &listing);

	*out = listing.open;
	return err;
}

static int
by_use(const void *a_, const void *b_)
{
	const Rec__Session *const *a = a_, *const *b = b_;

	if ((*a)->used_ms != (*b)->used_ms)
		return (*a)->used_ms > (*b)->used_ms ? -1 : 1;
	return (*a)->sid < (*b)->sid ? -1 : (*a)->sid > (*b)->sid;
}

enum err
session_list(struct arena *arena, uint64_t uid, uint64_t own_sid,
    struct session_list *out)
{
	struct listing listing;
	enum err err = list(NULL, arena, uid, &listing);

	*out = (struct session_list){ 0 };
	if (err != OK)
		return err;
	out->item = ARENA_ARRAY(arena, Rec__Session *, listing.n + 1);
	for (size_t i = 0; i < listing.n; i++) {
		const struct listed *item = &listing.item[i];
		int64_t until = item->used_ms + idle_ms(item->session->kind);

		if (!item->open)
			continue;
		out->item[out->n++] = item->session;
		if (item->session->sid != own_sid &&
		    (out->until_ms == 0 || until < out->until_ms))
			out->until_ms = until;
	}
	qsort(out->item, out->n, sizeof(*out->item), by_use);
	return OK;
}

/* ---- ending ---- */

static enum err
end(struct txn *txn, const struct session_hash *hash, Rec__Session *session,
    enum session_why why)
{
	struct key key = session_key(hash);
	enum err err;

	if (session->ended_ms != 0)
		return OK;
	session->ended_ms = txn_now_ms(txn);
	session->why_ended = why;
	session->expires_ms = session->ended_ms + SESSION_KEEP_MS;
	err = store_put_record(txn, T_SESS, key, &session->base);
	if (err == OK)
		err = store_expire_at(txn, T_SESS, key, session->expires_ms);
	if (err == OK)
		err = store_put(txn, T_USESS, index_key(session->uid, hash),
		    LISTED_ENDED);
	touch(txn, OBJ_SESSION, session_id_of(hash), 0);
	touch(txn, OBJ_SESSIONS, session->uid, 0);
	return err;
}

enum err
session_end_others(struct txn *txn, uint64_t uid, uint64_t keep_sid,
    enum session_why why)
{
	struct listing listing;
	enum err err;

	err = list(txn, txn_arena(txn), uid, &listing);
	for (size_t i = 0; err == OK && i < listing.n; i++) {
		struct listed *item = &listing.item[i];

		if (keep_sid == 0 || session_id_of(&item->hash) != keep_sid)
			err = end(txn, &item->hash, item->session, why);
	}
	return err;
}

/* The listed one of this id; ERR_NOT_FOUND when it has ended long ago. */
static enum err
end_by_id(struct txn *txn, const struct session_end *in)
{
	struct listing listing;
	enum err err = list(txn, txn_arena(txn), in->uid, &listing);

	for (size_t i = 0; err == OK && i < listing.n; i++) {
		struct listed *item = &listing.item[i];

		if (item->session->sid == in->sid)
			return end(txn, &item->hash, item->session, in->why);
	}
	return err == OK ? ERR_NOT_FOUND : err;
}

enum err
session_end_run(struct txn *txn, struct command *command)
{
	struct session_end *in = (struct session_end *)command;
	Rec__Session *session;
	enum err err;

	if (in->all)
		return session_end_others(txn, in->uid, 0, in->why);
	if (in->others)
		return session_end_others(txn, in->uid,
		    session_id_of(&in->hash), in->why);
	if (in->sid != 0)
		return end_by_id(txn, in);
	err = get(txn, txn_arena(txn), &in->hash, &session);
	if (err != OK)
		return err;
	if (session->uid != in->uid)
		return ERR_NOT_FOUND;
	return end(txn, &in->hash, session, in->why);
}

/* ---- opening ---- */

/* Ends those idle too long, and when still full the one idle longest. */
static enum err
make_room(struct txn *txn, uint64_t uid)
{
	struct listed *idlest = NULL;
	struct listing listing;
	enum err err;

	err = list(txn, txn_arena(txn), uid, &listing);
	for (size_t i = 0; err == OK && i < listing.n; i++) {
		struct listed *item = &listing.item[i];

		if (!item->open)
			err = end(txn, &item->hash, item->session,
			    SESSION_WHY_NONE);
		else if (idlest == NULL || item->used_ms < idlest->used_ms)
			idlest = item;
	}
	if (err != OK || listing.open < SESSION_MAX)
		return err;
	return end(txn, &idlest->hash, idlest->session, SESSION_WHY_NONE);
}

static enum err
put(struct txn *txn, const struct session_hash *hash, Rec__Session *session)
{
	session->expires_ms = session->used_ms + idle_ms(session->kind) +
	    SESSION_KEEP_MS;
	return store_put_record(txn, T_SESS, session_key(hash), &session->base);
}

/* No new entry on the expiry list: the sweeper moves the first one on. */
enum err
session_used(struct txn *txn, const struct session_hash *hash, int64_t used_ms)
{
	Rec__Session *session;
	enum err err;

	err = get(txn, txn_arena(txn), hash, &session);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	if (session->ended_ms != 0 || session->used_ms >= used_ms)
		return OK;
	session->used_ms = used_ms;
	touch(txn, OBJ_USED, session->uid, 0);
	return put(txn, hash, session);
}

/* What a client says of itself, if it is text at all. */
static ProtobufCBinaryData
client_text(struct str s, size_t max)
{
	return record_bytes(utf8_valid(s) ? utf8_cut(s, max) : STR_NONE);
}

enum err
session_open_run(struct txn *txn, struct command *command)
{
	struct session_open *in = (struct session_open *)command;
	Rec__Session session = REC__SESSION__INIT;
	Rec__User *user;
	enum err err;

	err = account_get(txn, txn_arena(txn), in->uid, &user);
	if (err != OK)
		return err;
	if (in->end_others || account_places(user) == PLACES_NEWEST)
		err = session_end_others(txn, in->uid, 0, SESSION_WHY_NEWEST);
	else
		err = make_room(txn, in->uid);
	if (err != OK)
		return err;
	session.uid = in->uid;
	session.sid = session_id_of(&in->hash);
	session.kind = in->kind;
	session.tls = in->tls;
	session.family = client_text(in->family, FAMILY_MAX);
	session.user_agent = client_text(in->user_agent, USER_AGENT_MAX);
	session.created_ms = session.used_ms = txn_now_ms(txn);
	err = store_insert(txn, T_USESS, index_key(in->uid, &in->hash), STR_NONE);
	if (err == OK)
		err = put(txn, &in->hash, &session);
	if (err != OK)
		return err;
	touch(txn, OBJ_SESSIONS, in->uid, 0);
	return store_expire_at(txn, T_SESS, session_key(&in->hash),
	    session.expires_ms);
}
