#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <sys/types.h>

#include "base/secret.h"
#include "im/account.h"
#include "im/message.h"
#include "im/session.h"
#include "live/hold.h"
#include "live/watch.h"
#include "web/device.h"
#include "web/field.h"
#include "web/view.h"

/*
 * One request, from the first byte to the last of its reply.
 *
 * It is owned by http.c; everything that points out of it lives in its arena
 * or in libmicrohttpd's memory of the connection.  One thread at a time works
 * on it: the serving thread, or, while it is suspended, whoever will resume it.
 */
enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OTHER };

enum header_name {
	HEADER_HOST, HEADER_USER_AGENT, HEADER_ACCEPT, HEADER_ACCEPT_CHARSET,
	HEADER_ACCEPT_LANGUAGE, HEADER_ACCEPT_ENCODING, HEADER_VIA,
	HEADER_COOKIE, HEADER_AUTHORIZATION, HEADER_IF_NONE_MATCH,
	HEADER_ORIGIN, HEADER_SEC_FETCH_SITE, HEADER_PURPOSE,
	HEADER_SEC_PURPOSE, HEADER_CONTENT_TYPE, HEADER_CONTENT_LENGTH,
	HEADER_X_FORWARDED_PROTO, HEADER_X_FORWARDED_HOST,
	HEADER_X_ONLINE_HOST, HEADER_COUNT
};

/* A page without end goes out in pieces, each made as a page of its own. */
enum piece {
	PIECE_NONE,	/* a whole page */
	PIECE_TOP,	/* up to the newest line */
	PIECE_LINES,	/* what has come since */
	PIECE_END,	/* the end, which begins the next page at once */
	PIECE_LATE_END,	/* the same after a while */
	PIECE_COUNT
};

/* All that a page may see of the client; part of the cache key and ETag. */
struct view_key {
	enum face face;
	enum charset charset;
	struct str lang;	/* "zh-CN" "zh-TW" "en" */
	int zone_minutes;
	unsigned rows;		/* page size in force */
	size_t text_max;	/* bytes of one message's text on a list page */
	enum live_mode mode;	/* how this page comes by news (web/mode.h) */
	unsigned refresh_s;	/* LIVE_TIMED: seconds; else 0 */
	bool frames;		/* the form and, in a frame, the lines */
	enum device_input input;
	enum device_class class;
};

/* Who is asking.  uid 0: nobody. */
struct viewer {
	uint64_t uid, sid;
	struct session_hash hash;
	enum session_kind kind;
	Rec__User *user;
	bool ended;	/* the token's session is over: uid is only for drafts */
	enum session_why why; /* and why */
};

struct query {
	struct str name, value;
};
#define QUERY_MAX 8

/*
 * A body that is made while the client takes it, however long it gets.  The
 * state is its own, not of the request's arena.
 */
struct stream_source {
	/* Up to `max` bytes into `buf`, on the serving thread of the connection;
	 * STREAM_END, STREAM_BROKEN (the client sees that it is cut).  May be slow
	 * as a page is; keeps no lock and no cursor from one call to the next.
	 * 0 only of a request that it has suspended. */
	ssize_t (*next)(void *state, char *buf, size_t max);
	void (*free)(void *state); /* after the last next(), once */
	void *state;
	bool closes;	/* ends with the connection, whatever the client speaks,
			   and flows: nobody on the way is to gather it */
};
#define STREAM_END (-1)
#define STREAM_BROKEN (-2)

struct reply {
	int status;		/* 0: page, by err */
	struct str location;	/* redirect to this path, or segment */
	struct str cookie;	/* Set-Cookie value */
	struct str body;	/* ready body (static files, metrics) */
	struct stream_source stream; /* instead of a body, when it has next() */
	const char *type;
	const char *file;	/* name to save it under: ASCII, no quotes */
	const char *allow;	/* 405 */
	bool no_store;
	bool far;		/* static: a year */
};

struct request {
	struct arena arena;
	struct MHD_Connection *connection;
	char *target;		/* raw request target, malloc'd */
	enum method method;
	struct str header[HEADER_COUNT];
	int64_t now_ms;		/* wall clock, read once */

