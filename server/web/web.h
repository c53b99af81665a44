#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/conf.h"
#include "base/err.h"

/*
 * The serving side as main.c and ctl/ see it.
 *
 * Order of start: secret_init, store_open, soft_init, hold_start,
 * presence_start, committer_start(web_hooks()), web_start.  Order of stop: web_quiesce (no new
 * requests), committer drained, hold_stop (all held are answered), web_stop,
 * presence_stop, soft_flush(true), committer_stop, store_close.
 */
struct committer_hooks;
const struct committer_hooks *web_hooks(void);

enum err web_start(const struct conf *conf) MUST_USE;
unsigned web_port(void);	/* the port really bound */
void web_quiesce(void);
void web_stop(void);
/* SIGHUP: a new generation of templates and catalogues; each thread parses it
 * at its next request and keeps the old one on error.  Any thread. */
void web_reload(void);

struct web_stats {
	uint64_t requests, posts, renders, not_modified, memo_hits, errors_5xx;
	uint64_t memo_lookups, memo_entries, memo_bytes;
	unsigned connections;
};
void web_stats(struct web_stats *out);

#endif
