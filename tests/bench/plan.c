/* Reads the options and the plan of load.c, whose top says what they mean. */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
head_read(const char *path)
{
	static char text[2048];
	FILE *in = fopen(path, "r");

	if (in == NULL) {
		perror(path);
		exit(1);
	}
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	return text;
}

void
options_read(int argc, char **argv, struct options *out)
{
	int letter;

	*out = (struct options){ .head = "", .lines = 32, .seconds = 1,
		.warm = 0.3 };
	while ((letter = getopt(argc, argv, "p:P:c:t:u:i:r:n:H:")) != -1)
		switch (letter) {
		case 'p': out->port = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'P': out->pid = (pid_t)strtol(optarg, NULL, 10); break;
		case 'c': out->lines = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'n': out->tasks_max = (unsigned)strtoul(optarg, NULL, 10); break;
		case 't': out->seconds = strtod(optarg, NULL); break;
		case 'u': out->warm = strtod(optarg, NULL); break;
		case 'i': out->idle = strtod(optarg, NULL); break;
		case 'r': out->rate = strtod(optarg, NULL); break;
		case 'H': out->head = head_read(optarg); break;
		default: exit(2);
		}
}

static void
task_add(struct task **tasks, size_t *n, const struct task *task)
{
	/* Room is doubled whenever it is full: at 1024 and its doubles. */
	if (*n == 0 || (*n >= 1024 && (*n & (*n - 1)) == 0))
		*tasks = realloc(*tasks, (*n == 0 ? 1024 : 2 * *n) *
		    sizeof(*task));
	if (*tasks == NULL)
		abort();
	(*tasks)[(*n)++] = *task;
}

void
plan_read(struct plan *out)
{
	struct task task = { 0 };

	*out = (struct plan){ .task_n = 0 };
	while (scanf(" %c %39s %63s %63s", &task.kind, task.token, task.path,
	    task.extra) == 4)
		if (task.kind == 'H')
			task_add(&out->reader, &out->reader_n, &task);
		else
			task_add(&out->task, &out->task_n, &task);
}
