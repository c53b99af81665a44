/*
 * The command line, and the order in which the server starts and stops.
 *
 * All signals that matter are blocked before the first thread is made and taken
 * by main alone: TERM and INT stop, HUP reads templates and catalogues anew.
 * Once a minute main has the soft state written and memory given back.  Starting
 * goes down the table `starts`; stopping goes down the table `stops`, which is
 * not its mirror: no new requests, then what is queued, then the held, then the
 * threads.
 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "ctl/client.h"
#include "ctl/control.h"
#include "ctl/demo.h"
#include "ctl/offline.h"
#include "im/soft.h"
#include "live/hold.h"
#include "live/known.h"
#include "live/presence.h"
#include "live/roster.h"
#include "live/talks.h"
#include "store/committer.h"
#include "web/web.h"

#define SOFT_FLUSH_MS 60000
#define WAKES_PER_TICK 128
#define WAKES_AT_WORK 64 /* 8 workers: more than two cores answer in a tick */

struct server {
	struct conf *conf;
	struct demo *demo; /* NULL: an ordinary server */
};

/* ---- start ---- */

enum stage { NOTHING, STORE, SOFT, HOLD, PRESENCE, COMMITTER, STORY, WEB, CONTROL };

static enum err
start_store(const struct server *server)
{
	const struct store_config config = {
		.dir = server->conf->dir.p,
		.cache_bytes = (uint64_t)server->conf->cache_mb << 20,
		.checkpoint_kb = server->conf->checkpoint_kb,
		.queue_max = server->conf->queue,
		.queue_user_max = server->conf->queue_user,
	};

	secret_init();
	return store_open(&config);
}

static enum err
start_soft(const struct server *server)
{
	(void)server;
	soft_init();
	return OK;
}

static enum err
start_hold(const struct server *server)
{
	const struct hold_config config = {
		.max = server->conf->holds,
		.wakes_per_tick = WAKES_PER_TICK,
		.at_work = WAKES_AT_WORK,
		.workers = server->conf->threads,
	};

	return hold_start(&config);
}

static enum err
start_presence(const struct server *server)
{
	(void)server;
	return presence_start();
}

static enum err
start_committer(const struct server *server)
{
	(void)server;
	return committer_start(web_hooks());
}

static enum err
start_story(const struct server *server)
{
	return server->demo != NULL ? demo_load(server->demo) : OK;
}

static enum err
start_web(const struct server *server)
{
	return web_start(server->conf);
}

static enum err
start_control(const struct server *server)
{
	return control_start(server->conf);
}

/* Each logs its own cause. */
static const struct {
	enum stage stage;
	enum err (*start)(const struct server *server);
} starts[] = {
	{ STORE, start_store }, { SOFT, start_soft }, { HOLD, start_hold },
	{ PRESENCE, start_presence }, { COMMITTER, start_committer },
	{ STORY, start_story }, { WEB, start_web }, { CONTROL, start_control },
};

/* How far it came; all is well when that is CONTROL. */
static enum stage
server_start(const struct server *server)
{
	enum stage reached = NOTHING;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (starts[i].start(server) != OK)
			break;
		reached = starts[i].stage;
	}
	return reached;
}

/* ---- stop ---- */

static enum err
nothing_run(struct txn *txn, struct command *command)
{
	(void)txn;
	(void)command;
	return OK;
}

/* The queue is in order: what was in it before is done when this is. */
static void
stop_drain(void)
{
	struct command nothing = { .run = nothing_run };

	if (committer_run(&nothing) != OK)
		log_warn("the queue was full at stop");
}

static void
stop_soft(void)
{
	soft_flush(true);
}

static const struct {
	enum stage stage; /* only when the start had reached it */
	void (*stop)(void);
} stops[] = {
	{ CONTROL, control_stop }, { WEB, web_quiesce },
	{ COMMITTER, stop_drain }, { HOLD, hold_stop }, { WEB, web_stop },
	{ PRESENCE, presence_stop }, { SOFT, talks_clear },
	{ SOFT, roster_clear }, { SOFT, known_clear }, { COMMITTER, stop_soft },
	{ COMMITTER, committer_stop }, { SOFT, soft_fini },
	{ STORE, store_close }, { CONTROL, control_done },
};

static void
server_stop(enum stage reached)
{
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (stops[i].stage <= reached)
			stops[i].stop();
}

