/*
 * libmicrohttpd: the daemon, and the life of a request in it.
 *
 *   uri -> new -> (body)* -> dispatch -> reply
 *                               |  ^
 *                               v  | resume (command durable, password
 *                            suspended        checked, hold over)
 *
 * An exchange lasts from the first line until libmicrohttpd says it is complete;
 * the request in it gives way to a struct held while it waits for news.  All work
 * on one happens on the serving thread of its connection; a suspended one is
 * touched by nobody until it is resumed.
 */
#include "web/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "web/badge.h"
#include "web/body.h"
#include "web/crowd.h"
#include "web/held.h"
#include "web/listen.h"
#include "web/pwpool.h"
#include "web/reply.h"
#include "web/route.h"
#include "web/static.h"
#include "web/wait.h"
#include "web/web.h"

#define ARENA_CAP (16u << 20)
#define CONNECTION_INCREMENT 1024
#define STOP_PATIENCE_MS 2000

const struct conf *http_conf;

static struct MHD_Daemon *mhd;
static unsigned port; /* set once at start */
static int quiesced_fd = -1; /* main's, between quiesce and stop */
static _Atomic unsigned active;	 /* begun and not yet completed */
static _Atomic uint64_t count_requests, count_posts, count_unmodified,
    count_5xx;

/* ---- small things for the rest of web/ ---- */

unsigned
http_worker(void)
{
	static _Atomic unsigned workers;
	static _Thread_local unsigned mine;

	if (mine == 0)
		mine = atomic_fetch_add(&workers, 1) + 1;
	return (mine - 1) % http_conf->threads;
}

int
http_fd(const struct request *request)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info != NULL ? info->connect_fd : -1;
}

struct str
http_cookie(const struct request *request, const char *name)
{
	return str_c(MHD_lookup_connection_value(request->connection,
	    MHD_COOKIE_KIND, name));
}

bool
http_from_proxy(const struct request *request)
{
	const union MHD_ConnectionInfo *info;
	char address[INET6_ADDRSTRLEN] = "";

	if (http_conf->proxies.len == 0)
		return false;
	info = MHD_get_connection_info(request->connection,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info == NULL || getnameinfo(info->client_addr,
	    info->client_addr->sa_family == AF_INET6 ?
	    sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in),
	    address, sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
		return false;
	return listen_has_address(http_conf->proxies, str_c(address));
}

void
http_suspend_connection(struct MHD_Connection *connection)
{
	MHD_suspend_connection(connection);
}

void
http_resume_connection(struct MHD_Connection *connection)
{
	MHD_resume_connection(connection);
}

/* ---- the life of a request ---- */

/* What libmicrohttpd keeps for us from the first line to the end of a request:
 * the request itself or, while it is held, what is left of it. */
struct exchange {
	struct request *request;
	struct held *held;
};

static struct request *
request_new(struct MHD_Connection *connection, char *target)
{
	struct request *request = calloc(1, sizeof(*request));

	if (request == NULL || target == NULL)
		abort();
	arena_init(&request->arena, ARENA_CAP);
	request->connection = connection;
	request->target = target;
	return request;
}

static void
request_free(struct request *request)
{
	/* Resumed, but hung up before it could go on. */
	if (request->state == R_WAITING)
		wait_over();
	body_free(request->body);
	reply_drop(&request->reply);
	arena_fini(&request->arena);
	free(request->target);
	free(request);
}

/* The request has begun to wait for news. */
static void
hold_begin(struct exchange *exchange)
{
	struct request *request = exchange->request;

	exchange->held = request->held;
	exchange->held->http10 = request->http10;
	exchange->held->target = request->target;
	request->target = NULL;
	request_free(request);
	exchange->request = NULL;
}

static void
hold_end(struct exchange *exchange)
{
	free(exchange->held->target);
	free(exchange->held);
	exchange->held = NULL;
}

static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));

	(void)cls;
	if (exchange == NULL)
		abort();
	exchange->request = request_new(connection, strdup(uri));
	atomic_fetch_add_explicit(&active, 1, memory_order_relaxed);
	return exchange;
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
    enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *con_cls;

	(void)cls;
	(void)connection;
	(void)code;
	if (exchange == NULL)
		return;
	atomic_fetch_sub_explicit(&active, 1, memory_order_relaxed);
	if (exchange->request != NULL)
		request_free(exchange->request);
	if (exchange->held != NULL) { /* resumed, but hung up before that */
		live_done(exchange->held->waiter.worker);
		hold_end(exchange);
	}
	free(exchange);
	*con_cls = NULL;
}

