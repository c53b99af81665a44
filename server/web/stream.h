#ifndef WEB_STREAM_H
#define WEB_STREAM_H

#include "web/request.h"

/*
 * A page without end: its top, then lines as they come, each piece made by the
 * page function of the request's own target (request->piece) with all checks of
 * a page, then an end after which the browser asks for the next one.
 *
 * It is renewed every few minutes (stream_s), ends at once when the session, the
 * person or the membership changes, and after a while when the server stops or
 * the session has too many holds.  Between its pieces it is a held request like
 * any other: same caps, same presence.
 */

/* Makes the reply to this request such a page.  `cid` is the talk; access was
 * checked. */
void stream_open(struct request *request, uint64_t cid);

#endif
