/* Blocks on a shelf: each place is one pointer that is exchanged. */
#include "live/kept.h"

#include <stdlib.h>
#include <string.h>

static struct kept *
exchange(struct kept_shelf *shelf, uint64_t uid, struct kept *block)
{
	struct kept *was = atomic_exchange(&shelf->place[uid % KEPT_PLACES], block);

	if (was != NULL)
		atomic_fetch_sub(&shelf->bytes, was->bytes);
	return was;
}

struct kept *
kept_take(struct kept_shelf *shelf, uint64_t uid)
{
	struct kept *block = exchange(shelf, uid, NULL);

	if (block == NULL || block->uid == uid)
		return block;
	kept_put(shelf, block); /* somebody else's */
	return NULL;
}

void
kept_put(struct kept_shelf *shelf, struct kept *block)
{
	size_t bytes = block->bytes;

	if (atomic_fetch_add(&shelf->bytes, bytes) + bytes > KEPT_BYTES_MAX) {
		atomic_fetch_sub(&shelf->bytes, bytes);
		free(block);
		return;
	}
	free(exchange(shelf, block->uid, block));
}

void
kept_string(struct str *s, char **to)
{
	if (s->len != 0)
		memcpy(*to, s->p, s->len);
	s->p = *to;
	*to += s->len;
}

void
kept_clear(struct kept_shelf *shelf)
{
	for (uint64_t i = 0; i < KEPT_PLACES; i++)
		free(exchange(shelf, i, NULL));
}
