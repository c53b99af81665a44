#ifndef CTL_CONTROL_H
#define CTL_CONTROL_H

#include "base/conf.h"

/*
 * The control socket of the running server, DIR/control, for its owner only.
 * `conf` is borrowed until control_stop.
 */
enum err control_start(const struct conf *conf) MUST_USE;
/* The first thing at stop: no new commands, waits for those that run. */
void control_stop(void);
/* Has it been called?  For commands that take long. */
bool control_stopping(void);
/* The last thing at stop: tells those who asked for it. */
void control_done(void);

#endif
