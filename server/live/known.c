/*
 * Kept rows of sessions and accounts: their bytes in a block (live/kept.h), good
 * until the object that stands for the row is bumped.  What is written without a
 * bump (a session's used_ms, an account's seen_ms) is soft state; the header says
 * so.  A row that is not there is not kept.
 */
#include "live/known.h"

#include <stdlib.h>
#include <string.h>

#include "im/soft.h"
#include "live/internal.h"
#include "live/kept.h"
#include "store/records.pb-c.h"

/* A row, its place on a shelf, and what is bumped when it changes. */
struct place {
	struct kept_shelf *shelf;
	uint64_t id;
	enum table table;
	struct key key;
	enum object_kind bumped[2]; /* of `id` */
};

struct known {
	struct kept kept;
	uint64_t begun; /* counter before it was read: see live/talks.c */
	struct key key;
	size_t len;
	char value[];
};

static struct kept_shelf sessions, users;

static bool
key_eq(const struct key *a, const struct key *b)
{
	return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static void
keep(const struct place *place, uint64_t begun, struct str value)
{
	size_t bytes = sizeof(struct known) + value.len;
	struct known *known = malloc(bytes);

	if (known == NULL)
		abort();
	*known = (struct known){ .kept = { place->id, bytes },
		.begun = begun, .key = place->key, .len = value.len };
	if (value.len != 0)
		memcpy(known->value, value.p, value.len);
	kept_put(place->shelf, &known->kept);
}

static bool
outdated(const struct place *place, const struct known *known)
{
	for (size_t i = 0; i < 2; i++)
		if (watch_stamp(watch_slot((struct object){ place->bumped[i],
		    place->id, 0 })) > known->begun)
			return true;
	return false;
}

/* The row's bytes in the arena; false: not known. */
static bool
recall(const struct place *place, struct arena *arena, struct str *out)
{
	struct known *known = (struct known *)kept_take(place->shelf, place->id);

	if (known == NULL)
		return false;
	if (!key_eq(&known->key, &place->key) || outdated(place, known)) {
		free(known);
		return false;
	}
	*out = str_dup(arena, (struct str){ known->value, known->len });
	kept_put(place->shelf, &known->kept);
	return true;
}

static enum err
read_row(const struct place *place, struct arena *arena, struct str *out)
{
	uint64_t begun = watch_now();
	enum err err = store_get(NULL, place->table, place->key, arena, out);

	if (err == OK)
		keep(place, begun, *out);
	return err;
}

/* ---- sessions ---- */

static Rec__Session *
session_of(struct arena *arena, struct str value)
{
	return store_unpack(value, &rec__session__descriptor, arena);
}

enum err
known_session(struct arena *arena, const struct session_hash *hash,
    int64_t now_ms, Rec__Session **out)
{
	const struct place place = { &sessions, session_id_of(hash), T_SESS,
		session_key(hash), { OBJ_SESSION, OBJ_SESSION } };
	struct str value;
	enum err err;

	if (recall(&place, arena, &value) &&
	    (*out = session_of(arena, value)) != NULL && session_is_open(*out,
	    soft_session_used(hash, (*out)->used_ms), now_ms))
		return OK;
	if ((err = read_row(&place, arena, &value)) != OK)
		return err;
	*out = session_of(arena, value);
	return *out != NULL ? OK : ERR_INTERNAL;
}

/* ---- accounts ---- */

enum err
known_user(struct arena *arena, uint64_t uid, Rec__User **out)
{
	const struct place place = { &users, uid, T_USER, KEY1(uid),
		{ OBJ_USER, OBJ_SHOWING } };
	struct str value;
	enum err err = OK;

	if (!recall(&place, arena, &value))
		err = read_row(&place, arena, &value);
	return err == OK ? account_read(arena, value, out) : err;
}

void
known_clear(void)
{
	kept_clear(&sessions);
	kept_clear(&users);
}
