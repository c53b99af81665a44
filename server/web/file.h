#ifndef WEB_FILE_H
#define WEB_FILE_H

#include "base/err.h"
#include "base/str.h"

/* A whole file that is shipped with the server, malloc'd, with a NUL behind.
 * ERR_INTERNAL (logged). */
enum err file_read(const char *path, struct str *out) MUST_USE;

#endif
