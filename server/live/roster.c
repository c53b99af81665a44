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
	struct contact contact[]; /* by shown name; the strings follow */
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

static int
by_shown(const void *va, const void *vb)
{
	const struct contact *a = va, *b = vb;
	struct str x = a->remark.len != 0 ? a->remark : a->name;
	struct str y = b->remark.len != 0 ? b->remark : b->name;

	return str_cmp(x, y);
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
	if (n != 0)
		qsort(contact, n, sizeof(*contact), by_shown);
	bytes = sizeof(**out) + packed_len(contact, n);
	*out = malloc(bytes);
	if (*out == NULL)
		abort();
	**out = (struct roster){ .kept = { uid, bytes }, .begun = begun, .n = n };
	pack((*out)->contact, contact, n);
	return OK;
}

static bool
asked_for(const struct contact *contact, int state)
{
	return state == ROSTER_ALL || (int)contact->state == state;
}

/* Copies the rows that were asked for. */
static void
pick(struct arena *arena, const struct roster *roster, int state,
    struct contact **out, size_t *n)
{
	struct contact *picked;
	size_t most = 0;

	for (size_t i = 0; i < roster->n; i++)
		most += asked_for(&roster->contact[i], state);
	picked = ARENA_ARRAY(arena, struct contact, most + 1);
	for (size_t i = 0; i < roster->n; i++)
		if (asked_for(&roster->contact[i], state))
			picked[(*n)++] = roster->contact[i];
	*out = arena_raw(arena, packed_len(picked, *n));
	pack(*out, picked, *n);
}

enum err
roster_list(struct arena *arena, struct roster_query query, struct contact **out,
    size_t *n)
{
	struct object friends = { .kind = OBJ_FRIENDS, .a = query.uid };
	struct roster *roster = (struct roster *)kept_take(&shelf, query.uid);
	enum err err = OK;

	*n = 0;
	if (roster != NULL && watch_stamp(watch_slot(friends)) > roster->begun) {
		free(roster);
		roster = NULL;
	}
	if (roster == NULL)
		err = roster_new(arena, query.uid, &roster);
	if (err != OK)
		return err;
	pick(arena, roster, query.state, out, n);
	kept_put(&shelf, &roster->kept);
	return OK;
}

void
roster_clear(void)
{
	kept_clear(&shelf);
}