	/* http.c's own */
	struct body *body;
	enum { R_NEW, R_BODY, R_WAITING, R_HELD } state;
	bool http10;
	void (*then)(struct request *request); /* continues after a wait */
	unsigned worker;	/* its serving thread, while it waits */
	struct request *next;	/* in the list of those to resume */
	struct held *held;	/* of a hold that has begun: takes its place */
	struct waiter waiter;
	bool resumed_hold;	/* this round answers a hold, whatever there is */
	bool closes;		/* a page ends the connection */
	enum piece piece;	/* of a page without end (web/stream.h) */
	uint32_t after;		/* PIECE_LINES: those behind this one */
	bool more;		/* and not all of them were taken into it */

	/* routing */
	struct str path;	/* without token and query, "" or "c12" */
	struct str token;	/* path token, or empty */
	struct query query[QUERY_MAX];
	unsigned queries;
	const struct route *route;
	uint64_t id[2];		/* numbers of the segment */

	/* the client */
	struct device device;
	struct viewer viewer;
	bool tls;
	struct str host;	/* authority that the client named, or empty */
	bool foreign;		/* sent or prefetched by something else than a person */
	struct view_key key;

	/* fields of a form post: cleaned UTF-8, or empty */
	struct str field[FIELD_COUNT];
	enum err field_err;	/* ERR_TEXT_BYTES, ERR_TEXT_LONG */

	/* what the page makes */
	enum err (*show)(struct request *request); /* the page to render */
	struct watch_set watch;	/* what wakes a hold of this page */
	struct watch_set calm;	/* what else is in its bytes, without waking */
	struct view view;
	enum err err;		/* decides status and `error` */
	bool holdable;		/* the page may be held by ?w= */
	struct str self;	/* its address when that is not just its path */
	bool has_input;		/* so it never refreshes by itself */
	uint64_t talk;		/* its own talk, which the unread bar leaves out */
	bool talk_unread;	/* and which has something unread */
	uint32_t seen;		/* newest message shown, for the wait link */
	uint32_t read_was;	/* read mark before this page moved it */
	bool read_done;
	bool fresh;		/* WML: forget what was typed before */
	bool text_kept;		/* the text of an ended session is a draft now */
	void *work;		/* a post's own, between its continuations */
	struct str form_name;	/* behind WML variable names: this form only */
	uint64_t watch_v;	/* V that the client came with */
	unsigned round;		/* how often its hold has come back */
	bool waits;		/* suspended: a then() will follow */
	uint64_t memo[2];	/* key of the memo; 0 0: not to be kept */
	unsigned generation;	/* of templates, read before rendering */
	struct str etag;
	size_t sent_bytes;	/* of the body, as encoded */
	struct reply reply;
};

enum method request_method(const char *name);
/* Value of a query parameter; empty when absent. */
struct str request_query(const struct request *request, const char *name);
/* A number from the query, or `otherwise`. */
uint64_t request_query_u64(const struct request *request, const char *name,
    uint64_t otherwise);

/* What the person chose for this kind of client, or NULL. */
const Rec__DevicePrefs *request_device_prefs(const struct request *request);

/* May this request move soft state (read marks, activity)? */
bool request_counts(const struct request *request);

/*
 * Parses the target: token, path, query.  ERR_REQUEST for `//`, `..`, bad
 * percent signs, control bytes, too many segments; ERR_NOT_FOUND for deeper
 * paths.  `/~T` without slash sets a redirect.
 */
enum err request_parse(struct request *request) MUST_USE;
/* Client, viewer and view key, from headers, store and preferences. */
enum err request_client(struct request *request) MUST_USE;

/*
 * Runs a command and continues with `then` on a serving thread when it is
 * durable or failed (command->err).  The request must not be touched between.
 */
void request_command(struct request *request, struct command *command,
    void (*then)(struct request *request));
/* The same for a password: hash it, or verify it against `hash`. */
struct pwjob {
	struct str password, hash;	/* in; hash empty: make one */
	char made[SECRET_PWHASH_LEN];	/* out */
	enum err err;			/* out: OK, ERR_CREDENTIALS, ERR_BUSY */
	struct pwjob *next;
	struct request *request;
};
void request_password(struct request *request, struct pwjob *job,
    void (*then)(struct request *request));

/* Answers with 303 to a path of ours ("c12", "./", or "/in?t=…").  A
 * segment gets this session's prefix; absolute where the host is listed. */
void request_redirect(struct request *request, struct str where);
/* Shows `page` with the typed text and this error, instead of a redirect. */
enum err request_again(struct request *request,
    enum err (*page)(struct request *request), enum err err);

/* Signed in, with a session that is open? */
bool request_signed_in(const struct request *request);

#endif
