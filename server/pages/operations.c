/*
 * For operators and their programs: health, and metrics in Prometheus' text
 * format 0.0.4.  Durations are in seconds, as its conventions ask.
 */
#include <inttypes.h>

#include "pages/pages.h"
#include "store/stats.h"
#include "web/web.h"

static enum err
plain(struct request *request, const char *type, struct str body)
{
	request->reply.body = body;
	request->reply.type = type;
	request->reply.no_store = true;
	return OK;
}

static enum err
healthz_get(struct request *request)
{
	return plain(request, "text/plain; charset=utf-8", STR("ok\n"));
}

/* ---- metrics ---- */

struct metric {
	const char *name, *type, *help;
	uint64_t value;
};

static const struct {
	const char *name, *help;
} histogram_names[HISTOGRAM_COUNT] = {
	[HISTOGRAM_WAIT] = { "queue_wait_seconds",
	    "Time of a write in the queue, until its batch begins." },
	[HISTOGRAM_RUN] = { "batch_run_seconds",
	    "Time of a batch's transactions, without the flush." },
	[HISTOGRAM_FLUSH] = { "flush_seconds",
	    "Time the disk took to make a batch durable." },
	[HISTOGRAM_LATENCY] = { "command_seconds",
	    "Time of a write from queueing until it is durable or refused." },
	[HISTOGRAM_BATCH] = { "batch_commands", "Writes in a batch." },
	[HISTOGRAM_CHECKPOINT] = { "checkpoint_seconds",
	    "Time of a checkpoint; writes go on meanwhile." },
};

static void
metric_head(struct sbuf *out, const struct metric *metric)
{
	sbuf_fmt(out, "# HELP zhitiao_%s %s\n# TYPE zhitiao_%s %s\n",
	    metric->name, metric->help, metric->name, metric->type);
}

static void
histogram_write(struct sbuf *out, enum histogram histogram)
{
	const struct histogram_info *info = &histogram_info[histogram];
	const char *name = histogram_names[histogram].name;
	const struct metric head = { name, "histogram",
	    histogram_names[histogram].help, 0 };
	struct histogram_values values;

	histogram_get(histogram, &values);
	metric_head(out, &head);
	for (size_t i = 0; i < info->n; i++)
		sbuf_fmt(out, "zhitiao_%s_bucket{le=\"%g\"} %" PRIu64 "\n",
		    name, (double)info->bound[i] / (double)info->unit,
		    values.upto[i]);
	sbuf_fmt(out, "zhitiao_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n"
	    "zhitiao_%s_sum %.6f\nzhitiao_%s_count %" PRIu64 "\n", name,
	    values.upto[info->n], name, (double)values.sum /
	    (double)info->unit, name, values.upto[info->n]);
}

static enum err
metrics_get(struct request *request)
{
	struct web_stats web;
	struct store_stats store;
	struct hold_stats hold;
	struct sbuf out;

	web_stats(&web);
	store_stats(&store);
	hold_stats(&hold);
	const struct metric metrics[] = {
		{ "requests_total", "counter", "Requests.", web.requests },
		{ "posts_total", "counter", "Requests by POST.", web.posts },
		{ "not_modified_total", "counter", "Replies 304.",
		    web.not_modified },
		{ "memo_lookups_total", "counter",
		    "Requests for which a ready reply was looked for.",
		    web.memo_lookups },
		{ "memo_hits_total", "counter", "Replies that were ready.",
		    web.memo_hits },
		{ "memo_entries", "gauge", "Ready replies, at most 8192.",
		    web.memo_entries },
		{ "memo_bytes", "gauge",
		    "Bytes of their bodies, at most 64 MB.", web.memo_bytes },
		{ "errors_5xx_total", "counter",
		    "Replies 5xx, those to a full queue among them.",
		    web.errors_5xx },
		{ "connections", "gauge", "Open connections.",
		    web.connections },
		{ "held", "gauge", "Requests that wait for news.", hold.held },
		{ "resumed_total", "counter", "Held requests answered.",
		    hold.resumed },
		{ "commands_total", "counter", "Writes done.", store.commands },
		{ "flushes_total", "counter", "Batches made durable.",
		    store.flushes },
		{ "failures_total", "counter",
		    "Writes that failed for the disk or a fault.",
		    store.failures },
		{ "refused_total", "counter",
		    "Writes refused by a full queue or a full share of it.",
		    store.refused },
		{ "queue", "gauge", "Writes that wait.", store.queue },
		{ "queue_limit", "gauge", "As many may wait.",
		    store.queue_max },
	};
	sbuf_init(&out, &request->arena, 0);
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		metric_head(&out, &metrics[i]);
		sbuf_fmt(&out, "zhitiao_%s %" PRIu64 "\n", metrics[i].name,
		    metrics[i].value);
	}
	for (size_t i = 0; i < HISTOGRAM_COUNT; i++)
		histogram_write(&out, (enum histogram)i);
	return plain(request, "text/plain; version=0.0.4; charset=utf-8",
	    sbuf_str(&out));
}

const struct route routes_operations[] = {
	{ .segment = "healthz", .page = "error", .get = healthz_get },
	{ .segment = "metrics", .page = "error", .get = metrics_get },
	{ .segment = NULL },
};
