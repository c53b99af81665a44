#ifndef WEB_JSON_H
#define WEB_JSON_H

#include "base/str.h"

/* `s` (UTF-8) as a string of JSON with its quotes, by RFC 8259; < > & are
 * escaped as well. */
void json_string(struct sbuf *out, struct str s);

#endif
