#ifndef WEB_STATIC_H
#define WEB_STATIC_H

#include "web/request.h"

/* Loads html/style.css and icons into memory; their names carry a hash of
 * their content, so that clients keep them for a year. */
enum err static_start(struct str share) MUST_USE;
void static_stop(void);
/* "/-/style.1a2b3c4d.css" */
struct str static_css(void);
/* Answers "-/…" paths; ERR_NOT_FOUND. */
enum err static_get(struct request *request);

#endif