static const char *const header_names[HEADER_COUNT] = {
	[HEADER_HOST] = "Host",
	[HEADER_USER_AGENT] = "User-Agent",
	[HEADER_ACCEPT] = "Accept",
	[HEADER_ACCEPT_CHARSET] = "Accept-Charset",
	[HEADER_ACCEPT_LANGUAGE] = "Accept-Language",
	[HEADER_ACCEPT_ENCODING] = "Accept-Encoding",
	[HEADER_VIA] = "Via",
	[HEADER_COOKIE] = "Cookie",
	[HEADER_AUTHORIZATION] = "Authorization",
	[HEADER_IF_NONE_MATCH] = "If-None-Match",
	[HEADER_ORIGIN] = "Origin",
	[HEADER_SEC_FETCH_SITE] = "Sec-Fetch-Site",
	[HEADER_PURPOSE] = "Purpose",
	[HEADER_SEC_PURPOSE] = "Sec-Purpose",
	[HEADER_CONTENT_TYPE] = "Content-Type",
	[HEADER_CONTENT_LENGTH] = "Content-Length",
	[HEADER_X_FORWARDED_PROTO] = "X-Forwarded-Proto",
	[HEADER_X_FORWARDED_HOST] = "X-Forwarded-Host",
	[HEADER_X_ONLINE_HOST] = "X-Online-Host",
};

static enum MHD_Result
take_header(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct request *request = cls;
	struct str name = str_c(key);

	(void)kind;
	for (unsigned i = 0; i < HEADER_COUNT; i++) {
		if (request->header[i].p != NULL ||
		    !str_eq_nocase(name, str_c(header_names[i])))
			continue;
		request->header[i] = str_c(value);
		break;
	}
	return MHD_YES;
}

static void
count_status(unsigned status)
{
	if (status == 304)
		atomic_fetch_add_explicit(&count_unmodified, 1,
		    memory_order_relaxed);
	if (status >= 500)
		atomic_fetch_add_explicit(&count_5xx, 1, memory_order_relaxed);
}

static enum MHD_Result
send_reply(struct request *request)
{
	unsigned status;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (request->waits)
		return MHD_YES; /* suspended */
	response = reply_make(request, &status);
	if (response == NULL)
		return MHD_NO;
	count_status(status);
	result = MHD_queue_response(request->connection, status, response);
	if (status != 200 || !reply_cacheable(request) ||
	    !memo_put(request, response))
		MHD_destroy_response(response);
	return result;
}

/* A GET, or a POST whose body is complete. */
static enum MHD_Result
run(struct request *request)
{
	enum MHD_Result result;
	unsigned status;

	if (badge_is(request)) {
		count_status(badge_answer(request, &result));
		return result;
	}
	if (request->method == METHOD_GET || request->method == METHOD_HEAD) {
		memo_key(request);
		if (memo_answer(request, &status, &result)) {
			count_status(status);
			return result;
		}
	}
	dispatch(request);
	return send_reply(request);
}

static bool
body_announced_too_long(const struct request *request)
{
	uint64_t len;

	return str_u64(request->header[HEADER_CONTENT_LENGTH], &len) &&
	    len > http_conf->body_max;
}

static enum MHD_Result
start(struct request *request, const char *method, const char *version)
{
	request->now_ms = clock_wall_ms();
	request->method = request_method(method);
	request->http10 = strcmp(version, "HTTP/1.0") == 0;
	if (!badge_is(request))
		MHD_get_connection_values(request->connection, MHD_HEADER_KIND,
		    take_header, request);
	request->state = R_BODY;
	atomic_fetch_add_explicit(&count_requests, 1, memory_order_relaxed);
	/* A reply queued in this first call would close the connection. */
	if (request->method != METHOD_POST)
		return MHD_YES;
	atomic_fetch_add_explicit(&count_posts, 1, memory_order_relaxed);
	if (body_announced_too_long(request)) {
		request->err = ERR_BODY_LONG;
		return run(request);
	}
	request->body = body_new(request);
	return MHD_YES;
}

void
http_again(const struct request *request, struct request *fresh)
{
	*fresh = (struct request){
		.connection = request->connection,
		.target = request->target,
		.method = request->method,
		.http10 = request->http10,
		.state = R_BODY,
		.now_ms = clock_wall_ms(),
	};
	arena_init(&fresh->arena, ARENA_CAP);
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND,
	    take_header, fresh);
}

/* A hold is over: everything anew but the target, access checks included. */
static enum MHD_Result
after_hold(struct exchange *exchange)
{
	struct held *held = exchange->held;
	struct request *request = request_new(held->connection, held->target);
	enum MHD_Result result;

	request->http10 = held->http10;
	request->state = R_BODY;
	request->waiter = held->waiter;
	request->resumed_hold = true;
	request->closes = held->waiter.reason == WAKE_EVICTED;
	request->now_ms = clock_wall_ms();
	held->target = NULL;
	hold_end(exchange);
	exchange->request = request;
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND,
	    take_header, request);
	dispatch(request);
	result = send_reply(request);
	live_done(request->waiter.worker);
	return result;
}

