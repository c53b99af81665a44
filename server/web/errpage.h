#ifndef WEB_ERRPAGE_H
#define WEB_ERRPAGE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* HTTP status of an error; `wap`: for the WML face, one that WSP has a byte for. */
int errpage_status(enum err err, bool wap);
/* Its catalogue key below T.error. */
struct str errpage_key(enum err err);

#endif
