#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/conf.h"

/*
 * What an operator can ask of the running server.  A request is one line: the
 * verb and its arguments with a tab between, of which the last may be anything
 * but a line break.  The reply is "ok" or "error: SENTENCE" on a line of its
 * own, then lines of text.
 */
#define COMMAND_LINE_MAX 8192

struct call {
	const struct conf *conf;
	struct arena *arena;
	struct str arg[2];
	struct sbuf *out;  /* lines of text behind the "ok" */
	struct str why;	   /* when not OK: a sentence, or empty */
	bool stop;	   /* out: the server is to stop; "ok" is sent when it has */
};

/* Runs the command of `line`, which has no line break; any thread but the
 * committer.  `call->why` is filled whenever the result is not OK. */
enum err command_run(struct call *call, struct str line) MUST_USE;

#endif
