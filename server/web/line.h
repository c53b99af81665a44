#ifndef WEB_LINE_H
#define WEB_LINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the line to a session was seen to do: does it pass the pieces of a page
 * without end on as they come, or gather them; does it bear a hold, or cut it?
 * In memory only, bounded; a session whose place another took is unknown again.
 */
enum line {
	LINE_UNKNOWN,
	LINE_ASKED,	/* a first piece is out, and with it a question */
	LINE_FLOWS,	/* which was answered before the next piece */
	LINE_GATHERS,	/* or was not */
};

enum line line_get(uint64_t sid);
/* Changes `from` into `to`; false when it is something else by now. */
bool line_change(uint64_t sid, enum line from, enum line to);

/*
 * A hold that is hung up may be a closed window; one that a person mends by the
 * link for it was cut.  Twice so, and the line cuts; one hold that came back in
 * its own time, and it does not.
 */
void line_hung_up(uint64_t sid);
void line_mended(uint64_t sid);
void line_bore(uint64_t sid);
bool line_cuts(uint64_t sid);

#endif
