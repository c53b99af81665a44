/*
 * Sessions of requests: which token counts, cookies, tickets, origins.
 *
 * Tokens are compared by their keyed hash only (the store's key), so no
 * comparison of secrets happens here.  The ticket table is in memory: after a
 * restart a half-done sign-in is simply done again.
 */
#include "web/auth.h"

#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "im/soft.h"
#include "live/known.h"
#include "web/http.h"

#define COOKIE_PLAIN "z"
#define COOKIE_TLS "__Host-z"

/* Fills in the viewer when the token belongs to a session of this kind. */
static enum err
try_token(struct request *request, struct str token, enum session_kind kind)
{
	struct viewer *viewer = &request->viewer;
	struct session_hash hash;
	Rec__Session *session;
	int64_t used;
	enum err err;

	if (!secret_token_valid(token))
		return OK;
	hash = session_hash_of(token);
	watch_add(&request->watch, (struct object){ .kind = OBJ_SESSION,
	    .a = session_id_of(&hash) });
	err = known_session(&request->arena, &hash, request->now_ms, &session);
	if (err == ERR_NOT_FOUND)
		return OK;
	if (err != OK)
		return err;
	if (session->kind != (uint32_t)kind || session->tls != request->tls)
		return OK;
	used = soft_session_used(&hash, session->used_ms);
	*viewer = (struct viewer){
		.uid = session->uid,
		.sid = session->sid,
		.hash = hash,
		.kind = kind,
		.ended = !session_is_open(session, used, request->now_ms),
		.why = session->why_ended,
	};
	if (kind == SESSION_PATH && !str_eq(request->device.family,
	    (struct str){ (char *)session->family.data, session->family.len }))
		viewer->ended = true;
	return OK;
}

bool
request_signed_in(const struct request *request)
{
	return request->viewer.uid != 0 && !request->viewer.ended;
}

struct str
auth_cookie_sent(const struct request *request)
{
	return http_cookie(request, request->tls ? COOKIE_TLS : COOKIE_PLAIN);
}

enum err
auth_viewer(struct request *request)
{
	struct str bearer = request->header[HEADER_AUTHORIZATION];
	struct viewer *viewer = &request->viewer;
	enum err err = OK;

	if (str_starts_nocase(bearer, STR("Bearer ")))
		err = try_token(request, str_trim(str_from(bearer, 7)),
		    SESSION_BEARER);
	if (err == OK && !request_signed_in(request))
		err = try_token(request, auth_cookie_sent(request),
		    SESSION_COOKIE);
	if (err == OK && !request_signed_in(request) && request->token.len != 0)
		err = try_token(request, request->token, SESSION_PATH);
	if (err != OK || viewer->uid == 0)
		return err;
	watch_add(&request->watch, (struct object){ .kind = OBJ_USER,
	    .a = viewer->uid });
	err = known_user(&request->arena, viewer->uid, &viewer->user);
	if (err == ERR_NOT_FOUND) {
		*viewer = (struct viewer){ 0 };
		return OK;
	}
	return err;
}

struct str
auth_prefix(const struct request *request)
{
	if (request->viewer.kind != SESSION_PATH || !request_signed_in(request))
		return STR("/");
	return str_fmt((struct arena *)&request->arena, "/~%.*s/",
	    STR_ARGS(request->token));
}

struct str
auth_cookie(struct request *request, struct str token)
{
	/* Kannel drops a cookie that is HttpOnly, and keeps SameSite as another
	 * cookie (measured); phones behind it know neither. */
	bool plain = request->device.class == DEVICE_WML && !request->tls;

	return str_fmt(&request->arena, "%s=%.*s; Path=/; Max-Age=%d%s%s",
	    request->tls ? COOKIE_TLS : COOKIE_PLAIN, STR_ARGS(token),
	    token.len != 0 ? (int)(SESSION_COOKIE_IDLE_MS / 1000) : 0,
	    plain ? "" : "; HttpOnly; SameSite=Lax",
	    request->tls ? "; Secure" : "");
}

/* ---- tickets ---- */

#define TICKETS 1024
#define TICKET_MS 60000
#define TICKET_ASKED_MS 300000 /* while a person thinks */