/* ---- between ---- */

static void
signals_take(sigset_t *mine)
{
	sigemptyset(mine);
	sigaddset(mine, SIGTERM);
	sigaddset(mine, SIGINT);
	sigaddset(mine, SIGHUP);
	pthread_sigmask(SIG_BLOCK, mine, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
wait_for_end(const sigset_t *signals)
{
	/* The clock can be moved by tests, so no longer sleep than this. */
	const struct timespec nap = { .tv_sec = 1 };
	int64_t flush_ms = clock_mono_ms() + SOFT_FLUSH_MS;
	int got = 0;

	while (got != SIGTERM && got != SIGINT) {
		got = sigtimedwait(signals, NULL, &nap);
		if (got == SIGHUP)
			web_reload();
		if (clock_mono_ms() >= flush_ms) {
			soft_flush(false);
			malloc_trim(0); /* what bursts of wakes left */
			flush_ms = clock_mono_ms() + SOFT_FLUSH_MS;
		}
	}
}

static void
raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warn("descriptors: %s", strerror(errno));
}

static void
say_ready(const struct server *server)
{
	struct str host = server->conf->listen;
	char url[128];

	while (host.p[host.len - 1] != ':')
		host.len--;
	snprintf(url, sizeof(url), "http://%.*s%u/", STR_ARGS(host), web_port());
	printf("zhitiao: listening on %s\n", url);
	if (server->demo != NULL)
		demo_say(server->conf, server->demo, url);
	fflush(stdout);
}

/* ---- where templates and data are ---- */

static bool
is_share(const char *dir)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/templates/en.hdf", dir);
	return access(path, R_OK) == 0;
}

/* Installed beside the program, or the source tree it was built in, or here. */
static bool
find_share(struct conf *conf)
{
	static const char *const places[] = { "/../share/zhitiao", "/.." };
	char program[300];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program));

	if (conf->share.len != 0)
		return true;
	while (len > 0 && program[len - 1] != '/')
		len--;
	for (size_t i = 0; len > 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		conf->share = str_fmt(&conf->arena, "%.*s%s", (int)len - 1,
		    program, places[i]);
		if (is_share(conf->share.p))
			return true;
	}
	conf->share = STR(".");
	if (is_share("."))
		return true;
	fputs("zhitiao: templates not found: set the option share\n", stderr);
	return false;
}

/* ---- subcommands: each returns the exit status ---- */

static void
set_log_level(const struct conf *conf)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error", [LOG_WARN] = "warn",
		[LOG_INFO] = "info", [LOG_DEBUG] = "debug",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(conf->log_level, str_c(names[i])))
			log_set_level((enum log_level)i);
}

static int
serve(const struct server *server)
{
	sigset_t signals;
	enum stage reached;

	signals_take(&signals);
	raise_limits();
	reached = server_start(server);
	if (reached == CONTROL) {
		say_ready(server);
		wait_for_end(&signals);
	}
	server_stop(reached);
	return reached == CONTROL ? 0 : 1;
}

static int
run_serve(struct conf *conf, const char *verb, char **args)
{
	const struct server server = { .conf = conf };

	(void)verb;
	(void)args;
	return find_share(conf) ? serve(&server) : 1;
}

static int
run_demo(struct conf *conf, const char *verb, char **args)
{
	struct demo demo;
	const struct server server = { .conf = conf, .demo = &demo };
	int status;

	(void)verb;
	(void)args;
	if (!find_share(conf) || demo_open(conf, &demo) != OK)
		return 1;
	status = serve(&server);
	demo_close(conf);
	return status;
}

static int
run_check(struct conf *conf, const char *verb, char **args)
{
	(void)verb;
	(void)args;
	conf_print(conf, STDOUT_FILENO);
	return 0;
}

static int
run_verify(struct conf *conf, const char *verb, char **args)
{
	(void)conf;
	(void)verb;
	return offline_verify(args[0]);
}

static int
run_restore(struct conf *conf, const char *verb, char **args)
{
	(void)conf;
	(void)verb;
	return offline_restore(args[0], args[1]);
}

