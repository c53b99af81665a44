/*
 * The way of every request, in one place: parse, who, which page, guards,
 * page, shell, face, fit.  All guards are here; pages take them for granted.
 *
 * A page function may run several times for one reply: when a WML deck is over
 * the device's budget, it runs again with fewer rows and shorter texts.
 */
#include <stdatomic.h>

#include "web/auth.h"
#include "web/errpage.h"
#include "web/formkey.h"
#include "web/held.h"
#include "web/http.h"
#include "web/mode.h"
#include "web/reply.h"
#include "web/route.h"
#include "web/shell.h"
#include "web/static.h"

#include "base/log.h"
#include "im/soft.h"
#include "live/presence.h"
#include "text/wmlsize.h"

#define FIT_TRIES 12
#define FIT_TEXT_MIN 40 /* bytes */

static _Atomic uint64_t renders;

uint64_t
dispatch_renders(void)
{
	return atomic_load(&renders);
}

/* ---- rendering ---- */

/* A redirect, a ready body or a stream. */
static bool
answered(const struct request *request)
{
	return request->reply.location.len != 0 ||
	    request->reply.body.p != NULL || request->reply.stream.next != NULL;
}

/* Answered or suspended: nothing to render. */
static bool
ready(const struct request *request)
{
	return request->waits || answered(request);
}

static unsigned
start_number(void)
{
	static _Atomic unsigned number;
	unsigned none = 0;

	if (atomic_load(&number) == 0)
		atomic_compare_exchange_strong(&number, &none,
		    (unsigned)secret_random_u64() | 1);
	return atomic_load(&number);
}

/* For clients that show the pages they have without asking: addresses that are
 * new each time. */
static struct str
cache_breaker(struct request *request)
{
	/* Not the clock: a redirect and its page fall into one millisecond.
	 * Begun anywhere, so that a restart gives other addresses. */
	static _Atomic unsigned count;
	unsigned n;

	if (!request->device.keeps_pages)
		return STR_NONE;
	n = atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
	return str_fmt(&request->arena, "x=%x", (n + start_number()) & 0xffffff);
}

static enum err
page_once(struct request *request)
{
	enum err err;

	view_init(&request->view, &request->arena);
	request->view.tail = cache_breaker(request);
	request->has_input = request->holdable = false;
	err = request->show(request);
	if (err == OK && !ready(request))
		err = shell_fill(request);
	return err;
}

static enum err
face_once(struct request *request, struct str *body)
{
	atomic_fetch_add_explicit(&renders, 1, memory_order_relaxed);
	if (request->key.face == FACE_JSON) {
		*body = view_json(&request->view);
		return OK;
	}
	return view_render(&request->view, request->key.face,
	    request->key.lang, body);
}

/* Fewer rows first, then shorter texts; false when nothing is left to cut. */
static bool
shrink(struct request *request, size_t size)
{
	struct view_key *key = &request->key;
	size_t budget = request->device.deck_bytes;

	if (key->rows > 1) {
		size_t rows = key->rows * budget / size;

		key->rows = rows < key->rows ? (unsigned)(rows ? rows : 1) :
		    key->rows - 1;
		return true;
	}
	if (key->text_max <= FIT_TEXT_MIN)
		return false;
	key->text_max = key->text_max * 3 / 4;
	return true;
}

static bool
too_large(struct request *request, struct str body, size_t *size)
{
	if (request->key.face != FACE_WML)
		return false;
	*size = wmlsize(body);
	return *size > request->device.deck_bytes;
}

/* The page into reply.body, or an error of making it. */
static enum err
make_body(struct request *request)
{
	struct watch_set watch = request->watch;
	struct str body;
	size_t size;
	enum err err;

	for (int tries = 0;; tries++) {
		request->watch = watch;
		watch_begin(&request->calm);
		err = page_once(request);
		if (err != OK || ready(request))
			return err;
		if (held_try(request))
			return OK;
		held_answered(request);
		err = face_once(request, &body);
		if (err != OK)
			return err;
		if (!too_large(request, body, &size))
			break;
		if (tries == FIT_TRIES || !shrink(request, size)) {
			log_warn("deck of page %s is over its budget: %zu bytes",
			    request->view.page, size);
			break;
		}
	}
	request->reply.body = body;
	return OK;
}

static enum err
make_error(struct request *request, enum err err)
{
	request->err = err;
	request->memo[0] = request->memo[1] = 0;
	reply_drop(&request->reply);
	if (err == ERR_SIGN_IN)
		request->show = signin_show;
	else
		request->show = error_show;
	return make_body(request);
}

