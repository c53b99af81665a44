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

/* What is kept of a request while it is held; http.c's. */
struct held {
	struct waiter waiter;
	struct MHD_Connection *connection;
	char *target;
	bool http10;
};

/* Holds the request if it asked for it and nothing is new: true, then it is
 * suspended, and request->held takes its place.  Otherwise answer now. */
bool held_try(struct request *request);

/* A request that might have been held is answered at once after all: what it
 * shows counts as read, as on any page. */
void held_answered(const struct request *request);

/* The link for the page being made. */
struct str held_link(struct request *request, struct str self);

/* Was this hold ended before its time without news (stop, eviction)? */
bool held_early(const struct request *request);

/*
 * Read marks of held replies: nobody knows whether such a reply arrived, until a
 * request comes that only its page can have led to.  So the links of a held
 * page carry `r=TALK.SEQ` (held_proof_link; "" when there is nothing to prove),
 * and held_proof, run for every request of a person, moves the mark.
 */
struct str held_proof_link(struct request *request);
void held_proof(struct request *request);
/* The talk up to `seq` has arrived at the person's client. */
void held_arrived(struct arena *arena, uint64_t uid, uint64_t cid, uint64_t seq);
/* Moves a mark forward and, if it moved, bumps the viewer's lists; the page of
 * the talk itself does not watch those. */
void held_mark(uint64_t uid, uint64_t cid, uint32_t seq, uint32_t stored_read);

#endif
