/*
 * The life of a page without end.
 *
 * libmicrohttpd asks for bytes (stream_next) when the socket takes some: first
 * what of the last piece is left, then the next piece, and when there is none
 * the connection is suspended and waits in live/ as a held request does.  So a
 * slow reader costs one piece of memory and makes the server render nothing; one
 * that takes nothing for idle_s is cut by libmicrohttpd.
 *
 *   TOP -> (wait -> LINES)* -> END -> over
 *
 * Each piece is a request of its own with the same target and headers, so every
 * check of a page is made again for each.  The ends are made at the beginning:
 * when they are needed there may be nobody signed in any more.
 *
 * Does the line pass pieces on as they come?  The first stream of a session
 * carries a picture in its top.  If nobody asks for it in PROBE_MS, the line
 * gathers: the stream ends, and the session gets held pages from then on.
 *
 * Owner: the response, which frees the stream after the last stream_next.  All
 * work is on the connection's serving thread; between suspend and resume nobody
 * touches the stream but live/, and that only its waiter.
 */
#include "web/stream.h"

#include <stdlib.h>
#include <string.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/log.h"
#include "web/held.h"
#include "web/http.h"
#include "web/line.h"
#include "web/reply.h"
#include "web/route.h"

#define ALIVE_MS 20000	/* a byte so often: proxies cut silent lines at 60 s */
#define PROBE_MS 4000
#define SEND_BUFFER 16384 /* bytes in the kernel, of a client that reads late */

struct stream {
	struct request *request; /* of the connection */
	struct waiter waiter;
	struct watch_set vital;	/* what ends it when it moves */
	uint64_t sid, uid, cid;
	int64_t ends_ms, probe_ms; /* monotonic; 0: no probe under way */
	uint32_t seq;		/* newest line sent */
	uint32_t read;		/* newest that has counted as read */
	uint64_t since;		/* V of the last piece */
	unsigned refused;	/* waits in a row that were refused in vain */
	char *out;		/* the piece being taken */
	size_t len, at;
	char *ends[2];		/* PIECE_END, PIECE_LATE_END */
	enum { TOP, FLOWING, OVER } state;
	bool waited;		/* was suspended; until that is answered */
};

/* ---- pieces ---- */

/* Makes a piece; false when the page function made something else of it. */
static bool
make(struct stream *stream, enum piece piece, char **out, size_t *len)
{
	struct request fresh;
	struct str body = STR_NONE;
	bool good;

	http_again(stream->request, &fresh);
	fresh.piece = piece;
	fresh.after = stream->seq;
	fresh.resumed_hold = piece == PIECE_LINES;
	dispatch(&fresh);
	good = fresh.err == OK && fresh.reply.status == 0 &&
	    fresh.reply.location.len == 0 && !fresh.arena.over;
	if (good)
		body = reply_encoded(&fresh);
	if (good && (*out = malloc(body.len + 1)) == NULL)
		abort();
	if (good) {
		memcpy(*out, body.p, body.len);
		(*out)[body.len] = '\0';
		*len = body.len;
	}
	if (good && (piece == PIECE_TOP || piece == PIECE_LINES)) {
		stream->waiter.watch = fresh.watch;
		stream->since = fresh.more ? 0 : fresh.watch.begun;
		stream->seq = fresh.seen;
	}
	reply_drop(&fresh.reply);
	arena_fini(&fresh.arena);
	return good;
}

/* The last piece: the browser begins anew at once, or after a while. */
static void
finish(struct stream *stream, bool late)
{
	free(stream->out);
	stream->out = stream->ends[late];
	stream->ends[late] = NULL;
	stream->len = stream->out != NULL ? strlen(stream->out) : 0;
	stream->at = 0;
	stream->state = OVER;
}

static void
put(struct stream *stream, enum piece piece)
{
	free(stream->out);
	stream->out = NULL;
	stream->len = stream->at = 0;
	if (!make(stream, piece, &stream->out, &stream->len))
		finish(stream, false);
}

/*
 * No further request proves that lines have arrived, as it does for a hold; but
 * on a line that flows it is enough that the other end has taken all bytes.
 */
static void
mark_read(struct stream *stream)
{
	struct arena arena;
	int left;

	if (stream->seq == stream->read || ioctl(stream->waiter.fd, SIOCOUTQ,
	    &left) != 0 || left != 0)
		return;
	arena_init(&arena, 0);
	held_arrived(&arena, stream->uid, stream->cid, stream->seq);
	arena_fini(&arena);
	stream->read = stream->seq;
}

static void
put_alive(struct stream *stream)
{
	free(stream->out);
	stream->out = strdup("\n");
	if (stream->out == NULL)
		abort();
	stream->len = 1;
	stream->at = 0;
}

/* ---- waiting ---- */

static struct stream *
stream_of(struct waiter *waiter)
{
	return (struct stream *)((char *)waiter -
	    offsetof(struct stream, waiter));
}

static void
on_suspend(struct waiter *waiter)
{
	http_suspend(stream_of(waiter)->request);
}

static void
on_resume(struct waiter *waiter)
{
	/* Looked at before the resume: the stream is not ours behind it. */
	if (waiter->reason == WAKE_HANGUP)
		line_hung_up(waiter->sid);
	http_resume(stream_of(waiter)->request);
}

