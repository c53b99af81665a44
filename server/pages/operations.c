/* For operators and their programs: health and metrics, plain text. */
#include <inttypes.h>

#include "pages/pages.h"
#include "web/web.h"

static enum err
plain(struct request *request, struct str body)
{
	request->reply.body = body;
	request->reply.type = "text/plain; charset=utf-8";
	request->reply.no_store = true;
	return OK;
}

static enum err
healthz_get(struct request *request)
{
	return plain(request, STR("ok\n"));
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
	sbuf_init(&out, &request->arena, 0);
	sbuf_fmt(&out, "zhitiao_requests_total %" PRIu64 "\n", web.requests);
	sbuf_fmt(&out, "zhitiao_posts_total %" PRIu64 "\n", web.posts);
	sbuf_fmt(&out, "zhitiao_not_modified_total %" PRIu64 "\n",
	    web.not_modified);
	sbuf_fmt(&out, "zhitiao_memo_hits_total %" PRIu64 "\n", web.memo_hits);
	sbuf_fmt(&out, "zhitiao_errors_5xx_total %" PRIu64 "\n", web.errors_5xx);
	sbuf_fmt(&out, "zhitiao_connections %u\n", web.connections);
	sbuf_fmt(&out, "zhitiao_held %u\n", hold.held);
	sbuf_fmt(&out, "zhitiao_resumed_total %" PRIu64 "\n", hold.resumed);
	sbuf_fmt(&out, "zhitiao_commands_total %" PRIu64 "\n", store.commands);
	sbuf_fmt(&out, "zhitiao_flushes_total %" PRIu64 "\n", store.flushes);
	return plain(request, sbuf_str(&out));
}

const struct route routes_operations[] = {
	{ .segment = "healthz", .page = "error", .get = healthz_get },
	{ .segment = "metrics", .page = "error", .get = metrics_get },
	{ .segment = NULL },
};
