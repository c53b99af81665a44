/*
 * Kept lists of talks.  Each talk has the stamp at which it was read; one whose
 * slot has a later one is read again and put in its place.  OBJ_TALKS (a talk more)
 * and OBJ_FRIENDS (remarks, who is a friend) make a new list.
 *
 * A slot is raised a moment after the counter that gave out its stamp.  So the
 * counter serves as the stamp of a list that is read as a whole (live/watch.c says
 * why), but a talk that was not read again keeps the stamp it had.
 *
 * Read marks are soft state and bump nothing of a talk.  A mark only rises, and one that
 * has risen is found in memory for at least MARKS_MS (im/soft.c keeps it for two
 * flushes after it is written); a list that was not looked at for longer asks
 * the store.  Only talks with something unread need to be asked about.  A command
 * that moves a stored mark by itself bumps OBJ_MEMBER.
 *
 * A block (live/kept.h) is the list and its strings in one piece.
 */
#include "live/talks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "im/soft.h"
#include "live/internal.h"
#include "live/kept.h"

#define MARKS_MS 60000

struct entry {
	struct conversation talk;
	uint64_t stamp; /* what it says was read after this */
	uint32_t slot;	/* of its OBJ_CONV */
};

struct list {
	struct kept kept;
	uint64_t begun;	  /* counter before the whole was read */
	int64_t asked_ms; /* when the read marks were asked for */
	size_t n;
	struct entry entry[]; /* latest first; the strings follow */
};

static struct kept_shelf shelf;

/* ---- a block ---- */

static size_t
strings_len(const struct conversation *talk)
{
	return talk->name.len + talk->remark.len + talk->snippet.len;
}

/* A block for entries whose strings may lie anywhere. */
static struct list *
block_make(const struct list *head, const struct entry *entry)
{
	size_t bytes = sizeof(*head) + head->n * sizeof(*entry);
	struct list *list;
	char *to;

	for (size_t i = 0; i < head->n; i++)
		bytes += strings_len(&entry[i].talk);
	list = malloc(bytes);
	if (list == NULL)
		abort();
	*list = *head;
	list->kept.bytes = bytes;
	to = (char *)&list->entry[list->n];
	for (size_t i = 0; i < list->n; i++) {
		list->entry[i] = entry[i];
		kept_string(&list->entry[i].talk.name, &to);
		kept_string(&list->entry[i].talk.remark, &to);
		kept_string(&list->entry[i].talk.snippet, &to);
	}
	return list;
}

/* ---- keeping it true ---- */

static bool
unread(const struct conversation *talk)
{
	return talk->last_seq > talk->read_seq;
}

/* By insertion: hardly any has moved, and those move to the front. */
static void
sort_again(struct entry *entry, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct entry moved = entry[i];
		size_t at = i;

		while (at > 0 && conversation_later(&moved.talk, &entry[at - 1].talk))
			at--;
		if (at == i)
			continue;
		memmove(&entry[at + 1], &entry[at], (i - at) * sizeof(*entry));
		entry[at] = moved;
	}
}

/* The newest stamp of what an entry is made of. */
static uint64_t
stamp_of(const struct entry *entry, uint64_t uid)
{
	uint64_t stamp = watch_stamp(entry->slot), mark;

	if (!unread(&entry->talk))
		return stamp;
	mark = watch_stamp(watch_slot((struct object){
	    OBJ_MEMBER, entry->talk.cid, uid }));
	return mark > stamp ? mark : stamp;
}

/*
 * Reads again what was bumped, and marks where something is unread.  *moved: a
 * string may lie in the arena now, and the order may be another.
 */
static enum err
catch_up(struct arena *arena, struct list *list, bool *moved)
{
	uint64_t uid = list->kept.uid, stamp;
	int64_t now_ms = clock_mono_ms();
	bool late = now_ms - list->asked_ms > MARKS_MS;
	enum err err = OK;

	*moved = false;
	list->asked_ms = now_ms;
	for (size_t i = 0; i < list->n && err == OK; i++) {
		struct entry *entry = &list->entry[i];
		struct conversation *talk = &entry->talk;

		stamp = stamp_of(entry, uid);
		if (stamp > entry->stamp || (late && unread(talk))) {
			*moved = true;
			if (stamp > entry->stamp)
				entry->stamp = stamp;
			err = conversation_get(arena, talk->cid, uid, talk);
		} else if (unread(talk)) {
			talk->read_seq = soft_read_get(uid, talk->cid,
			    talk->read_seq);
		}
	}
	return err;
}

