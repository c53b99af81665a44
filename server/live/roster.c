/*
 * Kept rosters: all contacts of a person and their strings in one block
 * (live/kept.h), good until OBJ_FRIENDS of that person is bumped.
 */
#include "live/roster.h"

#include <stdlib.h>

#include "live/internal.h"
#include "live/kept.h"

struct roster {
	struct kept kept;
	uint64_t begun; /* counter before it was read: see live/talks.c */
	size_t n;
	struct contact contact[]; /* by uid; the strings follow */
};

static struct kept_shelf shelf;

static size_t
packed_len(const struct contact *contact, size_t n)
{
	size_t bytes = n * sizeof(*contact);

	for (size_t i = 0; i < n; i++)
		bytes += contact[i].name.len + contact[i].remark.len;
	return bytes;
}

/* Copies rows and, behind them, their strings: packed_len bytes. */
static void
pack(struct contact *to, const struct contact *contact, size_t n)
{
	char *strings = (char *)&to[n];

	for (size_t i = 0; i < n; i++) {
		to[i] = contact[i];
		kept_string(&to[i].name, &strings);
		kept_string(&to[i].remark, &strings);
	}
}

static enum err
roster_new(struct arena *arena, uint64_t uid, struct roster **out)
{
	uint64_t begun = watch_now();
	struct contact *contact;
	size_t n, bytes;
	enum err err = contact_list(arena, uid, &contact, &n);

	if (err != OK)
		return err;
	bytes = sizeof(**out) + packed_len(contact, n);
	*out = malloc(bytes);
	if (*out == NULL)
		abort();
	**out = (struct roster){ .kept = { uid, bytes }, .begun = begun, .n = n };
	pack((*out)->contact, contact, n);
	return OK;
}

enum err
roster_list(struct arena *arena, uint64_t uid, struct contact **out, size_t *n)
{
	struct object friends = { .kind = OBJ_FRIENDS, .a = uid };
	struct roster *roster = (struct roster *)kept_take(&shelf, uid);
	enum err err = OK;

	*n = 0;
	if (roster != NULL && watch_stamp(watch_slot(friends)) > roster->begun) {
		free(roster);
		roster = NULL;
	}
	if (roster == NULL)
		err = roster_new(arena, uid, &roster);
	if (err != OK)
		return err;
	*n = roster->n;
	*out = arena_raw(arena, packed_len(roster->contact, *n));
	pack(*out, roster->contact, *n);
	kept_put(&shelf, &roster->kept);
	return OK;
}

void
roster_clear(void)
{
	kept_clear(&shelf);
}