static enum MHD_Result
after_wait(struct request *request)
{
	void (*then)(struct request *) = request->then;

	wait_over();
	request->waits = false;
	request->state = R_BODY;
	then(request);
	return send_reply(request);
}

/* The body as it comes in; then the request is whole. */
static enum MHD_Result
go_on(struct request *request, const char *data, size_t *size)
{
	if (*size != 0) {
		if (request->body != NULL)
			body_feed(request, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (request->body != NULL)
		body_end(request);
	return run(request);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **con_cls)
{
	struct exchange *exchange = *con_cls;
	struct request *request = exchange->request;
	enum MHD_Result result;

	(void)cls;
	(void)connection;
	(void)url;
	if (exchange->held != NULL)
		return after_hold(exchange);
	if (request->state == R_NEW)
		return start(request, method, version);
	if (request->state == R_WAITING)
		result = after_wait(request);
	else
		result = go_on(request, data, size);
	if (request->state == R_HELD)
		hold_begin(exchange);
	return result;
}

/* ---- start and stop ---- */

/* The target and its query reach us raw: we decode them ourselves. */
static size_t
no_unescape(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

static void
log_mhd(void *cls, const char *fmt, va_list args)
{
	char line[512];

	(void)cls;
	vsnprintf(line, sizeof(line), fmt, args);
	log_line(LOG_DEBUG, "libmicrohttpd", "%.*s", (int)strcspn(line, "\n"), line);
}

static void
on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	(void)cls;
	(void)connection;
	(void)context;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		crowd_come();
	else
		crowd_gone();
}

static enum err
start_daemon(const struct conf *conf, int fd)
{
	mhd = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
	    0, NULL, NULL, on_request, NULL,
	    MHD_OPTION_EXTERNAL_LOGGER, log_mhd, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_THREAD_POOL_SIZE, conf->threads,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL,
	    MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, conf->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, conf->connections_address,
	    MHD_OPTION_CONNECTION_TIMEOUT, conf->idle_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)conf->connection_bytes,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)CONNECTION_INCREMENT,
	    MHD_OPTION_END);
	if (mhd == NULL) {
		log_error("libmicrohttpd does not start");
		close(fd);
		return ERR_INTERNAL;
	}
	return OK;
}

static enum err
load_fallbacks(struct str share)
{
	char path[512];

	snprintf(path, sizeof(path), "%.*s/data/fallbacks.tsv", STR_ARGS(share));
	return charset_load_fallbacks(path);
}

enum err
web_start(const struct conf *conf)
{
	static struct conf own; /* with the address that we listen on */
	enum err err;
	int fd;

	own = *conf;
	crowd_limit(&own);
	crowd_start(own.connections);
	http_conf = &own;
	err = listen_open(conf->listen, &fd, &port);
	if (err != OK)
		return err;
	own.origins = listen_origins(conf, port);
	memo_start();
	err = view_start(conf->share);
	if (err == OK)
		err = static_start(conf->share);
	if (err == OK)
		err = badge_start(conf->share);
	if (err == OK)
		err = load_fallbacks(conf->share);
	if (err == OK)
		err = pwpool_start(conf->pw_threads);
	if (err == OK)
		err = start_daemon(&own, fd);
	else
		close(fd);
	return err;
}

unsigned
web_port(void)
{
	return port;
}

void
web_quiesce(void)
{
	/* Ours again, but its threads may still look at it: nobody new gets in,
	 * and web_stop closes it. */
	quiesced_fd = MHD_quiesce_daemon(mhd);
	wait_refuse();
	if (quiesced_fd >= 0)
		shutdown(quiesced_fd, SHUT_RD);
}

void
web_stop(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	int64_t patience = clock_mono_ms() + STOP_PATIENCE_MS;

	/* Commands and passwords always end; slow clients get a moment to
	 * take their replies, those of holds above all. */
	while (wait_count() != 0 ||
	    (atomic_load(&active) != 0 && clock_mono_ms() < patience))
		nanosleep(&moment, NULL);
	pwpool_stop();
	MHD_stop_daemon(mhd);
	if (quiesced_fd >= 0)
		close(quiesced_fd);
	memo_stop();
	static_stop();
	badge_stop();
	view_stop();
}

void
web_reload(void)
{
	view_reload();
}

void
web_stats(struct web_stats *out)
{
	struct memo_stats memo;

	memo_stats(&memo);
	*out = (struct web_stats){
		.requests = atomic_load(&count_requests),
		.posts = atomic_load(&count_posts),
		.not_modified = atomic_load(&count_unmodified),
		.renders = dispatch_renders(),
		.memo_lookups = memo.lookups,
		.memo_hits = memo.hits,
		.memo_entries = memo.entries,
		.memo_bytes = memo.bytes,
		.errors_5xx = atomic_load(&count_5xx),
		.connections = crowd_size(),
	};
}
