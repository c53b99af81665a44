#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include <microhttpd.h>

#include "web/request.h"

/*
 * From a finished request to libmicrohttpd's response: headers, charset,
 * compression, ETag.  The caller queues and destroys it.  A 304 comes out when
 * the client has these bytes already.  NULL: out of memory.
 */
struct MHD_Response *reply_make(struct request *request, unsigned *status);
/* The body of the page in its charset, in the arena. */
struct str reply_encoded(struct request *request);
/* Frees a stream that no response has taken over. */
void reply_drop(struct reply *reply);
/* A page of a signed-in viewer that depends on its watch sets only, and that
 * was read by a person: what nobody looked at has moved no read mark. */
bool reply_cacheable(const struct request *request);

/*
 * The memo of whole replies (rule 7): what was asked, byte for byte, and by
 * whom, to the ready reply and the slots that it depends on.  A hit touches
 * neither Berkeley DB nor the engine.  Bounded; the newer replaces the older.
 */
void memo_start(void);
void memo_stop(void);
/* Computes request->memo from target and headers. */
void memo_key(struct request *request);
/* Queues the ready reply (200 or 304) of an earlier request; false: none. */
bool memo_answer(struct request *request, unsigned *status,
    enum MHD_Result *result);
/* Keeps a queued page of reply_make: true, then it is the memo's to destroy. */
bool memo_put(struct request *request, struct MHD_Response *page);
/* Of the memo since the start; entries and bytes are what it has now. */
struct memo_stats {
	uint64_t lookups, hits;
	size_t entries, bytes;
};
void memo_stats(struct memo_stats *out);

#endif
