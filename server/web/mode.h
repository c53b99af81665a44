#ifndef WEB_MODE_H
#define WEB_MODE_H

#include "web/request.h"

/*
 * How pages come by news: the choice of a client's owner, or what its program
 * does best (struct device_live), bounded by what this request can take.
 * doc/live.md has the table of modes.
 */

/* Sets key.mode, refresh_s and frames, once key.face is known; `prefs` are
 * those of this kind of client, or NULL. */
void mode_set(struct request *request, const Rec__DevicePrefs *prefs);

/*
 * A mode as it is written in links (?live=) and forms: "auto" "held" "stream"
 * "link" "hand", or the seconds of a timed one: "15".
 */
struct mode_choice {
	uint32_t mode;		/* enum live_mode + 1; 0: auto */
	uint32_t refresh_s;
};
bool mode_parse(struct str name, struct mode_choice *out);
/* The i-th of those this client can have; false behind the last. */
bool mode_list(const struct device *device, unsigned i, struct str *name,
    struct mode_choice *out);

/* The mode that this page is switched to for once (?live=); or empty. */
struct str mode_switched(const struct request *request);

/* Is the page being made the part that moves, in a frame of its own? */
bool mode_is_log(const struct request *request);

/* Does its client fetch this by itself, whether or not somebody is there?  A
 * hold, what moves in a frame, or the address that a page refreshes itself to,
 * which says so in its query. */
#define MODE_BY_ITSELF "y"
bool mode_by_itself(const struct request *request);

#endif
