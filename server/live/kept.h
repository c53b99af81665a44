#ifndef LIVE_KEPT_H
#define LIVE_KEPT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * One block of memory per person, for what costs much to make and little to
 * keep up to date: a list sorted by what moves.  A block is taken out while
 * somebody works on it, so it has one owner at any time and no lock; who finds
 * none makes a new one.  Bounded in places and in bytes: a block that has no
 * room is freed instead of kept.
 */
#define KEPT_PLACES 65536	/* a collision of persons: the later stays */
#define KEPT_BYTES_MAX ((size_t)32 << 20)	/* of all blocks of a shelf */

/* The head of each block, which is malloc's. */
struct kept {
	uint64_t uid;
	size_t bytes;
};

struct kept_shelf {
	_Atomic(struct kept *) place[KEPT_PLACES];
	atomic_size_t bytes;
};

/* The person's block, the caller's from now on; NULL: none is kept. */
struct kept *kept_take(struct kept_shelf *shelf, uint64_t uid);
/* Keeps or frees it; it is no more the caller's. */
void kept_put(struct kept_shelf *shelf, struct kept *block);
/* Moves a string to *to and *to behind it: the strings of a block follow it. */
void kept_string(struct str *s, char **to);
/* Frees all that is kept. */
void kept_clear(struct kept_shelf *shelf);

#endif
