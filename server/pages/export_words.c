/*
 * What the JSON export calls the numbers of records: written by export_json.c,
 * read by ctl/importjson.c.  They are part of the format, not of a language.
 */
#include "pages/export.h"

#include "im/account.h"
#include "im/prefs.h"
#include "web/device.h"

#define WORDS(list) { list, sizeof(list) / sizeof((list)[0]) }

static const struct str states[] = {
	[REC__FRIEND__STATE__FRIEND] = { "friend", 6 },
	[REC__FRIEND__STATE__ASKED] = { "asked", 5 },
	[REC__FRIEND__STATE__ASKED_ME] = { "asked_me", 8 },
	[REC__FRIEND__STATE__BLOCKED] = { "blocked", 7 },
};
static const struct str rules[] = { { "everyone", 8 }, { "friends", 7 } };
static const struct str places[] = {
	[PLACES_MANY] = { "many", 4 },
	[PLACES_NEWEST] = { "newest", 6 },
	[PLACES_ASK] = { "ask", 3 },
};
/* These two are + 1 in records: 0 is no choice. */
static const struct str modes[] = {
	[1 + LIVE_HELD_REFRESH] = { "held", 4 },
	[1 + LIVE_HELD_LINK] = { "link", 4 },
	[1 + LIVE_STREAM] = { "stream", 6 },
	[1 + LIVE_TIMED] = { "timed", 5 },
	[1 + LIVE_BY_HAND] = { "hand", 4 },
};
static const struct str faces[] = {
	[1 + FACE_WML] = { "wml", 3 },
	[1 + FACE_XHTML] = { "xhtml", 5 },
	[1 + FACE_HTML] = { "html", 4 },
};
static const struct str classes[] = {
	[DEVICE_WML] = { "wml", 3 },
	[DEVICE_XHTML] = { "xhtml", 5 },
	[DEVICE_TEXT] = { "text", 4 },
	[DEVICE_HTML] = { "html", 4 },
};

const struct export_words export_states = WORDS(states),
    export_rules = WORDS(rules), export_places = WORDS(places),
    export_modes = WORDS(modes), export_faces = WORDS(faces),
    export_classes = WORDS(classes);

struct str
export_word(const struct export_words *words, uint32_t number)
{
	return number < words->n ? words->word[number] : STR_NONE;
}

bool
export_number(const struct export_words *words, struct str word, uint32_t *out)
{
	for (size_t i = 0; i < words->n; i++) {
		if (words->word[i].len == 0 || !str_eq(words->word[i], word))
			continue;
		*out = (uint32_t)i;
		return true;
	}
	return false;
}
