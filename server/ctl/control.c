/*
 * The control socket: one thread accepts, one more per connection runs its
 * single command, so that a long backup does not hide the status.
 *
 * `state` is behind its lock.  Connections are counted; control_stop wakes
 * those that still read (the eventfd stays readable from then on) and waits
 * until none is left.  Who asks for a stop keeps the connection open: "ok" is
 * written when everything is on disk, and the end of the process closes it.
 */
#include "ctl/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ctl/command.h"
#include "ctl/socket.h"

#define CONNECTIONS_MAX 8
#define PATIENCE_MS 10000 /* for the request line */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t left;
	const struct conf *conf;
	struct control_place place;
	int listen_fd, stop_fd;
	pthread_t thread;
	unsigned connections;
	int waiting[CONNECTIONS_MAX]; /* who asked for a stop */
	unsigned n_waiting;
} state = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.left = PTHREAD_COND_INITIALIZER,
};

/* Waits for bytes or the stop; false: stop, or nobody writes. */
static bool
readable(int fd, int patience_ms)
{
	struct pollfd polls[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = state.stop_fd, .events = POLLIN },
	};
	int n;

	do
		n = poll(polls, 2, patience_ms);
	while (n < 0 && errno == EINTR);
	return n > 0 && polls[1].revents == 0;
}

bool
control_stopping(void)
{
	struct pollfd stop = { .fd = state.stop_fd, .events = POLLIN };

	return poll(&stop, 1, 0) > 0;
}

/* The line without its end; false when none comes. */
static bool
line_read(int fd, char *line, struct str *out)
{
	size_t len = 0;

	while (len < COMMAND_LINE_MAX && readable(fd, PATIENCE_MS)) {
		ssize_t n = read(fd, line + len, COMMAND_LINE_MAX - len);
		char *end;

		if (n <= 0)
			return false;
		end = memchr(line + len, '\n', (size_t)n);
		len += (size_t)n;
		if (end == NULL)
			continue;
		*out = (struct str){ line, (size_t)(end - line) };
		return true;
	}
	return false;
}

static bool
wait_for_stop(int fd)
{
	bool kept;

	pthread_mutex_lock(&state.lock);
	kept = state.n_waiting < CONNECTIONS_MAX;
	if (kept)
		state.waiting[state.n_waiting++] = fd;
	pthread_mutex_unlock(&state.lock);
	kill(getpid(), SIGTERM);
	return kept;
}

/* One command; false when the connection stays open. */
static bool
converse(struct arena *arena, int fd)
{
	struct sbuf out;
	struct call call = { .conf = state.conf, .arena = arena, .out = &out };
	struct str line;
	enum err err;

	if (!line_read(fd, arena_raw(arena, COMMAND_LINE_MAX), &line))
		return true;
	sbuf_init(&out, arena, 0);
	err = command_run(&call, line);
	if (err == OK && call.stop)
		return !wait_for_stop(fd);
	if (err != OK)
		control_send(fd, str_fmt(arena, "error: %.*s\n",
		    STR_ARGS(call.why)));
	else if (control_send(fd, STR("ok\n")))
		control_send(fd, sbuf_str(&out));
	return true;
}

static void
connection_left(void)
{
	pthread_mutex_lock(&state.lock);
	state.connections--;
	pthread_cond_signal(&state.left);
	pthread_mutex_unlock(&state.lock);
}

static void *
connection_main(void *arg)
{
	int fd = (int)(intptr_t)arg;
	struct arena arena;

	arena_init(&arena, 0);
	if (converse(&arena, fd))
		close(fd);
	arena_fini(&arena);
	connection_left();
	return NULL;
}

static bool
connection_start(int fd)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool room;

	pthread_mutex_lock(&state.lock);
	room = state.connections < CONNECTIONS_MAX;
	state.connections += room;
	pthread_mutex_unlock(&state.lock);
	if (!room)
		return false;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	room = pthread_create(&thread, &attr, connection_main,
	    (void *)(intptr_t)fd) == 0;
	pthread_attr_destroy(&attr);
	if (!room)
		connection_left();
	return room;
}

static void *
accept_main(void *arg)
{
	(void)arg;
	while (readable(state.listen_fd, -1)) {
		int fd = accept4(state.listen_fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 || connection_start(fd))
			continue;
		control_send(fd, STR("error: too many commands at once\n"));
		close(fd);
	}
	return NULL;
}

static bool
listen_open(const char *dir)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	state.listen_fd = fd;
	if (fd < 0 || !control_place_open(&state.place, dir))
		return false;
	/* The lock on the directory is ours, so a socket there is a dead one. */
	unlink(state.place.address.sun_path);
	return fchmod(fd, 0600) == 0 &&
	    bind(fd, (struct sockaddr *)&state.place.address,
	    sizeof(state.place.address)) == 0 && listen(fd, 16) == 0;
}

enum err
control_start(const struct conf *conf)
{
	state.conf = conf;
	state.place.dir_fd = -1;
	state.stop_fd = eventfd(0, EFD_CLOEXEC);
	if (state.stop_fd >= 0 && listen_open(conf->dir.p) &&
	    pthread_create(&state.thread, NULL, accept_main, NULL) == 0)
		return OK;
	log_error("%s/control: %s", conf->dir.p, strerror(errno));
	if (state.listen_fd >= 0)
		close(state.listen_fd);
	if (state.stop_fd >= 0)
		close(state.stop_fd);
	control_place_close(&state.place);
	return ERR_INTERNAL;
}

void
control_stop(void)
{
	eventfd_write(state.stop_fd, 1);
	pthread_join(state.thread, NULL);
	pthread_mutex_lock(&state.lock);
	while (state.connections != 0)
		pthread_cond_wait(&state.left, &state.lock);
	pthread_mutex_unlock(&state.lock);
	unlink(state.place.address.sun_path);
	close(state.listen_fd);
	close(state.stop_fd);
	control_place_close(&state.place);
}

void
control_done(void)
{
	for (unsigned i = 0; i < state.n_waiting; i++)
		control_send(state.waiting[i], STR("ok\n"));
}