void
dispatch_finish(struct request *request, enum err err)
{
	if (request->waits)
		return;
	if (err == OK && !answered(request))
		err = make_body(request);
	if (request->waits)
		return;
	/* Not a redirect: what was done is done and is to be told. */
	if (err == OK && request->arena.over &&
	    request->reply.location.len == 0) {
		log_warn("page %s took %zu bytes", request->route != NULL ?
		    request->route->page : "?", request->arena.used);
		request->reply.body = STR_NONE;
		err = ERR_BUSY;
	}
	if (err != OK && make_error(request, err) != OK)
		request->reply.body = STR("zhitiao\n"); /* templates broken */
	if (request->err != OK && request->reply.status == 0)
		request->reply.status = errpage_status(request->err,
		    request->key.face == FACE_WML);
	if (!answered(request))
		request->reply.body = STR("zhitiao\n");
}

enum err
request_again(struct request *request, enum err (*page)(struct request *),
    enum err err)
{
	request->show = page;
	request->err = err;
	return OK;
}

void
request_redirect(struct request *request, struct str where)
{
	struct arena *arena = &request->arena;
	struct view view = { .arena = arena, .tail = cache_breaker(request) };

	where = view_tailed(&view, where);
	if (str_starts(where, STR("./")))
		where = str_from(where, 2);
	if (!str_starts(where, STR("/")))
		where = str_fmt(arena, "%.*s%.*s", STR_ARGS(auth_prefix(request)),
		    STR_ARGS(where));
	if (auth_known_host(request))
		where = str_fmt(arena, "%s://%.*s%.*s",
		    request->tls ? "https" : "http", STR_ARGS(request->host),
		    STR_ARGS(where));
	request->reply.location = where;
}

/* ---- guards ---- */

/* The form's text is safe only with the page: those check the key themselves
 * and give the text back.  All other forms stop here. */
static enum err
check_key(struct request *request)
{
	const struct route *route = request->route;
	uint32_t count;

	if (route->key_by_page || !route->signed_in ||
	    request->viewer.kind == SESSION_BEARER)
		return OK;
	return formkey_check(request, request->field[FIELD_K], route->form,
	    request->id[0], &count) == FORMKEY_OK ? OK : ERR_KEY;
}

/* Soft state: activity, and what links of held pages prove. */
static void
note_activity(struct request *request)
{
	const struct viewer *viewer = &request->viewer;

	if (!request_signed_in(request) || !request_counts(request) ||
	    request->piece != PIECE_NONE)
		return;
	soft_seen(viewer->uid, &viewer->hash, request->now_ms);
	if (mode_by_itself(request))
		presence_back(viewer->uid);
	else
		presence_active(viewer->uid, device_is_phone(&request->device));
	held_proof(request);
	/* What this request itself has moved is no news to its page. */
	watch_renew(&request->watch);
}

static enum err
guard(struct request *request)
{
	const struct route *route = request->route;
	bool post = request->method == METHOD_POST;

	if (request->method == METHOD_OTHER ||
	    (post ? route->post == NULL : route->get == NULL)) {
		request->reply.allow = route->get == NULL ? "POST" :
		    route->post == NULL ? "GET, HEAD" : "GET, HEAD, POST";
		return ERR_METHOD;
	}
	if (post && !auth_same_origin(request))
		return ERR_ORIGIN;
	if (route->signed_in && !request_signed_in(request))
		return ERR_SIGN_IN;
	note_activity(request);
	if (request->err != OK)
		return request->err; /* found while the body came in */
	return post ? check_key(request) : OK;
}

static enum err
run(struct request *request)
{
	enum err bad_target = request_parse(request);
	enum err err = request_client(request);

	request->show = error_show;
	if (bad_target != OK || err != OK)
		return bad_target != OK ? bad_target : err;
	if (request->reply.location.len != 0) {
		request_redirect(request, request->reply.location);
		return OK;
	}
	if (str_starts(request->path, STR("-/")))
		return static_get(request);
	request->route = route_find(request->path, request->id);
	if (request->route == NULL)
		return ERR_NOT_FOUND;
	err = guard(request);
	if (err == ERR_SIGN_IN && request->method == METHOD_POST)
		return signin_keep(request);
	if (err == ERR_SIGN_IN && request->path.len == 0) {
		request->show = signin_show; /* "./" is the sign-in page itself */
		return OK;
	}
	if (err != OK)
		return err;
	if (request->method == METHOD_POST)
		return request->route->post(request);
	if (request->piece == PIECE_NONE) /* a piece is never held by itself */
		held_parse(request);
	request->show = request->route->get;
	return OK;
}

void
dispatch(struct request *request)
{
	enum err err;

	watch_begin(&request->watch);
	request->generation = view_generation();
	err = run(request);
	dispatch_finish(request, err);
}
