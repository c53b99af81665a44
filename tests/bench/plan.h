#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include <stddef.h>
#include <sys/types.h>

/* What the load generator is to do: its options and the plan on stdin. */

struct task {
	char kind, token[40], path[64], extra[64];
	unsigned turn;		/* of A */
};

struct options {
	const char *head;	/* header lines that every request has */
	pid_t pid;		/* whose CPU is counted */
	unsigned port, lines, tasks_max;
	double seconds, warm, idle, rate;
};

struct plan {
	struct task *task;	/* shared by all lines, in turn */
	size_t task_n;
	struct task *reader;	/* each with a line of its own */
	size_t reader_n;
};

/* Both end the program when they do not understand what they read. */
void options_read(int argc, char **argv, struct options *out);
void plan_read(struct plan *out);

#endif