static int64_t
deadline(const struct stream *stream, int64_t now)
{
	int64_t at = now + ALIVE_MS;

	if (stream->ends_ms < at)
		at = stream->ends_ms;
	if (stream->probe_ms != 0 && stream->probe_ms < at)
		at = stream->probe_ms;
	return at;
}

/* Suspended until there is something to do: true; else there is by now. */
static bool
wait_on(struct stream *stream)
{
	struct waiter *waiter = &stream->waiter;

	waiter->since = stream->since;
	waiter->deadline_ms = deadline(stream, clock_mono_ms());
	waiter->worker = http_worker();
	waiter->reason = 0;
	stream->waited = live_wait(waiter);
	return stream->waited;
}

/* The question in the top was not answered in time? */
static bool
gathers(struct stream *stream, int64_t now)
{
	if (stream->probe_ms == 0 || now < stream->probe_ms)
		return false;
	stream->probe_ms = 0;
	return line_change(stream->sid, LINE_ASKED, LINE_GATHERS);
}

/* After a wait, or when there was no waiting: the next piece. */
static void
go_on(struct stream *stream)
{
	enum wake_reason reason = stream->waiter.reason;
	int64_t now = clock_mono_ms();
	uint32_t before = stream->seq;

	if (now >= stream->ends_ms)
		line_bore(stream->sid);
	if (reason == WAKE_HANGUP) {
		stream->state = OVER;
		stream->len = stream->at = 0;
	} else if (watch_stale(&stream->vital, clock_wall_ms()) ||
	    now >= stream->ends_ms || gathers(stream, now)) {
		finish(stream, false);
	} else if (reason == WAKE_STOP || reason == WAKE_EVICTED ||
	    stream->refused > 1) {
		finish(stream, true);
	} else if (reason == WAKE_DEADLINE) {
		mark_read(stream);
		put_alive(stream);
	} else {
		put(stream, PIECE_LINES);
		/* Refused and nothing new: we are stopping, not behind. */
		stream->refused = !stream->waited && stream->seq == before ?
		    stream->refused + 1 : 0;
	}
}

/* ---- for the response ---- */

static size_t
take(struct stream *stream, char *buf, size_t max)
{
	size_t n = stream->len - stream->at;

	if (n > max)
		n = max;
	if (n != 0)
		memcpy(buf, stream->out + stream->at, n);
	stream->at += n;
	return n;
}

static void
begin(struct stream *stream)
{
	size_t len;

	stream->state = FLOWING;
	/* The pieces have their own; this lasts for minutes. */
	arena_fini(&stream->request->arena);
	if (!make(stream, PIECE_END, &stream->ends[0], &len) ||
	    !make(stream, PIECE_LATE_END, &stream->ends[1], &len)) {
		stream->state = OVER;
		return;
	}
	put(stream, PIECE_TOP);
	stream->waiter.reason = 0;
}

/* What came of a wait is made, or nobody is there to take it. */
static void
wait_answered(struct stream *stream)
{
	if (stream->waited)
		live_done(stream->waiter.worker);
	stream->waited = false;
}

static ssize_t
stream_next(void *state, char *buf, size_t max)
{
	struct stream *stream = state;
	size_t n;

	if (stream->state == TOP)
		begin(stream);
	else if (stream->waited)
		go_on(stream);
	wait_answered(stream);
	while ((n = take(stream, buf, max)) == 0) {
		if (stream->state == OVER)
			return STREAM_END;
		if (wait_on(stream))
			return 0;
		go_on(stream);
	}
	return (ssize_t)n;
}

static void
stream_free(void *state)
{
	struct stream *stream = state;

	wait_answered(stream); /* resumed, but hung up before the next piece */
	line_change(stream->sid, LINE_ASKED, LINE_UNKNOWN);
	free(stream->ends[0]);
	free(stream->ends[1]);
	free(stream->out);
	free(stream);
}

static void
small_send_buffer(const struct request *request)
{
	int size = SEND_BUFFER, fd = http_fd(request);

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)) != 0)
		log_warn("send buffer of %d bytes refused", size);
}

void
stream_open(struct request *request, uint64_t cid)
{
	const struct viewer *viewer = &request->viewer;
	struct stream *stream = calloc(1, sizeof(*stream));
	int64_t now = clock_mono_ms();

	if (stream == NULL)
		abort();
	stream->request = request;
	stream->sid = viewer->sid;
	stream->uid = viewer->uid;
	stream->cid = cid;
	stream->ends_ms = now + (int64_t)http_conf->stream_s * 1000;
	if (line_change(viewer->sid, LINE_UNKNOWN, LINE_ASKED))
		stream->probe_ms = now + PROBE_MS;
	watch_begin(&stream->vital);
	watch_add(&stream->vital, (struct object){ OBJ_SESSION, viewer->sid, 0 });
	watch_add(&stream->vital, (struct object){ OBJ_USER, viewer->uid, 0 });
	watch_add(&stream->vital, (struct object){ OBJ_MEMBER, cid, viewer->uid });
	stream->waiter = (struct waiter){
		.sid = viewer->sid,
		.uid = viewer->uid,
		.session_max = device_defaults[request->key.class].holds,
		.fd = http_fd(request),
		.suspend = on_suspend,
		.resume = on_resume,
	};
	small_send_buffer(request);
	request->reply.no_store = true;
	request->reply.stream = (struct stream_source){ .next = stream_next,
	    .free = stream_free, .state = stream, .closes = true };
}
