/*
 * Replies.  Bytes are features: each header is sent only to those it serves.
 */
#include "web/reply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/auth.h"
#include "web/gzip.h"

#define GZIP_MIN 600 /* bytes; below, the gain is not worth the work */
#define STREAM_BLOCK 16384
#define FLOW_BLOCK 4096 /* of one that lasts for minutes */

static const char csp[] =
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

static void
add(struct MHD_Response *response, const char *name, const char *value)
{
	if (MHD_add_response_header(response, name, value) != MHD_YES)
		log_error("header %s was refused", name);
}

/* ---- ETag ---- */

/* Weak, over stamps, the view key and who asks; never for errors. */
static struct str
make_etag(struct request *request)
{
	struct {
		uint64_t watch, calm, uid, sid, target;
		uint32_t face, charset, lang, zone, rows, refresh, mode,
		    generation, gzip, class, deck, xhtml;
	} seed;

	memset(&seed, 0, sizeof(seed));
	seed.watch = watch_etag(&request->watch);
	seed.calm = watch_etag(&request->calm);
	seed.uid = request->viewer.uid;
	seed.sid = request->viewer.sid;
	seed.target = secret_siphash(request->target, strlen(request->target));
	seed.face = request->key.face;
	seed.charset = request->key.charset;
	seed.lang = (uint32_t)secret_siphash(request->key.lang.p,
	    request->key.lang.len);
	seed.zone = (uint32_t)request->key.zone_minutes;
	seed.rows = request->key.rows;
	seed.refresh = request->key.refresh_s;
	seed.mode = request->key.mode * 2 + request->key.frames;
	seed.generation = request->generation;
	seed.gzip = request->device.gzip;
	seed.class = request->device.class;
	seed.deck = request->device.deck_bytes;
	seed.xhtml = (uint32_t)secret_siphash(request->device.xhtml_type,
	    strlen(request->device.xhtml_type));
	return str_fmt(&request->arena, "W/\"%016" PRIx64 "\"",
	    secret_siphash(&seed, sizeof(seed)));
}

static bool
etag_known(const struct request *request, struct str etag)
{
	return str_find(request->header[HEADER_IF_NONE_MATCH],
	    str_from(etag, 2), NULL);
}

/* ---- body ---- */

static const char *
page_type(const struct request *request)
{
	switch (request->key.face) {
	case FACE_WML:
		return "text/vnd.wap.wml";
	case FACE_XHTML:
		return request->device.xhtml_type;
	case FACE_JSON:
		return "application/json";
	case FACE_HTML:
		break;
	}
	return "text/html";
}

static struct str
page_charset(struct request *request, struct str body)
{
	enum fallback fallback = request->key.face == FACE_HTML ?
	    FALLBACK_NCR : FALLBACK_WORD;

	if (request->key.charset == CHARSET_UTF8)
		return body;
	return charset_encode(&request->arena, request->key.charset, fallback,
	    body);
}

struct str
reply_encoded(struct request *request)
{
	return page_charset(request, request->reply.body);
}

/* ---- headers ---- */

static void
add_caching(struct MHD_Response *response, const struct request *request)
{
	const struct reply *reply = &request->reply;
	bool old = request->key.face == FACE_WML || request->http10;

	if (reply->far) {
		add(response, "Cache-Control", "public, max-age=31536000, immutable");
		add(response, "Vary", "Accept-Encoding");
		return;
	}
	add(response, "Cache-Control", request->etag.len != 0 ?
	    "private, no-cache" : "no-store");
	if (old)
		add(response, "Expires", "0");
	if (request->viewer.uid == 0)
		add(response, "Vary",
		    "Accept, User-Agent, Accept-Charset, Accept-Language");
	if (request->etag.len != 0)
		add(response, "ETag", request->etag.p);
}

static void
add_type(struct MHD_Response *response, struct request *request)
{
	struct str type;

	if (request->reply.type != NULL) {
		add(response, "Content-Type", request->reply.type);
		return;
	}
	type = str_fmt(&request->arena, "%s; charset=%s", page_type(request),
	    charset_label(request->key.charset));
	add(response, "Content-Type", type.p);
}

static void
add_policies(struct MHD_Response *response, const struct request *request)
{
	if (!request->device.csp)
		return;
	add(response, "Referrer-Policy", "same-origin");
	if (request->reply.far)
		return;
	add(response, "Content-Security-Policy", csp);
	add(response, "X-Content-Type-Options", "nosniff");
}

static struct MHD_Response *
redirect(struct request *request, unsigned *status)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL,
	    MHD_RESPMEM_PERSISTENT);

	if (response == NULL)
		return NULL;
	*status = 303;
	add(response, "Location", str_dup(&request->arena,
	    request->reply.location).p);
	add(response, "Cache-Control", "no-store");
	if (request->reply.cookie.len != 0)
		add(response, "Set-Cookie", request->reply.cookie.p);
	return response;
}

