/*
 * Own settings: language, zone, who may write; and for this kind of client
 * face, charset, page size, how news comes.  Password, signing out everywhere.
 */
#include "pages/pages.h"

#include <string.h>

#include "web/mode.h"
#include "web/pwpool.h"

struct settings {
	struct account_prefs prefs;
	struct account_password password;
	struct session_end end;
	struct pwjob job;
};

static const unsigned sizes[] = { 3, 5, 8, 10, 15, 20, 30, 50 };
static const struct str langs[] = { STR("zh-CN"), STR("zh-TW"), STR("en") };
static const struct str faces[] = { STR("auto"), STR("wml"), STR("html") };
static const struct str charsets[] = { STR("auto"), STR("utf8"), STR("gbk"),
    STR("big5") };
static const struct str rules[] = { STR("everyone"), STR("friends") };
/* Zones that are not whole hours, besides -12..+14. */
static const int odd_zones[] = { -210, 210, 270, 330, 345, 390, 570 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
fill_numbers(struct view *view, const char *key, const unsigned *numbers,
    size_t n, unsigned chosen)
{
	struct view_node *list = view_list(view, &view->root, key);

	for (size_t i = 0; i < n; i++) {
		struct view_row *row = view_row(view, list);

		view_int(view, row, "value", numbers[i]);
		view_bool(view, row, "on", numbers[i] == chosen);
	}
}

static void
fill_zone(struct request *request, struct view_node *list, int minutes)
{
	struct view *view = &request->view;
	struct view_row *row = view_row(view, list);
	int size = minutes < 0 ? -minutes : minutes;

	view_int(view, row, "value", minutes);
	view_text(view, row, "label", str_fmt(&request->arena, "UTC%c%02d:%02d",
	    minutes < 0 ? '-' : '+', size / 60, size % 60));
	view_bool(view, row, "on", minutes == request->key.zone_minutes);
}

static bool
zone_near(const struct request *request, int minutes, int reach)
{
	return minutes >= request->key.zone_minutes - reach &&
	    minutes <= request->key.zone_minutes + reach;
}

/* All zones; in a deck that is over its budget those near the one in force. */
static void
fill_zones(struct request *request)
{
	struct view_node *list = view_list(&request->view, &request->view.root,
	    "zones");
	bool wml = request->key.face == FACE_WML;
	int reach = wml ? (int)request->key.rows * 240 : 48 * 60;
	size_t odd = 0;

	for (int minutes = -720; minutes <= 840; minutes += 60) {
		for (; odd < COUNT(odd_zones) && odd_zones[odd] < minutes; odd++)
			if (zone_near(request, odd_zones[odd], reach))
				fill_zone(request, list, odd_zones[odd]);
		if (zone_near(request, minutes, reach))
			fill_zone(request, list, minutes);
	}
}

static size_t
word_index(const struct str *words, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], word))
			return i;
	return n;
}

static const Rec__DevicePrefs *
own_device(const struct request *request)
{
	static const Rec__DevicePrefs none = REC__DEVICE_PREFS__INIT;
	const Rec__DevicePrefs *prefs = request_device_prefs(request);

	return prefs != NULL ? prefs : &none;
}

/* The page size chosen or in force before a deck made it smaller. */
static unsigned
own_rows(const struct request *request, const Rec__DevicePrefs *device)
{
	return device->page_size != 0 ? device->page_size :
	    device_defaults[request->device.class].page_size;
}

/* What a phone asks for now and then. */
static void
fill_rare(struct request *request, const Rec__DevicePrefs *device)
{
	struct view *view = &request->view;
	struct str charset = { (char *)device->charset.data, device->charset.len };

	list_words(view, view_list(view, &view->root, "faces"),
	    faces, request->device.takes_html ?
	    COUNT(faces) : COUNT(faces) - 1, device->face == 0 ? 0 :
	    device->face == 1 + FACE_WML ? 1 : 2);
	list_words(view, view_list(view, &view->root, "charsets"),
	    charsets, COUNT(charsets), charset.len == 0 ? 0 :
	    word_index(charsets, COUNT(charsets), charset));
}

