/*
 * The shell of pages: bar, links to the other face, refresh and wait links,
 * times in the reader's zone.
 *
 * It runs after the page function.  What it reads for the unread bar is in the
 * calm set: a changed number changes the page's bytes, but only OBJ_BAR wakes a
 * hold (rule 5).
 */
#include "web/shell.h"

#include <string.h>

#include "web/auth.h"
#include "web/bar.h"
#include "web/errpage.h"
#include "web/formkey.h"
#include "web/held.h"
#include "web/http.h"
#include "web/placard.h"
#include "web/mode.h"
#include "web/route.h"
#include "web/static.h"

struct str
shell_clock(struct request *request, int64_t ms)
{
	struct civil t = clock_civil(ms, request->key.zone_minutes);
	char *p = arena_raw(&request->arena, 6);

	str_put_digits(p, (unsigned)t.hour, 2);
	p[2] = ':';
	str_put_digits(p + 3, (unsigned)t.minute, 2);
	p[5] = '\0';
	return (struct str){ p, 5 };
}

struct str
shell_day(struct request *request, int64_t ms)
{
	struct civil t = clock_civil(ms, request->key.zone_minutes);
	char *p = arena_raw(&request->arena, 11);

	str_put_digits(p, (unsigned)t.year, 4);
	p[4] = p[7] = '-';
	str_put_digits(p + 5, (unsigned)t.month, 2);
	str_put_digits(p + 8, (unsigned)t.day, 2);
	p[10] = '\0';
	return (struct str){ p, 10 };
}

struct str
shell_when(struct request *request, int64_t ms)
{
	struct civil t = clock_civil(ms, request->key.zone_minutes);
	struct civil now = clock_civil(request->now_ms, request->key.zone_minutes);

	watch_until(&request->watch, clock_next_midnight(request->now_ms,
	    request->key.zone_minutes));
	if (t.year != now.year)
		return shell_day(request, ms);
	if (t.month != now.month || t.day != now.day)
		return str_from(shell_day(request, ms), 5);
	return shell_clock(request, ms);
}

/* The page's own segment, "./" for the inbox and for what is no page. */
static struct str
self_segment(const struct request *request)
{
	if (request->self.len != 0)
		return request->self;
	return request->route != NULL && request->path.len != 0 &&
	    request->route->get != NULL ? request->path : STR("./");
}

static struct str
with_query(struct request *request, struct str href, const char *name,
    struct str value)
{
	return str_fmt(&request->arena, "%.*s%c%s=%.*s", STR_ARGS(href),
	    str_find(href, STR("?"), NULL) ? '&' : '?', name, STR_ARGS(value));
}

/* The page's own address; a switched one stays switched while it goes on. */
static struct str
self_address(struct request *request, bool with_switch)
{
	struct str self = self_segment(request);

	if (mode_is_log(request))
		self = with_query(request, self, "v", request_query(request, "v"));
	/* No two tabs with one address: browsers load those in turn. */
	if (request->piece != PIECE_NONE)
		self = with_query(request, self, "i", str_fmt(&request->arena,
		    "%x", (unsigned)(secret_random_u64() & 0xffffff)));
	if (with_switch && mode_switched(request).len != 0)
		self = with_query(request, self, "live", mode_switched(request));
	return self;
}

/* Does the page load itself again?  Never beside an input; where there are
 * frames only the one with the lines waits, or the tab would seem to load. */
static bool
moves(const struct request *request)
{
	bool waits = request->key.mode == LIVE_HELD_REFRESH ||
	    request->key.mode == LIVE_STREAM;

	if (request->has_input || !request->holdable ||
	    request->key.face == FACE_JSON || !request_signed_in(request) ||
	    request->err != OK)
		return false;
	if (request->resumed_hold && held_early(request))
		return true;
	return request->key.refresh_s != 0 ||
	    (waits && (!request->key.frames || mode_is_log(request)));
}

/* Into a hold at once; or, timed and where a hold ended early, after a while:
 * all who were held would come back in the same moment. */
static void
fill_refresh(struct request *request, struct str self)
{
	struct view *view = &request->view;
	struct view_row *root = &view->root;
	unsigned seconds = request->key.refresh_s;

	if (request->piece == PIECE_LATE_END ||
	    (request->resumed_hold && held_early(request)))
		seconds = 5 + (unsigned)(secret_random_u64() % 26);
	if (seconds == 0 && request->piece == PIECE_NONE) {
		self = held_link(request, self);
		request->reply.no_store = true; /* no two tabs with one nonce */
	} else if (!mode_is_log(request)) {
		self = with_query(request, self, MODE_BY_ITSELF, STR("1"));
	}
	if (seconds != 0 && seconds < 15 && request->key.face == FACE_WML)
		seconds = 15;
	view_int(view, root, "refresh", seconds);
	view_int(view, root, "refresh_ds", seconds * 10);
	view_link(view, root, "next", self);
}

/* One link to the other way of having news, for this page; and the form that
 * keeps it. */
