#ifndef TEXT_QLIST_H
#define TEXT_QLIST_H

#include "base/str.h"

/*
 * Header lists with weights (RFC 9110 12.4.2), as Accept, Accept-Charset,
 * Accept-Language and Accept-Encoding have them.  Lenient as handsets need
 * it: capital Q, spaces anywhere, other parameters skipped; a weight that is
 * no number counts as 1, one over 1 as 1.
 */
struct qitem {
	struct str token; /* before the first ';', trimmed, never empty */
	unsigned q;	  /* thousandths, 0..1000 */
};

/* Takes the next element off `*rest`, passing over empty ones; false at the
 * end.  The token is borrowed from the header. */
bool qlist_next(struct str *rest, struct qitem *out);

#endif
