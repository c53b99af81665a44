#ifndef IM_PREFS_H
#define IM_PREFS_H

#include <stdbool.h>

#include "store/records.pb-c.h"

/*
 * How pages of a kind of client come by news: DevicePrefs.mode is one of these
 * + 1, 0 when nobody has chosen.  Numbers are on disk: only ever added.
 */
enum live_mode {
	LIVE_HELD_REFRESH, /* a page that waits and loads itself again */
	LIVE_HELD_LINK,	   /* a link that is answered when there is news */
	LIVE_STREAM,	   /* a page without end */
	LIVE_TIMED,	   /* loads itself again every refresh_s seconds */
	LIVE_BY_HAND,
	LIVE_MODE_COUNT
};

/*
 * Gives a record of an older schema the meaning of this one, in memory: it is
 * stored so when somebody next changes it.  account_get does it for all readers;
 * a record of this schema stays as it is.  NULL is allowed.
 */
void prefs_upgrade(Rec__Prefs *prefs);

/* Are all values within the bounds that account_prefs_run keeps to?  For records
 * that come from elsewhere. */
bool prefs_within(const Rec__Prefs *prefs);

#endif
