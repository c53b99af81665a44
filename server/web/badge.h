#ifndef WEB_BADGE_H
#define WEB_BADGE_H

#include "web/reply.h"

/*
 * Presence images for other sites: /p/NAME.gif, .png, .wbmp, and .txt for
 * programs, without session, cookie or page.  What a name leads to is shown to
 * whoever has it, so a person makes one (im/showing.h) and can make it void.
 * A name that is void, made up or of somebody who is not here is the same grey
 * to the byte, headers included.
 */

/* Reads data/presence and makes all replies; ERR_INTERNAL (logged). */
enum err badge_start(struct str share) MUST_USE;
void badge_stop(void);
/* Is it a GET or HEAD of an image?  Then nothing but target and method count. */
bool badge_is(const struct request *request);
/* Queues the reply, 200 or 304, and returns which. */
unsigned badge_answer(const struct request *request, enum MHD_Result *result);

#endif
