#ifndef WEB_TEMPLATE_H
#define WEB_TEMPLATE_H

#include <ClearSilver.h>

#include "base/str.h"

/*
 * The calling thread's parsed template for a page, with the catalogue of
 * `lang` as its global data set; borrowed until the thread's next call.
 * NULL (logged): no such template.  Only view.c calls these.
 */
CSPARSE *template_get(bool wml, const char *page, struct str lang);

/* Logs and frees an engine error. */
void template_log(NEOERR *err, const char *what);

#endif