static pthread_mutex_t ticket_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[TOKEN_LEN + 1];
	struct ticket ticket;
} tickets[TICKETS];
static unsigned ticket_next; /* the oldest place is used again */

static void
copy_z(char *out, size_t size, struct str s)
{
	size_t len = s.len < size ? s.len : size - 1;

	memset(out, 0, size);
	if (len != 0)
		memcpy(out, s.p, len);
}

void
ticket_make(const struct request *request, uint64_t uid, struct str cookie,
    struct str to, char name[TOKEN_LEN + 1])
{
	struct ticket ticket = {
		.uid = uid,
		.until_ms = clock_mono_ms() + TICKET_MS,
	};

	secret_token(name);
	copy_z(ticket.cookie, sizeof(ticket.cookie), cookie);
	copy_z(ticket.to, sizeof(ticket.to), to);
	copy_z(ticket.family, sizeof(ticket.family), request->device.family);
	pthread_mutex_lock(&ticket_lock);
	memcpy(tickets[ticket_next].name, name, TOKEN_LEN + 1);
	tickets[ticket_next].ticket = ticket;
	ticket_next = (ticket_next + 1) % TICKETS;
	pthread_mutex_unlock(&ticket_lock);
}

/* The place of a ticket that this request may use, or NULL; under the lock. */
static struct ticket *
ticket_find(const struct request *request, struct str name)
{
	for (unsigned i = 0; i < TICKETS; i++) {
		struct ticket *ticket = &tickets[i].ticket;

		if (!secret_eq(name, (struct str){ tickets[i].name, TOKEN_LEN }))
			continue;
		return ticket->until_ms > clock_mono_ms() &&
		    str_eq(str_c(ticket->family), request->device.family) ?
		    ticket : NULL;
	}
	return NULL;
}

bool
ticket_see(const struct request *request, struct str name, struct ticket *out)
{
	struct ticket *ticket;

	if (!secret_token_valid(name) || request->foreign)
		return false;
	pthread_mutex_lock(&ticket_lock);
	ticket = ticket_find(request, name);
	if (ticket != NULL) {
		if (!ticket->asked)
			ticket->until_ms += TICKET_ASKED_MS;
		ticket->asked = true;
		*out = *ticket;
	}
	pthread_mutex_unlock(&ticket_lock);
	return ticket != NULL;
}

bool
ticket_take(const struct request *request, struct str name, struct ticket *out)
{
	struct ticket *ticket;

	if (!secret_token_valid(name) || request->foreign)
		return false;
	pthread_mutex_lock(&ticket_lock);
	ticket = ticket_find(request, name);
	if (ticket != NULL) {
		*out = *ticket;
		*ticket = (struct ticket){ 0 };
	}
	pthread_mutex_unlock(&ticket_lock);
	return ticket != NULL;
}

void
ticket_forget(uint64_t uid)
{
	pthread_mutex_lock(&ticket_lock);
	for (unsigned i = 0; i < TICKETS; i++)
		if (tickets[i].ticket.uid == uid)
			tickets[i].ticket = (struct ticket){ 0 };
	pthread_mutex_unlock(&ticket_lock);
}

/* ---- origins ---- */

static bool
listed_origin(struct str scheme, struct str host)
{
	struct str rest = http_conf->origins;

	while (rest.len != 0) {
		struct str origin = str_split(&rest, ' ');

		if (str_starts_nocase(origin, scheme) &&
		    str_eq_nocase(str_from(origin, scheme.len), host))
			return true;
	}
	return false;
}

bool
auth_known_host(const struct request *request)
{
	return listed_origin(request->tls ? STR("https://") : STR("http://"),
	    request->host);
}

bool
auth_same_origin(const struct request *request)
{
	struct str origin = request->header[HEADER_ORIGIN];
	struct str site = request->header[HEADER_SEC_FETCH_SITE];
	struct str scheme = request->tls ? STR("https://") : STR("http://");

	if (site.len != 0 && !str_eq(site, STR("same-origin")) &&
	    !str_eq(site, STR("none")))
		return false;
	if (origin.len == 0)
		return true;
	if (!str_starts_nocase(origin, scheme))
		return false;
	origin = str_from(origin, scheme.len);
	return str_eq_nocase(origin, request->host) || listed_origin(scheme, origin);
}