static void
fill_often(struct request *request, const Rec__DevicePrefs *device)
{
	struct view *view = &request->view;
	const Rec__Prefs *prefs = request->viewer.user->prefs;

	list_words(view, view_list(view, &view->root, "langs"),
	    langs, COUNT(langs), word_index(langs, COUNT(langs),
	    request->key.lang));
	fill_numbers(view, "sizes", sizes, COUNT(sizes), own_rows(request, device));
	list_words(view, view_list(view, &view->root, "rules"),
	    rules, COUNT(rules), prefs != NULL && prefs->write_rule == 1);
}

static enum err password_show(struct request *request);

/* Pages of their own behind "o?v=", in the order in which settings list them. */
static const struct settings_view {
	struct str name; /* of the page, too: its title names the link */
	enum err (*show)(struct request *request);
	bool not_path; /* not for sessions that live in the path */
	bool rare;     /* WML: on the page behind "more", where there is room */
} views[] = {
	{ .name = STR("presence"), .show = presence_settings_show },
	{ .name = STR("live"), .show = live_show },
	{ .name = STR("sessions"), .show = sessions_show },
	{ .name = STR("password"), .show = password_show, .not_path = true },
	{ .name = STR("export"), .show = export_show, .not_path = true,
	  .rare = true },
};

/* Is that a link of this page?  HTML has all on one. */
static bool
lists_view(const struct request *request, const struct settings_view *item,
    bool rare)
{
	if (item->not_path && request->viewer.kind == SESSION_PATH)
		return false;
	return request->key.face != FACE_WML || item->rare == rare;
}

static void
fill_views(struct request *request, bool rare)
{
	struct view *view = &request->view;
	struct view_node *list = view_list(view, &view->root, "views");

	for (size_t i = 0; i < COUNT(views); i++) {
		struct view_row *row;

		if (!lists_view(request, &views[i], rare))
			continue;
		row = view_row(view, list);
		view_text(view, row, "name", views[i].name);
		view_link(view, row, "link", str_fmt(&request->arena, "o?v=%.*s",
		    STR_ARGS(views[i].name)));
	}
	view_bool(view, &view->root, "path",
	    request->viewer.kind == SESSION_PATH);
}

static enum err
settings_show(struct request *request)
{
	struct view *view = &request->view;
	const Rec__DevicePrefs *device = own_device(request);
	bool wml = request->key.face == FACE_WML;
	bool more = str_eq(request_query(request, "v"), STR("more"));
	bool zone = str_eq(request_query(request, "v"), STR("zone"));
	struct session_list sessions;
	enum err err;

	page_calm(request, OBJ_SESSIONS, request->viewer.uid, 0);
	err = session_list(&request->arena, request->viewer.uid,
	    request->viewer.sid, &sessions);
	if (err != OK)
		return err;
	if (sessions.until_ms != 0) /* the number then changes by itself */
		watch_until(&request->calm, sessions.until_ms);
	view->page = "settings";
	request->has_input = true;
	page_may_wait(request);
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	if (!wml || (!more && !zone))
		fill_often(request, device);
	if (!wml || more)
		fill_rare(request, device);
	if (!wml || zone)
		fill_zones(request);
	if (!wml || !zone)
		fill_views(request, more);
	if (wml && (more || zone))
		return OK;
	if (wml) {
		view_link(view, &view->root, "more", STR("o?v=more"));
		view_link(view, &view->root, "zone", STR("o?v=zone"));
	}
	view_int(view, &view->root, "sessions", (int64_t)sessions.n);
	return OK;
}

static enum err
password_show(struct request *request)
{
	struct view *view = &request->view;

	view->page = "password";
	request->has_input = true;
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	return OK;
}

static enum err
settings_get(struct request *request)
{
	struct str name = request_query(request, "v");

	for (size_t i = 0; i < COUNT(views); i++) {
		if (!str_eq(views[i].name, name))
			continue;
		request->self = str_fmt(&request->arena, "o?v=%.*s",
		    STR_ARGS(name));
		return views[i].not_path && request->viewer.kind == SESSION_PATH ?
		    ERR_COOKIE_ONLY : views[i].show(request);
	}
	return settings_show(request);
}

