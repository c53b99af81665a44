#ifndef WEB_HELD_H
#define WEB_HELD_H

#include "web/request.h"

/*
 * The held link: `?w=epoch.V.SEEN.ROUND.RANDOM`.
 *
 * V is the version of the page that carries the link, SEEN the newest message
 * it shows, ROUND how often this chain of holds has come back; the random
 * part keeps browsers from queueing identical addresses.
 */

/* Reads the query.  A malformed, foreign or future one leaves watch_v 0. */
void held_parse(struct request *request);

/* Holds the request if it asked for it and nothing is new: true, then it is
 * suspended and its arena given back.  Otherwise answer now. */
bool held_try(struct request *request);

/* The link for the page being made. */
struct str held_link(struct request *request, struct str self);

/* Was this hold ended before its time without news (stop, eviction)? */
bool held_early(const struct request *request);

/*
 * Read marks of held replies: a held reply counts as read when the session's
 * next request proves that it arrived.  `shown` remembers, `proof` (at the
 * start of every request of a session) moves the mark.
 */
void held_shown(const struct request *request, uint32_t seq, uint32_t stored_read);
void held_proof(uint64_t sid);
/* Moves a mark forward and, if it moved, bumps the viewer's lists; the page of
 * the talk itself does not watch those. */
void held_mark(uint64_t uid, uint64_t cid, uint32_t seq, uint32_t stored_read);

#endif
