#ifndef WEB_LINE_H
#define WEB_LINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the line to a session was seen to do with a page without end: does it
 * pass its pieces on as they come, or gather them?  In memory only, bounded; a
 * place that another session took is unknown again.
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

#endif