static void
fill_switch(struct request *request)
{
	struct view *view = &request->view;
	struct view_row *root = &view->root;
	struct str name = mode_switched(request), other;
	bool still = request->key.mode == LIVE_HELD_LINK ||
	    request->key.mode == LIVE_BY_HAND;

	if (!request->holdable || !request->device.live.refreshes ||
	    request->key.face == FACE_JSON || request->key.face == FACE_WML)
		return;
	other = self_address(request, false);
	if (name.len == 0)
		other = with_query(request, other, "live",
		    still ? STR("held") : STR("hand"));
	view_link(view, root, still ? "moving" : "pause", other);
	if (name.len == 0)
		return;
	view_text(view, root, "live.keep", name);
	view_text(view, root, "live.key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
}

/* Where pages move only if the program was told to, both ways are offered. */
static bool
has_wait_link(const struct request *request)
{
	return request->holdable && !request->watch.full &&
	    request->key.mode != LIVE_BY_HAND && !(moves(request) &&
	    request->device.live.mode == LIVE_HELD_REFRESH);
}

static void
fill_live(struct request *request, struct str self)
{
	struct view *view = &request->view;
	struct view_row *root = &view->root;
	struct str proof, tail = STR_NONE;
	struct str address = self_address(request, true);

	view_link(view, root, "self", mode_is_log(request) ? address : self);
	view_bool(view, root, "framed", mode_is_log(request));
	if (moves(request))
		fill_refresh(request, address);
	fill_switch(request);
	proof = held_proof_link(request);
	if (proof.len != 0)
		tail = str_fmt(&request->arena, "?%.*s", STR_ARGS(proof));
	if (request->key.face != FACE_JSON)
		view_text(view, root, "tail", view_tailed(view, tail));
	if (has_wait_link(request))
		view_link(view, root, "wait", held_link(request, address));
}

static void
fill_foot(struct request *request, struct str self)
{
	struct view *view = &request->view;
	bool wml = request->key.face == FACE_WML;
	struct str once = request_query(request, "face");

	/* The way out is found by its query, which no switch can carry. */
	if (request->key.face == FACE_JSON || strcmp(view->page, "out") == 0 ||
	    (wml && !request->device.takes_html))
		return;
	view_link(view, &view->root, wml ? "foot.html" : "foot.wml",
	    with_query(request, self, "face", wml ? STR("html") : STR("wml")));
	if (once.len == 0)
		return;
	/* Signed out, the choice goes along until it can be kept. */
	if (!request_signed_in(request)) {
		view_text(view, &view->root, "once",
		    wml ? STR("?face=wml") : STR("?face=html"));
		return;
	}
	if (request->err != OK)
		return;
	view_text(view, &view->root, "foot.keep", wml ? STR("wml") : STR("html"));
	view_text(view, &view->root, "foot.key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
}

static bool
notice_valid(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') && s.p[i] != '_')
			return false;
	return s.len > 0 && s.len <= 24;
}

/* After sign-in, a send or a password change the redirect carries ok=…:
 * the notice, and in WML the sign to forget what was typed. */
static void
fill_notice(struct request *request)
{
	struct view *view = &request->view;
	struct str ok = request_query(request, "ok");

	if (request->err != OK)
		view_text(view, &view->root, "error", errpage_key(request->err));
	else if (notice_valid(ok))
		view_text(view, &view->root, "notice", ok);
	else if (request->resumed_hold && !moves(request) &&
	    request->waiter.reason == WAKE_DEADLINE)
		view_text(view, &view->root, "notice", STR("no_news"));
	view_bool(view, &view->root, "fresh", request->fresh || ok.len != 0 ||
	    request_query(request, "n").len != 0);
	/* Variables outlive their page on a phone, so no two forms share one. */
	if (request->key.face != FACE_WML)
		return;
	view_text(view, &view->root, "form.n", request->form_name.len != 0 ?
	    request->form_name : str_fmt(&request->arena, "%.2s%x", view->page,
	    (unsigned)(request->now_ms / 100 & 0xffff)));
}

static enum err
fill_viewer(struct request *request)
{
	struct view *view = &request->view;
	struct bar bar;
	enum err err;

	if (!request_signed_in(request))
		return OK;
	view_text(view, &view->root, "me", (struct str){
	    (char *)request->viewer.user->name.data,
	    request->viewer.user->name.len });
	err = bar_get(request, &bar);
	if (err != OK)
		return err;
	if (bar.talks != 0)
		view_int(view, &view->root, "bar", bar.talks);
	if (bar.asks != 0)
		view_int(view, &view->root, "asks", bar.asks);
	return OK;
}

enum err
shell_fill(struct request *request)
{
	struct view *view = &request->view;
	struct view_row *root = &view->root;
	struct civil t = clock_civil(request->now_ms, request->key.zone_minutes);
	struct str self = self_segment(request), site;
	enum err err = placard_get(request, &site);

	if (err != OK)
		return err;
	if (site.len != 0)
		view_text(view, root, "site", site);
	view_text(view, root, "page", str_c(view->page));
	view_text(view, root, "lang", request->key.lang);
	view_text(view, root, "charset", str_c(charset_label(request->key.charset)));
	if (request->key.face == FACE_HTML || request->key.face == FACE_XHTML)
		view_link(view, root, "css", static_css());
	view_bool(view, root, "xml", request->key.face == FACE_XHTML &&
	    strcmp(request->device.xhtml_type, "text/html") != 0);
	view_time(view, root, "asof", request->now_ms, str_fmt(&request->arena,
	    "%02d:%02d:%02d", t.hour, t.minute, t.second));
	view_bool(view, root, "accesskeys", request->device.wml_accesskey);
	fill_notice(request);
	fill_live(request, self);
	fill_foot(request, self);
	return fill_viewer(request);
}

enum err
error_show(struct request *request)
{
	struct view *view = &request->view;

	view->page = "error";
	view_int(view, &view->root, "status", errpage_status(request->err,
	    request->key.face == FACE_WML));
	view_link(view, &view->root, "back", STR("./"));
	if (request->field[FIELD_M].len != 0)
		view_text(view, &view->root, "text", request->field[FIELD_M]);
	return OK;
}
