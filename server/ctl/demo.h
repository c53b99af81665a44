#ifndef CTL_DEMO_H
#define CTL_DEMO_H

#include "base/conf.h"
#include "base/tree.h"

/*
 * The example community of `zhitiao demo`: a temporary directory, filled from
 * data/demo.hdf by the same commands that people's requests become.
 */
struct demo {
	const struct tree *data; /* in the arena of the configuration */
	int64_t back_ms;	 /* how far the clock was set back */
};

/* Reads the data, makes the directory, points conf->dir to it and sets the
 * clock back to where the story begins: before anything has read it.  Says why
 * not. */
enum err demo_open(struct conf *conf, struct demo *demo) MUST_USE;
/* After committer_start: the story happens and the clock arrives at now. */
enum err demo_load(struct demo *demo) MUST_USE;
/* After the line that says that the server listens: whom to be, and how. */
void demo_say(const struct conf *conf, const struct demo *demo, const char *url);
/* Removes the directory with all that is in it. */
void demo_close(const struct conf *conf);

#endif
