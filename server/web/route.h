#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "web/request.h"

/*
 * One row per page.  Guards are columns; the dispatcher checks them, so a page
 * may take them for granted.
 */
struct route {
	const char *segment;	/* letters (and dots) of the segment: "c" for c12 */
	unsigned numbers;	/* numbers behind them: c12 1, c12-57 2 */
	const char *page;	/* name in views, templates and logs */
	bool signed_in;		/* needs a session, else the sign-in page */
	unsigned form;		/* page of its form key (form_page) */
	bool key_by_page;	/* the page checks the key itself */
	/* Fill in the view, or redirect, or fail.  post may wait for commands. */
	enum err (*get)(struct request *request);
	enum err (*post)(struct request *request);
};

/* Rows of each page family; a row without segment ends them. */
extern const struct route routes_signin[], routes_enter[], routes_inbox[], routes_friends[],
    routes_person[], routes_conversation[], routes_settings[], routes_out[],
    routes_export[], routes_operations[];

/* The row for a path ("c12"), its numbers in `id`; NULL: none. */
const struct route *route_find(struct str path, uint64_t id[2]);

/*
 * Runs the request to its reply (http.c sends it) or to its suspension
 * (request->waits).  Called again through request->then, or from the start
 * when a held request was resumed.
 */
void dispatch(struct request *request);
/* Pages rendered since the start. */
uint64_t dispatch_renders(void);
/* The end of every continuation: makes the reply of what the page said. */
void dispatch_finish(struct request *request, enum err err);

#endif
