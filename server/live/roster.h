#ifndef LIVE_ROSTER_H
#define LIVE_ROSTER_H

#include "im/contact.h"

/*
 * contact_list from memory, for who looked lately: pages that show friends and
 * requests read no row of them again until one has changed.  In the order of the
 * names that are shown, so that a page has little to sort.  Any thread.
 */
struct roster_query {
	uint64_t uid;
	int state; /* of this Rec__Friend__State only, or ROSTER_ALL */
};
#define ROSTER_ALL (-1)
enum err roster_list(struct arena *arena, struct roster_query query,
    struct contact **out, size_t *n) MUST_USE;

/* At stop. */
void roster_clear(void);

#endif
