#ifndef TEXT_WMLSIZE_H
#define TEXT_WMLSIZE_H

#include "base/str.h"

/*
 * Size in bytes of a WML 1.1 deck after a gateway compiled it to WBXML
 * (WAP-192-WBXML, WAP-191-WML token tables), counted without a string table,
 * which bounds Kannel's and libwbxml's results from above (a test compares).
 * `deck` is our own well-formed output in UTF-8.  Unknown tags count as
 * literals.
 */
size_t wmlsize(struct str deck);

#endif