static const struct subcommand {
	const char *name, *second; /* second word, or NULL */
	const char *args;	   /* as the usage has them; words are counted,
				      the last may end in "...": one or more */
	int (*run)(struct conf *conf, const char *verb, char **args);
	const char *verb;	   /* what the control socket calls it */
} subcommands[] = {
	{ "serve", NULL, "", run_serve, NULL },
	{ "demo", NULL, "", run_demo, NULL },
	{ "check", NULL, "", run_check, NULL },
	{ "status", NULL, "", client_run, "status" },
	{ "backup", NULL, "DIR", client_run_path, "backup" },
	{ "import", NULL, "FILE...", client_run_paths, "import" },
	{ "user", "add", "NAME", client_run_password, "user add" },
	{ "user", "passwd", "NAME", client_run_password, "user passwd" },
	{ "user", "admin", "NAME", client_run, "user admin" },
	{ "notice", NULL, "TEXT", client_run, "notice" },
	{ "notice", NULL, "", client_run, "notice" },
	{ "stop", NULL, "", client_run, "stop" },
	{ "verify", NULL, "DIR", run_verify, NULL },
	{ "restore", NULL, "FROM DIR", run_restore, NULL },
	{ "clock", "advance", "MS", client_run, "clock advance" },
};
#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

/* ---- the command line ---- */

static int
usage(void)
{
	fputs("usage: zhitiao COMMAND [-c FILE] [-d DIR] [-l ADDR:PORT] "
	    "[-o NAME=VALUE]...\n", stderr);
	for (size_t i = 0; i < SUBCOMMANDS; i++) {
		const struct subcommand *sub = &subcommands[i];

		fprintf(stderr, "       zhitiao %s %s%s%s\n", sub->name,
		    sub->second != NULL ? sub->second : "",
		    sub->second != NULL ? " " : "", sub->args);
	}
	return 2;
}

static int
words(const char *text)
{
	int n = text[0] != '\0';

	for (; *text != '\0'; text++)
		n += *text == ' ';
	return n;
}

static bool
takes(const struct subcommand *sub, int n)
{
	int least = words(sub->args);

	return n == least || (n > least && strstr(sub->args, "...") != NULL);
}

/* The row for the words after the options; `n` counts them. */
static const struct subcommand *
subcommand_find(const char *name, int n, char **rest)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++) {
		const struct subcommand *sub = &subcommands[i];
		int second = sub->second != NULL;

		if (strcmp(sub->name, name) != 0 || !takes(sub, n - second))
			continue;
		if (!second || strcmp(sub->second, rest[0]) == 0)
			return sub;
	}
	return NULL;
}

static int
option_set(struct conf *conf, struct str name, struct str value)
{
	const char *why;

	if (conf_set(conf, name, value, &why) == OK)
		return 0;
	fprintf(stderr, "zhitiao: %s\n", why);
	return 2;
}

/* One option; the file is read first wherever -c stands, hence two rounds. */
static int
option_take(struct conf *conf, int letter, const char *value, bool first)
{
	struct str name = str_c(value);

	if (letter == '?')
		return usage();
	if (first || letter == 'c')
		return first && letter == 'c' && conf_read(conf, value) != OK;
	if (letter == 'd')
		return option_set(conf, STR("dir"), str_c(value));
	if (letter == 'l')
		return option_set(conf, STR("listen"), str_c(value));
	if (strchr(value, '=') == NULL)
		return usage();
	name = str_split(&name, '=');
	return option_set(conf, name, str_c(value + name.len + 1));
}

static int
options_read(struct conf *conf, int argc, char **argv)
{
	int letter, status = 0;

	for (int round = 0; round < 2; round++) {
		optind = 0;
		while (status == 0 &&
		    (letter = getopt(argc, argv, "c:d:l:o:")) != -1)
			status = option_take(conf, letter, optarg, round == 0);
	}
	return status;
}

static int
run(struct conf *conf, int argc, char **argv)
{
	const struct subcommand *sub;
	int status = argc < 1 ? usage() : options_read(conf, argc, argv);

	if (status != 0)
		return status;
	sub = subcommand_find(argv[0], argc - optind, argv + optind);
	if (sub == NULL)
		return usage();
	set_log_level(conf);
	return sub->run(conf, sub->verb, argv + optind + (sub->second != NULL));
}

int
main(int argc, char **argv)
{
	struct conf conf;
	int status;

	conf_init(&conf);
	status = run(&conf, argc - 1, argv + 1);
	conf_fini(&conf);
	return status;
}
