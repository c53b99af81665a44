/*
 * The walk over what is a user's own.  What is in it is what its pages show to
 * that user: of others the name, of a talk what both have said.  A block by the
 * peer shows nowhere here either (im/contact.c).
 *
 * Any thread but the committer; lists live as long as the walk, messages in the
 * caller's arena.
 */
#include "im/export.h"

#include <stdlib.h>

#include "im/account.h"

#define MESSAGES_AT_ONCE 8 /* up to 32 KB each */

static int
contact_order(const void *a, const void *b)
{
	return str_cmp(((const struct contact *)a)->name,
	    ((const struct contact *)b)->name);
}

static int
talk_order(const void *a, const void *b)
{
	return str_cmp(((const struct export_talk *)a)->head.name,
	    ((const struct export_talk *)b)->head.name);
}

static enum err
list_contacts(struct export *export, uint64_t uid)
{
	enum err err = contact_list(&export->arena, uid, &export->contacts,
	    &export->n_contacts);

	if (err == OK && export->n_contacts != 0)
		qsort(export->contacts, export->n_contacts,
		    sizeof(*export->contacts), contact_order);
	return err;
}

static enum err
list_talks(struct export *export, uint64_t uid)
{
	struct conversation *list;
	Rec__Member *member;
	enum err err = conversation_list(&export->arena, uid, &list,
	    &export->n_talks);

	if (err != OK || export->n_talks == 0)
		return err;
	export->talks = ARENA_ARRAY(&export->arena, struct export_talk,
	    export->n_talks);
	for (size_t i = 0; err == OK && i < export->n_talks; i++) {
		err = conversation_member(NULL, &export->arena,
		    (struct member_id){ list[i].cid, uid }, &member);
		if (err != OK)
			return err;
		export->talks[i] = (struct export_talk){ list[i],
			member->joined_ms };
		export->n_messages += list[i].last_seq;
	}
	qsort(export->talks, export->n_talks, sizeof(*export->talks), talk_order);
	return OK;
}

enum err
export_open(struct export *export, uint64_t uid)
{
	enum err err;

	*export = (struct export){ .user = NULL };
	arena_init(&export->arena, 0);
	err = account_get(NULL, &export->arena, uid, &export->user);
	if (err == OK)
		err = list_contacts(export, uid);
	if (err == OK)
		err = list_talks(export, uid);
	return err;
}

void
export_close(struct export *export)
{
	arena_fini(&export->arena);
}

enum err
export_messages(const struct export_talk *talk, uint32_t seq,
    struct arena *arena, struct message **out, size_t *n)
{
	uint32_t left = talk->head.last_seq - seq;

	return message_list(arena, talk->head.cid, seq + 1, seq +
	    (left < MESSAGES_AT_ONCE ? left : MESSAGES_AT_ONCE), out, n);
}

enum err
export_size(struct arena *arena, uint64_t uid, struct export_size *out)
{
	struct conversation *list;
	enum err err;

	*out = (struct export_size){ .talks = 0 };
	err = conversation_list(arena, uid, &list, &out->talks);
	for (size_t i = 0; i < out->talks; i++)
		out->messages += list[i].last_seq;
	return err;
}
