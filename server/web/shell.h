#ifndef WEB_SHELL_H
#define WEB_SHELL_H

#include "web/request.h"

/* What stands on every page: see "page *" in templates/CONTRACT. */
enum err shell_fill(struct request *request) MUST_USE;

/* The error page; request->err says which. */
enum err error_show(struct request *request);
/* The sign-in page, which keeps text of a form whose session ended. */
enum err signin_show(struct request *request); /* pages/signin.c */

/* A form with text whose session is over: keeps the text, then signin_show. */
enum err signin_keep(struct request *request); /* pages/signin.c */

/* "14:05", "11-23" or "2026-11-23" as seen from now in the reader's zone;
 * names the moment at which that changes (watch_until). */
struct str shell_when(struct request *request, int64_t ms);
struct str shell_clock(struct request *request, int64_t ms); /* HH:MM */
struct str shell_day(struct request *request, int64_t ms);	 /* YYYY-MM-DD */

#endif
