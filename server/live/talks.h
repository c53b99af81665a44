#ifndef LIVE_TALKS_H
#define LIVE_TALKS_H

#include "im/conversation.h"

/*
 * The list of somebody's talks as conversation_list has it, kept in memory for
 * who looked lately: only talks that moved since are read again.  So a page of the
 * list costs the same with five talks and, but for some nanoseconds each, with
 * five hundred.  Any thread.
 */
struct talks_page {
	size_t first, max; /* in: rows to skip (too many: none), to show at most */
	struct conversation *talk; /* latest first; in the arena */
	size_t n, total;
};
enum err talks_page(struct arena *arena, uint64_t uid, struct talks_page *page)
    MUST_USE;

/* The talks with `n` people: cid[i], 0 where there is none with peer[i]. */
struct talks_with {
	const uint64_t *peer;
	size_t n;
	uint64_t *cid; /* out; the caller's */
};
enum err talks_with(struct arena *arena, uint64_t uid,
    const struct talks_with *with) MUST_USE;

/* How many of them have something unread. */
enum err talks_unread(struct arena *arena, uint64_t uid, unsigned *out) MUST_USE;

/* At stop. */
void talks_clear(void);

#endif
