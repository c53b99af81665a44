#ifndef WEB_ERRPAGE_H
#define WEB_ERRPAGE_H

#include "base/err.h"
#include "base/str.h"

/* HTTP status of an error. */
int errpage_status(enum err err);
/* Its catalogue key below T.error. */
struct str errpage_key(enum err err);

#endif
