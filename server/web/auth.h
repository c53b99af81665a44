#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "web/request.h"

/*
 * Who is asking: cookie, path token or Bearer token to a session.
 *
 * Order: Bearer, cookie, path; a valid cookie always beats a path token.  A
 * path session serves only the family of client that signed in; a session
 * made over a plain line is never valid on TLS, nor the other way round.
 * OK also when nobody is signed in (viewer.uid 0).
 */
enum err auth_viewer(struct request *request) MUST_USE;

/* Prefix of this session's paths: "/~TOKEN/" or "/". */
struct str auth_prefix(const struct request *request);

/* The token in the client's cookie, whatever it is worth; or empty. */
struct str auth_cookie_sent(const struct request *request);

/* Set-Cookie value that carries a token, or ends one when it is empty. */
struct str auth_cookie(struct request *request, struct str token);

/*
 * Tickets: after the password was right, a ticket of 60 s, good once, tells
 * clients that keep cookies from those that do not.  It holds the cookie's
 * token; nothing is stored until it comes back.
 */
struct ticket {
	uint64_t uid;
	char cookie[TOKEN_LEN + 1];	/* the token the cookie was set to */
	bool asked;			/* its owner is asked something first */
	char to[65];			/* segment to go to */
	char family[DEVICE_FAMILY_MAX + 1]; /* who gave the password */
	int64_t until_ms;		/* monotonic */
};
/* Makes one; `name` gets its 16 characters. */
void ticket_make(const struct request *request, uint64_t uid,
    struct str cookie, struct str to, char name[TOKEN_LEN + 1]);
/* Takes it away; false: unknown, used, too old, or brought by another kind of
 * client or a link of another site (then it stays for its owner). */
bool ticket_take(const struct request *request, struct str name,
    struct ticket *out);
/* The same, but it stays, and from the first time on for 5 minutes more: for a
 * question that comes before the session. */
bool ticket_see(const struct request *request, struct str name,
    struct ticket *out);

/* Those of a person go: whoever has one gave a password that is good no more, or
 * was at one of the places that were ended. */
void ticket_forget(uint64_t uid);

/* Does a POST come from a page of ours?  Absent headers are accepted. */
bool auth_same_origin(const struct request *request);
/* May redirects name this request's host? */
bool auth_known_host(const struct request *request);

#endif