/* ---- save ---- */

static bool
number_of(const unsigned *numbers, size_t n, struct str s, uint32_t *out)
{
	uint64_t value;

	if (!str_u64(s, &value))
		return false;
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == value) {
			*out = (uint32_t)value;
			return true;
		}
	return false;
}

static bool
zone_of(struct str s, int *out)
{
	bool minus = str_starts(s, STR("-"));
	uint64_t value;

	if (!str_u64(str_from(s, minus), &value) || value > 840)
		return false;
	*out = minus ? -(int)value : (int)value;
	for (size_t i = 0; i < COUNT(odd_zones); i++)
		if (*out == odd_zones[i])
			return true;
	return *out >= -720 && value % 60 == 0;
}

static bool
read_live(struct str name, struct account_prefs *prefs)
{
	struct mode_choice choice;

	if (name.len == 0)
		return true;
	if (!mode_parse(name, &choice))
		return false;
	prefs->set |= PREFS_LIVE;
	prefs->mode = choice.mode;
	prefs->refresh_s = choice.refresh_s;
	return true;
}

/* The fields that were posted; false when one is not of its list. */
static bool
read_fields(const struct request *request, struct account_prefs *prefs)
{
	const struct str *field = request->field;
	size_t i;
	bool ok = true;

	if (field[FIELD_LANG].len != 0) {
		prefs->set |= PREFS_LANG;
		prefs->lang = field[FIELD_LANG];
		ok = word_index(langs, COUNT(langs), prefs->lang) < COUNT(langs);
	}
	if (field[FIELD_ZONE].len != 0) {
		prefs->set |= PREFS_ZONE;
		ok = zone_of(field[FIELD_ZONE], &prefs->zone_minutes) && ok;
	}
	if (field[FIELD_RULE].len != 0) {
		prefs->set |= PREFS_WRITE_RULE;
		i = word_index(rules, COUNT(rules), field[FIELD_RULE]);
		prefs->write_rule = (uint32_t)i;
		ok = i < COUNT(rules) && ok;
	}
	if (field[FIELD_FACE].len != 0) {
		prefs->set |= PREFS_FACE;
		i = word_index(faces, COUNT(faces), field[FIELD_FACE]);
		prefs->face = i == 0 ? 0 : i == 1 ? 1 + FACE_WML : 1 + FACE_HTML;
		ok = i < COUNT(faces) && ok;
	}
	if (field[FIELD_CS].len != 0) {
		prefs->set |= PREFS_CHARSET;
		i = word_index(charsets, COUNT(charsets), field[FIELD_CS]);
		prefs->charset = i == 0 ? STR_NONE : field[FIELD_CS];
		ok = i < COUNT(charsets) && ok;
	}
	if (field[FIELD_ROWS].len != 0) {
		prefs->set |= PREFS_PAGE_SIZE;
		ok = number_of(sizes, COUNT(sizes), field[FIELD_ROWS],
		    &prefs->page_size) && ok;
	}
	return read_live(field[FIELD_LIVE], prefs) && ok;
}

static void
saved(struct request *request)
{
	struct settings *work = request->work;
	enum err err = work->prefs.command.err;

	if (err == OK) {
		request_redirect(request, STR("o?ok=saved"));
		dispatch_finish(request, OK);
		return;
	}
	dispatch_finish(request, request_again(request, settings_show, err));
}

static enum err
save(struct request *request, struct settings *work)
{
	work->prefs = (struct account_prefs){
		.command.run = account_prefs_run,
		.uid = request->viewer.uid,
		.device_class = request->device.class,
	};
	if (!read_fields(request, &work->prefs))
		return request_again(request,
		    str_eq(request->field[FIELD_DO], STR("live")) ? live_show :
		    settings_show, ERR_FIELD_BAD);
	request_command(request, &work->prefs.command, saved);
	return OK;
}

/* ---- sessions and password ---- */

