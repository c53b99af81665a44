#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include "base/conf.h"
#include "web/request.h"

/* What the rest of web/ needs of libmicrohttpd, without its header. */

extern const struct conf *http_conf; /* constant after web_start */

/* Does the connection come from an address in conf's `proxies`? */
bool http_from_proxy(const struct request *request);
/* Value of a cookie by libmicrohttpd's parser (knows the $Path form of WAP
 * gateways); empty when absent.  Borrowed from the connection. */
struct str http_cookie(const struct request *request, const char *name);

/* A request like this one, from the beginning: the same target and headers, an
 * arena of its own, which is the caller's to end. */
void http_again(const struct request *request, struct request *fresh);

/* Suspends; resume is called exactly once for it, on any thread.  The connection
 * is all that is left of a request while it is held. */
void http_suspend_connection(struct MHD_Connection *connection);
void http_resume_connection(struct MHD_Connection *connection);
static inline void
http_suspend(struct request *request)
{
	http_suspend_connection(request->connection);
}
static inline void
http_resume(struct request *request)
{
	http_resume_connection(request->connection);
}
int http_fd(const struct request *request);	/* its socket */
unsigned http_worker(void);	/* small number of the calling serving thread */

#endif
