/* Asking the running server: one line out, the answer to standard output. */
#include "ctl/client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/command.h"
#include "ctl/socket.h"
#include "im/account.h"

#define ANSWER_MAX (1u << 20)

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "zhitiao: %s: %s\n", what, why);
	return 1;
}

/* A connected socket, or -1 and said why. */
static int
client_open(const char *dir)
{
	struct control_place place;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (control_place_open(&place, dir) && fd >= 0 &&
	    connect(fd, (struct sockaddr *)&place.address,
	    sizeof(place.address)) == 0) {
		control_place_close(&place);
		return fd;
	}
	fail(dir, errno == ENOENT || errno == ECONNREFUSED ?
	    "no server is running on this database" : strerror(errno));
	control_place_close(&place);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* All that comes until the other side closes. */
static struct str
answer_read(struct arena *arena, int fd)
{
	struct sbuf answer;
	char part[4096];
	ssize_t n;

	sbuf_init(&answer, arena, ANSWER_MAX);
	while ((n = read(fd, part, sizeof(part))) > 0)
		sbuf_add(&answer, (struct str){ part, (size_t)n });
	return sbuf_str(&answer);
}

static int
answer_print(struct str answer)
{
	struct str first = str_split(&answer, '\n');

	if (str_eq(first, STR("ok"))) {
		fwrite(answer.p != NULL ? answer.p : "", 1, answer.len, stdout);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (str_starts(first, STR("error: ")))
		fprintf(stderr, "zhitiao: %.*s\n", STR_ARGS(str_from(first, 7)));
	else
		fprintf(stderr, "zhitiao: the server ended without an answer\n");
	return 1;
}

static int
client_send(const struct conf *conf, struct arena *arena, struct str line)
{
	int fd, status;

	if (line.p == NULL || line.len > COMMAND_LINE_MAX)
		return fail("command", "too long");
	if (memchr(line.p, '\n', line.len) != line.p + line.len - 1)
		return fail("command", "has a line break in it");
	fd = client_open(conf->dir.p);
	if (fd < 0)
		return 1;
	control_send(fd, line);
	status = answer_print(answer_read(arena, fd));
	close(fd);
	return status;
}

/* The first line of standard input; of one longer than any password so much
 * that the server refuses it. */
static struct str
password_read(struct arena *arena)
{
	struct sbuf text;
	char c;

	sbuf_init(&text, arena, 0);
	if (isatty(STDIN_FILENO))
		return STR_NONE;
	while (text.len <= 2 * PASSWORD_MAX && read(STDIN_FILENO, &c, 1) == 1 &&
	    c != '\n')
		sbuf_byte(&text, c);
	return sbuf_str(&text);
}

static int
run(const struct conf *conf, const char *verb, char *const *args, bool password)
{
	struct arena arena;
	struct sbuf line;
	int status;

	for (size_t i = 0; password && args[i] != NULL; i++)
		if (strchr(args[i], '\t') != NULL)
			return fail("name", "has a tab in it");
	arena_init(&arena, 0);
	sbuf_init(&line, &arena, 0);
	sbuf_add(&line, str_c(verb));
	for (size_t i = 0; args[i] != NULL; i++) {
		sbuf_byte(&line, '\t');
		sbuf_add(&line, str_c(args[i]));
	}
	if (password) {
		sbuf_byte(&line, '\t');
		sbuf_add(&line, password_read(&arena));
	}
	sbuf_byte(&line, '\n');
	status = client_send(conf, &arena, sbuf_str(&line));
	arena_fini(&arena);
	return status;
}

int
client_run(struct conf *conf, const char *verb, char **args)
{
	return run(conf, verb, args, false);
}

int
client_run_password(struct conf *conf, const char *verb, char **args)
{
	return run(conf, verb, args, true);
}

int
client_run_path(struct conf *conf, const char *verb, char **args)
{
	char here[4096] = "", whole[COMMAND_LINE_MAX];
	char *absolute[] = { whole, NULL };

	if (args[0][0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return fail("current directory", strerror(errno));
	snprintf(whole, sizeof(whole), "%s%s%s", here,
	    args[0][0] == '/' ? "" : "/", args[0]);
	return run(conf, verb, absolute, false);
}

int
client_run_paths(struct conf *conf, const char *verb, char **args)
{
	int status = 0;

	for (; status == 0 && *args != NULL; args++) {
		printf("%s\n", *args);
		fflush(stdout);
		status = client_run_path(conf, verb, args);
	}
	return status;
}
