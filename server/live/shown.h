#ifndef LIVE_SHOWN_H
#define LIVE_SHOWN_H

#include "im/showing.h"
#include "live/presence.h"

/*
 * What people chose to be shown as, remembered for some 65,000 of them: a
 * choice is read from the store once, and again after OBJ_SHOWING moved.
 * Any thread.
 */
void shown_choice(uint64_t uid, struct showing *out); /* in doubt: invisible */

/* What others get to see of a state, under a choice.  Whoever shows nothing to
 * anybody is offline. */
enum presence shown_as(const struct showing *showing, enum presence state);

/*
 * What those who may see it (showing_may_see) see of a person, and the choice
 * behind it.  Reads no store but for a choice that is not remembered.
 */
enum presence shown_presence(uint64_t uid, struct showing *out);

#endif
