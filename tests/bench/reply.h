#ifndef BENCH_REPLY_H
#define BENCH_REPLY_H

#include <stdbool.h>
#include <stddef.h>

/* What the load generator reads from replies. */

struct reply {
	unsigned status;
	size_t head, whole;	/* bytes: head, and head with body */
	bool closes;		/* the connection ends with it */
};

/* Is a whole reply in these bytes?  text[len] must be writable. */
bool reply_read(char *text, size_t len, struct reply *out);
/* Where the page's next wait is, by its link or its refresh, without "&amp;". */
bool reply_wait(const char *body, size_t len, char path[128]);

#endif
