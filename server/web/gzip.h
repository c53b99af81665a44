#ifndef WEB_GZIP_H
#define WEB_GZIP_H

#include "base/str.h"

/* Packs `*body` (gzip, RFC 1952) into the arena; false, and nothing changed, if
 * that would not make it shorter.  The packer belongs to the calling thread
 * and ends with it. */
bool gzip_pack(struct arena *arena, struct str *body);

#endif
