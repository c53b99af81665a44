#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include "base/conf.h"

/*
 * The command line's side of the control socket: sends `verb` and `args` (ended
 * by NULL, as main has them) to the server of conf->dir and prints its answer.
 * They return the exit status.
 */
int client_run(struct conf *conf, const char *verb, char **args);
/* With a password from standard input behind the arguments; empty when that is
 * a terminal or has nothing: then the server makes one. */
int client_run_password(struct conf *conf, const char *verb, char **args);
/* With the only argument, a path, made absolute. */
int client_run_path(struct conf *conf, const char *verb, char **args);
/* With each of the paths in turn, its name before its answer, until one fails. */
int client_run_paths(struct conf *conf, const char *verb, char **args);

#endif
