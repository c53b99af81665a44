#ifndef WEB_BAR_H
#define WEB_BAR_H

#include "web/request.h"

/* The unread bar: talks with something unread, friend requests. */
struct bar {
	unsigned talks; /* without the page's own talk */
	unsigned asks;
};

/*
 * Names what the bar depends on (OBJ_BAR wakes, the lists only change bytes)
 * and counts, or takes the count of an earlier page whose lists have not moved:
 * the bar of a page costs the same with five friends and with five thousand.
 */
enum err bar_get(struct request *request, struct bar *out) MUST_USE;

#endif