static enum err
list_new(struct arena *arena, uint64_t uid, struct list **out)
{
	struct list head = { .kept.uid = uid, .begun = watch_now(),
		.asked_ms = clock_mono_ms() };
	struct conversation *talk;
	struct entry *entry;
	enum err err = conversation_list(arena, uid, &talk, &head.n);

	if (err != OK)
		return err;
	entry = ARENA_ARRAY(arena, struct entry, head.n + 1);
	for (size_t i = 0; i < head.n; i++)
		entry[i] = (struct entry){ talk[i], head.begun,
		    watch_slot((struct object){ OBJ_CONV, talk[i].cid, 0 }) };
	*out = block_make(&head, entry);
	return OK;
}

static enum err
list_again(struct arena *arena, struct list *old, struct list **out)
{
	bool moved;
	enum err err = catch_up(arena, old, &moved);

	*out = old;
	if (err == OK && !moved)
		return OK;
	if (err == OK) {
		sort_again(old->entry, old->n);
		*out = block_make(old, old->entry);
	}
	free(old);
	return err;
}

/* Is there another talk, a remark, a friend more or less? */
static bool
outdated(const struct list *list)
{
	uint64_t uid = list->kept.uid;

	return watch_stamp(watch_slot((struct object){ OBJ_TALKS, uid, 0 })) >
	    list->begun ||
	    watch_stamp(watch_slot((struct object){ OBJ_FRIENDS, uid, 0 })) >
	    list->begun;
}

/* The person's list as it is now; to be put back. */
static enum err
list_take(struct arena *arena, uint64_t uid, struct list **out)
{
	struct list *list = (struct list *)kept_take(&shelf, uid);

	if (list != NULL && !outdated(list))
		return list_again(arena, list, out);
	free(list);
	return list_new(arena, uid, out);
}

/* ---- what pages see ---- */

enum err
talks_page(struct arena *arena, uint64_t uid, struct talks_page *page)
{
	struct list *list;
	size_t first = page->first;
	enum err err = list_take(arena, uid, &list);

	page->n = page->total = 0;
	if (err != OK)
		return err;
	page->total = list->n;
	if (first >= list->n)
		first = 0;
	page->n = list->n - first < page->max ? list->n - first : page->max;
	page->talk = ARENA_ARRAY(arena, struct conversation, page->n + 1);
	for (size_t i = 0; i < page->n; i++) {
		struct conversation *talk = &page->talk[i];

		*talk = list->entry[first + i].talk;
		talk->name = str_dup(arena, talk->name);
		talk->remark = str_dup(arena, talk->remark);
		talk->snippet = str_dup(arena, talk->snippet);
	}
	kept_put(&shelf, &list->kept);
	return OK;
}

enum err
talks_with(struct arena *arena, uint64_t uid, const struct talks_with *with)
{
	struct list *list;
	enum err err = list_take(arena, uid, &list);

	memset(with->cid, 0, with->n * sizeof(*with->cid));
	if (err != OK)
		return err;
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < with->n; k++)
			if (list->entry[i].talk.peer == with->peer[k])
				with->cid[k] = list->entry[i].talk.cid;
	kept_put(&shelf, &list->kept);
	return OK;
}

enum err
talks_unread(struct arena *arena, uint64_t uid, unsigned *out)
{
	struct list *list;
	enum err err = list_take(arena, uid, &list);

	*out = 0;
	if (err != OK)
		return err;
	for (size_t i = 0; i < list->n; i++)
		*out += unread(&list->entry[i].talk);
	kept_put(&shelf, &list->kept);
	return OK;
}

void
talks_clear(void)
{
	kept_clear(&shelf);
}