bool
reply_cacheable(const struct request *request)
{
	return request->method != METHOD_POST && request_counts(request) &&
	    request->err == OK &&
	    request->view.page != NULL && request_signed_in(request) &&
	    !request->reply.no_store && !request->watch.full && !request->calm.full &&
	    !request->resumed_hold && request_query(request, "w").len == 0;
}

/* ---- a body that is made as the client takes it ---- */

static ssize_t
stream_next(void *cls, uint64_t pos, char *buf, size_t max)
{
	const struct stream_source *stream = cls;
	ssize_t n = stream->next(stream->state, buf, max);

	_Static_assert(STREAM_END == MHD_CONTENT_READER_END_OF_STREAM &&
	    STREAM_BROKEN == MHD_CONTENT_READER_END_WITH_ERROR, "as they are");
	(void)pos;
	return n;
}

static void
stream_free(void *cls)
{
	struct stream_source *stream = cls;

	stream->free(stream->state);
	free(stream);
}

/*
 * Of unknown length: in chunks, and to HTTP/1.0 until the connection closes.
 * The response owns the source from here on, until the last byte or the
 * client has gone; a HEAD never asks for one.
 */
static struct MHD_Response *
stream_response(struct reply *reply)
{
	struct stream_source *stream = malloc(sizeof(*stream));
	struct MHD_Response *response;

	if (stream == NULL)
		abort();
	*stream = reply->stream;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
	    stream->closes ? FLOW_BLOCK : STREAM_BLOCK, stream_next, stream,
	    stream_free);
	if (response == NULL) {
		free(stream);
		return NULL;
	}
	reply->stream.next = NULL;
	/* In chunks a browser would not notice the end of a page (measured). */
	if (stream->closes && MHD_set_response_options(response,
	    MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END) != MHD_YES)
		log_error("libmicrohttpd sends a stream in chunks");
	return response;
}

static struct MHD_Response *
stream_reply(struct request *request, unsigned *status)
{
	bool flows = request->reply.stream.closes;
	struct MHD_Response *response = stream_response(&request->reply);

	if (response == NULL)
		return NULL;
	*status = 200;
	/* In chunks a HEAD would get the last of them (libmicrohttpd 0.9.75,
	 * measured), which the next reply of the connection would begin with. */
	if (request->method == METHOD_HEAD)
		MHD_set_response_options(response,
		    MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	add_type(response, request);
	add_caching(response, request);
	add_policies(response, request);
	if (flows)
		add(response, "X-Accel-Buffering", "no"); /* nginx heeds it */
	if (request->reply.file != NULL)
		add(response, "Content-Disposition", str_fmt(&request->arena,
		    "attachment; filename=\"%s\"", request->reply.file).p);
	return response;
}

void
reply_drop(struct reply *reply)
{
	if (reply->stream.next != NULL)
		reply->stream.free(reply->stream.state);
	reply->stream.next = NULL;
}

struct MHD_Response *
reply_make(struct request *request, unsigned *status)
{
	struct reply *reply = &request->reply;
	struct MHD_Response *response;
	struct str body = reply->body;
	bool packed = false, page = request->view.page != NULL;

	if (reply->location.len != 0)
		return redirect(request, status);
	if (reply->stream.next != NULL && request->err == OK)
		return stream_reply(request, status);
	*status = reply->status != 0 ? (unsigned)reply->status : 200;
	if (page && request->method != METHOD_POST && request->err == OK &&
	    !reply->no_store) {
		request->etag = make_etag(request);
		if (etag_known(request, request->etag)) {
			*status = 304;
			body = STR("");
		}
	}
	if (page && *status != 304)
		body = page_charset(request, body);
	if (request->device.gzip && body.len >= GZIP_MIN &&
	    request->key.face != FACE_WML)
		packed = gzip_pack(&request->arena, &body);
	request->sent_bytes = body.len;
	response = MHD_create_response_from_buffer(body.len, (void *)body.p,
	    *status != 304 && reply_cacheable(request) ? MHD_RESPMEM_MUST_COPY :
	    MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return NULL;
	if (*status != 304)
		add_type(response, request);
	add_caching(response, request);
	if (*status != 304)
		add_policies(response, request);
	if (page && request->closes)
		add(response, "Connection", "close");
	if (packed)
		add(response, "Content-Encoding", "gzip");
	if (reply->allow != NULL)
		add(response, "Allow", reply->allow);
	if (request->err == ERR_BUSY) /* a full queue is empty sooner */
		add(response, "Retry-After", "1");
	if (reply->cookie.len != 0)
		add(response, "Set-Cookie", reply->cookie.p);
	return response;
}
