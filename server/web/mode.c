/*
 * The modes in which pages come by news, and which of them a request gets.
 *
 * A choice is never an error: what the client at hand cannot do becomes the
 * next best thing it can, for this page, and stays chosen.
 */
#include "web/mode.h"

#include "web/line.h"

#define CUT_S 15 /* seconds between refreshes where the line cuts holds */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	struct str name;
	struct mode_choice choice;
} choices[] = {
	{ STR("auto"), { 0, 0 } },
	{ STR("held"), { 1 + LIVE_HELD_REFRESH, 0 } },
	{ STR("stream"), { 1 + LIVE_STREAM, 0 } },
	{ STR("link"), { 1 + LIVE_HELD_LINK, 0 } },
	{ STR("15"), { 1 + LIVE_TIMED, 15 } },
	{ STR("30"), { 1 + LIVE_TIMED, 30 } },
	{ STR("60"), { 1 + LIVE_TIMED, 60 } },
	{ STR("120"), { 1 + LIVE_TIMED, 120 } },
	{ STR("hand"), { 1 + LIVE_BY_HAND, 0 } },
};

bool
mode_parse(struct str name, struct mode_choice *out)
{
	for (size_t i = 0; i < COUNT(choices); i++)
		if (str_eq(choices[i].name, name)) {
			*out = choices[i].choice;
			return true;
		}
	return false;
}

static bool
can(const struct device *device, const struct mode_choice *choice)
{
	switch (choice->mode) {
	case 1 + LIVE_HELD_REFRESH:
		return device->live.refreshes;
	case 1 + LIVE_STREAM:
		return device->live.streams;
	case 1 + LIVE_TIMED:
		return device->live.refreshes || device->class == DEVICE_WML;
	default:
		return true;
	}
}

bool
mode_list(const struct device *device, unsigned i, struct str *name,
    struct mode_choice *out)
{
	for (size_t k = 0; k < COUNT(choices); k++) {
		if (!can(device, &choices[k].choice) || i-- != 0)
			continue;
		*name = choices[k].name;
		*out = choices[k].choice;
		return true;
	}
	return false;
}

bool
mode_is_log(const struct request *request)
{
	return request->key.face == FACE_HTML &&
	    (str_eq(request_query(request, "v"), STR("log")) ||
	    str_eq(request_query(request, "v"), STR("stream")));
}

bool
mode_by_itself(const struct request *request)
{
	return request_query(request, "w").len != 0 || mode_is_log(request) ||
	    request_query(request, MODE_BY_ITSELF).len != 0;
}

struct str
mode_switched(const struct request *request)
{
	struct str name = request_query(request, "live");
	struct mode_choice choice;

	return mode_parse(name, &choice) && choice.mode != 0 ? name : STR_NONE;
}

/* The person's choice for this kind of client, or what the program does best. */
static struct mode_choice
chosen(const struct request *request, const Rec__DevicePrefs *prefs)
{
	struct mode_choice choice;

	if (mode_parse(mode_switched(request), &choice))
		return choice;
	if (prefs != NULL && prefs->mode != 0 && prefs->mode <= LIVE_MODE_COUNT)
		return (struct mode_choice){ prefs->mode, prefs->refresh_s };
	return (struct mode_choice){ 1 + request->device.live.mode, 0 };
}

/* What this program, face and protocol make of a wish. */
static enum live_mode
possible(const struct request *request, enum live_mode wish)
{
	const struct device_live *live = &request->device.live;
	bool waits = wish == LIVE_HELD_REFRESH || wish == LIVE_STREAM;

	if (request->key.face == FACE_JSON)
		return LIVE_HELD_LINK;
	/* A phone's timer never leads into a hold: gateways give up first. */
	if (waits && (request->key.face == FACE_WML || !live->refreshes))
		return LIVE_HELD_LINK;
	if (wish == LIVE_STREAM && (!live->streams || request->http10))
		return LIVE_HELD_REFRESH;
	return wish;
}

/* What the line makes of it: pieces that are gathered become held pages, holds
 * that are cut timed ones. */
static enum live_mode
borne(const struct request *request, enum live_mode mode)
{
	uint64_t sid = request->viewer.sid;

	if ((mode == LIVE_HELD_REFRESH || mode == LIVE_STREAM) && line_cuts(sid))
		return LIVE_TIMED;
	if (mode == LIVE_STREAM && line_get(sid) == LINE_GATHERS)
		return LIVE_HELD_REFRESH;
	return mode;
}

void
mode_set(struct request *request, const Rec__DevicePrefs *prefs)
{
	struct mode_choice choice = chosen(request, prefs);
	struct view_key *key = &request->key;

	key->mode = borne(request, possible(request, choice.mode - 1));
	key->refresh_s = 0;
	if (key->mode == LIVE_TIMED)
		key->refresh_s = choice.refresh_s != 0 ? choice.refresh_s : CUT_S;
	key->frames = request->device.live.frames && key->face == FACE_HTML &&
	    key->mode != LIVE_HELD_LINK && key->mode != LIVE_BY_HAND;
}
