/*
 * Own presence: as what I am shown, my own line, who may see them, and the image
 * that shows it on other sites.  All of it stays until it is changed here.
 */
#include "pages/pages.h"

#include "web/badgeid.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct str states[SHOWING_MODES] = {
	[SHOWING_AUTO] = STR("auto"),
	[SHOWING_AWAY] = STR("away"),
	[SHOWING_BUSY] = STR("busy"),
	[SHOWING_PHONE] = STR("phone"),
	[SHOWING_INVISIBLE] = STR("invisible"),
};
static const struct str sees[SHOWING_RULES] = {
	[SHOWING_FRIENDS] = STR("friends"),
	[SHOWING_TALKS] = STR("talks"),
	[SHOWING_NOBODY] = STR("nobody"),
};

/* ---- the page ---- */

/* The image's address, without its ending, and lines for other sites to copy.
 * Names of users hold nothing that would end an attribute. */
static void
fill_image(struct request *request, uint32_t generation)
{
	struct view *view = &request->view;
	struct arena *arena = &request->arena;
	struct str origins = http_conf->origins, path, url;

	if (generation % 2 == 0)
		return;
	path = str_fmt(arena, "/p/%.*s", STR_ARGS(badgeid_make(arena,
	    request->viewer.uid, generation)));
	url = request->host.len == 0 ? str_split(&origins, ' ') :
	    str_fmt(arena, "%s://%.*s", request->tls ? "https" : "http",
	    STR_ARGS(request->host));
	url = str_fmt(arena, "%.*s%.*s.gif", STR_ARGS(url), STR_ARGS(path));
	view_link(view, &view->root, "image", path);
	view_text(view, &view->root, "image_url", url);
	view_text(view, &view->root, "image_html", str_fmt(arena,
	    "<img src=\"%.*s\" alt=\"%.*s\" width=\"16\" height=\"16\">",
	    STR_ARGS(url), STR_ARGS(str_of(request->viewer.user->name))));
	view_text(view, &view->root, "image_forum", str_fmt(arena,
	    "[img]%.*s[/img]", STR_ARGS(url)));
}

/* What was posted, where that could not be stored; else what is in force. */
static size_t
chosen(const struct request *request, enum field_name field,
    const struct str *words, size_t n, size_t stored)
{
	for (size_t i = 0; request->err != OK && i < n; i++)
		if (str_eq(words[i], request->field[field]))
			return i;
	return stored;
}

static void
fill_form(struct request *request, const struct showing *showing)
{
	struct view *view = &request->view;
	bool again = request->err != OK &&
	    str_eq(request->field[FIELD_DO], STR("presence"));

	list_words(view, view_list(view, &view->root, "states"),
	    states, COUNT(states), chosen(request, FIELD_STATE, states,
	    COUNT(states), showing->mode));
	list_words(view, view_list(view, &view->root, "sees"),
	    sees, COUNT(sees), chosen(request, FIELD_SEE, sees, COUNT(sees),
	    showing->rule));
	view_text(view, &view->root, "status", again ?
	    request->field[FIELD_STATUS] :
	    str_of(request->viewer.user->status));
}

/* One page; in WML two, since a long line of one's own fills a deck. */
enum err
presence_settings_show(struct request *request)
{
	struct view *view = &request->view;
	bool wml = request->key.face == FACE_WML;
	bool second = request_query_u64(request, "p", 1) == 2;
	struct showing showing;
	enum err err;

	view->page = "presence";
	request->has_input = true;
	page_watch(request, OBJ_SHOWING, request->viewer.uid, 0);
	err = showing_get(&request->arena, request->viewer.uid, &showing);
	if (err != OK)
		return err;
	view_text(view, &view->root, "key",
	    formkey_make(request, FORM_GENERAL, 0, 0));
	if (!wml || !second)
		fill_form(request, &showing);
	if (!wml || second)
		fill_image(request, showing.image);
	if (wml && !second)
		view_link(view, &view->root, "more", STR("o?v=presence&p=2"));
	return OK;
}

/* ---- changes ---- */

static void
saved(struct request *request)
{
	struct showing_set *set = request->work;
	enum err err = set->command.err;

	if (err != OK) {
		dispatch_finish(request, request_again(request,
		    presence_settings_show, err));
		return;
	}
	request_redirect(request, set->set == SHOW_IMAGE ?
	    STR("o?v=presence&p=2&ok=saved") : STR("o?v=presence&ok=saved"));
	dispatch_finish(request, OK);
}

static enum err
change(struct request *request, struct showing_set *set)
{
	set->command.run = showing_set_run;
	set->uid = request->viewer.uid;
	request->work = set;
	request_command(request, &set->command, saved);
	return OK;
}

/* A word of its list, or none: then that stays.  False: something else. */
static bool
take_word(struct str field, const struct str *words, size_t n, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], field)) {
			*out = (uint32_t)i;
			return true;
		}
	return field.len == 0;
}

enum err
presence_settings_save(struct request *request)
{
	struct showing_set *set = ARENA_NEW(&request->arena, struct showing_set);
	const struct str *field = request->field;

	if (request->field_err != OK)
		return request_again(request, presence_settings_show,
		    request->field_err);
	if (!take_word(field[FIELD_STATE], states, COUNT(states), &set->mode) ||
	    !take_word(field[FIELD_SEE], sees, COUNT(sees), &set->rule))
		return request_again(request, presence_settings_show,
		    ERR_FIELD_BAD);
	set->set = SHOW_STATUS | (field[FIELD_STATE].len != 0 ? SHOW_MODE : 0) |
	    (field[FIELD_SEE].len != 0 ? SHOW_RULE : 0);
	set->status = field[FIELD_STATUS];
	return change(request, set);
}

enum err
presence_settings_image(struct request *request)
{
	struct showing_set *set = ARENA_NEW(&request->arena, struct showing_set);

	set->set = SHOW_IMAGE;
	set->image = str_eq(request->field[FIELD_DO], STR("image"));
	return change(request, set);
}
