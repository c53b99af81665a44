#ifndef WEB_CROWD_H
#define WEB_CROWD_H

#include "base/conf.h"

/* Lowers conf->connections to what the descriptors allow. */
void crowd_limit(struct conf *conf);
/* Before the daemon starts: how many connections there may be. */
void crowd_start(unsigned connections);
/* A connection has come or gone.  Any thread. */
void crowd_come(void);
void crowd_gone(void);
unsigned crowd_size(void); /* open now */
#endif
