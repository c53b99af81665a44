#ifndef TEXT_WMLSIZE_H
#define TEXT_WMLSIZE_H

#include "base/str.h"

/*
 * Size in bytes of a WML 1.1 deck after a gateway compiled it to WBXML
 * (WAP-192-WBXML, WAP-191-WML token tables): a bound from above of what
 * Kannel and libwbxml make (tests compare).  What a string table saves is not
 * counted, what Kannel wastes on one is.  `deck` is our own well-formed output
 * in UTF-8; other bytes give some number.  Unknown tags count as literals.
 */
size_t wmlsize(struct str deck);

#endif
