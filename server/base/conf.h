#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/*
 * The configuration in force: defaults, then the file (HDF, `name = value`),
 * then -d, -l and -o.  One const table in conf.c (name, type, range, default,
 * unit) feeds parser and `zhitiao check`; the man page and the sample file are
 * held to it by tests/lint/options.py.  Constant once the server has started.
 */
struct conf {
	struct arena arena;	/* owns all text here and every *why */
	struct str listen;	/* ADDR:PORT, [ADDR]:PORT; port 0 picks one */
	struct str dir;		/* database */
	struct str share;	/* where templates/ wml/ html/ data/ are; empty:
				   found beside the program by main.c */
	struct str origins;	/* space-separated "http://host:port": hosts that
				   redirects may name; the listen address is added */
	struct str proxies;	/* addresses whose X-Forwarded-* count */
	struct str lang;	/* when Accept-Language says nothing: zh-CN */
	struct str log_level;	/* error warn info debug */
	int zone_minutes;	/* default zone, minutes east of UTC: 480 */
	unsigned threads;	/* serving threads: 8 */
	unsigned pw_threads;	/* password hashing threads: 1 */
	unsigned connections;	/* at most open: 19500 */
	unsigned connection_bytes; /* memory of each for headers: 5632 */
	unsigned connections_address; /* of one address, 0: no limit: 0 */
	unsigned idle_s;	/* idle keep-alive connections close: 60 */
	unsigned hold_s;	/* first hold: 25 */
	unsigned hold_max_s;	/* longest hold: 50 */
	unsigned stream_s;	/* a page without end is renewed: 240 */
	unsigned holds;		/* held in all: 19000 */
	unsigned body_max;	/* bytes of a POST: 262144 */
	unsigned cache_mb;	/* Berkeley DB: 64 */
	unsigned checkpoint_kb;	/* 4096 */
	unsigned queue;		/* commands waiting: 4096 */
	unsigned queue_user;	/* of them of one user: 64 */
	bool registration;	/* open to all: 1 */
	bool test_clock;	/* tests may move the clock: 0 */
};

/* Fills in the defaults. */
void conf_init(struct conf *conf);
void conf_fini(struct conf *conf);
/* One option by name; values that do not parse or are out of range:
 * ERR_FIELD_BAD, unknown name: ERR_NOT_FOUND; *why gets a sentence that lives
 * as long as `conf`.  Nothing changes on error.  `value` is copied. */
enum err conf_set(struct conf *conf, struct str name, struct str value,
    const char **why) MUST_USE;
/* Reads a file; every error goes to standard error, with line or name. */
enum err conf_read(struct conf *conf, const char *path) MUST_USE;
/* "name = value" lines of what is in force, the documented order. */
void conf_print(const struct conf *conf, int fd);

#endif
