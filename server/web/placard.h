#ifndef WEB_PLACARD_H
#define WEB_PLACARD_H

#include "web/request.h"

/* The operator's notice for this page, in the arena, cut where a deck has no
 * room; empty when there is none.  Every page watches it: a new one wakes all. */
enum err placard_get(struct request *request, struct str *out) MUST_USE;

#endif