static void
ended(struct request *request)
{
	struct settings *work = request->work;
	enum err err = work->end.command.err;

	if (err == OK) {
		ticket_forget(work->end.uid);
		presence_gone(work->end.uid);
		request->viewer = (struct viewer){ 0 };
		request->reply.cookie = auth_cookie(request, STR_NONE);
		request_redirect(request, STR("./?ok=everywhere"));
	}
	dispatch_finish(request, err);
}

static enum err
end_everywhere(struct request *request, struct settings *work)
{
	work->end = (struct session_end){
		.command.run = session_end_run,
		.uid = request->viewer.uid,
		.hash = request->viewer.hash,
		.all = true,
		.why = SESSION_WHY_SIGNED_OUT,
	};
	request_command(request, &work->end.command, ended);
	return OK;
}

static void
password_done(struct request *request)
{
	struct settings *work = request->work;
	enum err err = work->password.command.err;

	if (err == OK) {
		ticket_forget(work->password.uid);
		request_redirect(request, STR("o?ok=password_changed"));
	}
	dispatch_finish(request, err);
}

static void
password_hashed(struct request *request)
{
	struct settings *work = request->work;

	if (work->job.err != OK) {
		dispatch_finish(request, request_again(request, password_show,
		    work->job.err));
		return;
	}
	work->password = (struct account_password){
		.command.run = account_password_run,
		.uid = request->viewer.uid,
		.password_hash = str_c(work->job.made),
		.keep_sid = request->viewer.sid,
	};
	request_command(request, &work->password.command, password_done);
}

static void
password_checked(struct request *request)
{
	struct settings *work = request->work;

	if (work->job.err != OK) {
		dispatch_finish(request, request_again(request, password_show,
		    work->job.err == ERR_CREDENTIALS ? ERR_PASSWORD_WRONG :
		    work->job.err));
		return;
	}
	work->job.password = request->field[FIELD_NEW];
	work->job.hash = STR_NONE;
	request_password(request, &work->job, password_hashed);
}

static enum err
change_password(struct request *request, struct settings *work)
{
	struct str fresh = request->field[FIELD_NEW];

	if (request->viewer.kind == SESSION_PATH)
		return ERR_COOKIE_ONLY;
	if (request->field_err != OK)
		return request_again(request, password_show, request->field_err);
	if (fresh.len < PASSWORD_MIN || fresh.len > PASSWORD_MAX)
		return request_again(request, password_show,
		    fresh.len < PASSWORD_MIN ? ERR_PASSWORD_SHORT :
		    ERR_PASSWORD_LONG);
	work->job.password = str_head(request->field[FIELD_PASSWORD], PASSWORD_MAX);
	work->job.hash = str_of(request->viewer.user->password);
	request_password(request, &work->job, password_checked);
	return OK;
}

/* ---- which post ---- */

static const struct {
	struct str name;
	enum err (*run)(struct request *request, struct settings *work);
	enum err (*elsewhere)(struct request *request); /* of another file */
} actions[] = {
	{ STR("save"), .run = save },
	{ STR("face"), .run = save },
	{ STR("live"), .run = save },
	{ STR("password"), .run = change_password },
	{ STR("everywhere"), .run = end_everywhere },
	{ STR("end"), .elsewhere = sessions_end },
	{ STR("others"), .elsewhere = sessions_end_others },
	{ STR("places"), .elsewhere = sessions_places },
	{ STR("presence"), .elsewhere = presence_settings_save },
	{ STR("image"), .elsewhere = presence_settings_image },
	{ STR("noimage"), .elsewhere = presence_settings_image },
};

static enum err
settings_post(struct request *request)
{
	struct settings *work = ARENA_NEW(&request->arena, struct settings);

	request->work = work;
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (!str_eq(actions[i].name, request->field[FIELD_DO]))
			continue;
		return actions[i].elsewhere != NULL ?
		    actions[i].elsewhere(request) :
		    actions[i].run(request, work);
	}
	return request_again(request, settings_show, ERR_FIELD_BAD);
}

const struct route routes_settings[] = {
	{ .segment = "o", .page = "settings", .signed_in = true,
	  .form = FORM_GENERAL, .get = settings_get, .post = settings_post },
	{ .segment = NULL },
};
