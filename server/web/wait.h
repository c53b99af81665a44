#ifndef WEB_WAIT_H
#define WEB_WAIT_H

#include "web/request.h"

/* http.c's view of request_command and request_password (web/request.h). */

void wait_refuse(void);	   /* from here on nobody waits: the server stops */
void wait_over(void);	   /* one has gone on, or is gone */
unsigned wait_count(void); /* suspended now */

#endif
