#ifndef WEB_PWPOOL_H
#define WEB_PWPOOL_H

#include "web/request.h"

/* The threads that hash passwords, so that serving threads never do. */
enum err pwpool_start(unsigned threads) MUST_USE;
void pwpool_stop(void); /* finishes what is queued */
/* ERR_BUSY when 128 wait already.  When done, resumes the job's request. */
enum err pwpool_submit(struct pwjob *job) MUST_USE;

/* A hash that no password fits: unknown names cost as much as wrong passwords. */
struct str pwpool_dummy(void);

#endif
