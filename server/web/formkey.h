#ifndef WEB_FORMKEY_H
#define WEB_FORMKEY_H

#include "web/request.h"

/*
 * Form keys: count(4) ‖ day(2) ‖ MAC(8), base64url, 19 characters.  The MAC
 * is over session, user, page, page id, count and day; the user and the page
 * are not carried, since the session and the path tell them.
 */
enum formkey_state {
	FORMKEY_OK,
	FORMKEY_OLD,	 /* ours, but older than 3 days */
	FORMKEY_FOREIGN, /* not of this session or page, or no key at all */
};
/* Pages whose forms only change settings or friends: no counter. */
#define FORM_GENERAL 0

struct str formkey_make(struct request *request, unsigned page, uint64_t page_id,
    uint32_t count);
/* `count` is set whenever the key has the right shape, else 0. */
enum formkey_state formkey_check(struct request *request, struct str key,
    unsigned page, uint64_t page_id, uint32_t *count);

/* MAC of a way out: 8 characters of base64url over (cid, seq, n). */
struct str formkey_out(struct arena *arena, uint64_t cid, uint32_t seq, unsigned n);

#endif
