/*
 * Holding requests and proving that held replies arrived.
 *
 * A held request keeps its target and its waiter, nothing else, not even the
 * struct request: thousands of them wait.  When it is resumed it starts anew,
 * access checks included.
 */
#include "web/held.h"

#include <stdlib.h>

#include "im/conversation.h"
#include "im/soft.h"
#include "web/http.h"
#include "web/line.h"

#define ROUND_S 5 /* each hold that came back makes the next one longer */

void
held_parse(struct request *request)
{
	struct str rest = request_query(request, "w"), seen, round;
	uint64_t value;

	request->watch_v = 0;
	if (rest.len == 0 || !watch_version_parse(rest, &request->watch_v))
		return;
	str_split(&rest, '.');
	str_split(&rest, '.');
	seen = str_split(&rest, '.');
	round = str_split(&rest, '.');
	if (str_u64(seen, &value) && value <= UINT32_MAX)
		request->seen = (uint32_t)value;
	if (str_u64(round, &value) && value < 100)
		request->round = (unsigned)value;
	if (request->round != 0)
		line_bore(request->viewer.sid);
}

struct str
held_link(struct request *request, struct str self)
{
	char version[WATCH_VERSION_LEN];
	bool in_vain = request->resumed_hold &&
	    request->waiter.reason == WAKE_DEADLINE;

	watch_version(request->watch.begun, version);
	return str_fmt(&request->arena, "%.*s%cw=%s.%u.%u.%x", STR_ARGS(self),
	    str_find(self, STR("?"), NULL) ? '&' : '?', version,
	    request->seen, request->round + in_vain, (unsigned)(secret_random_u64() & 0xffff));
}

static int64_t
hold_ms(const struct request *request)
{
	unsigned seconds = http_conf->hold_s + request->round * ROUND_S;

	if (seconds > http_conf->hold_max_s)
		seconds = http_conf->hold_max_s;
	return (int64_t)seconds * 1000;
}

static struct held *
held_of(struct waiter *waiter)
{
	return (struct held *)((char *)waiter - offsetof(struct held, waiter));
}

static void
hold_suspend(struct waiter *waiter)
{
	http_suspend_connection(held_of(waiter)->connection);
}

static void
hold_resume(struct waiter *waiter)
{
	/* Looked at before the resume: the request is not ours behind it. */
	if (waiter->reason == WAKE_HANGUP)
		line_hung_up(waiter->sid);
	http_resume_connection(held_of(waiter)->connection);
}

bool
held_try(struct request *request)
{
	struct held *held;

	if (request->watch_v == 0 || request->resumed_hold ||
	    !request->holdable || request->watch.full ||
	    request->method != METHOD_GET)
		return false;
	held = calloc(1, sizeof(*held));
	if (held == NULL)
		abort();
	held->connection = request->connection;
	held->waiter = (struct waiter){
		.watch = request->watch,
		.since = request->watch_v,
		.deadline_ms = clock_mono_ms() + hold_ms(request),
		.sid = request->viewer.sid,
		.uid = request->viewer.uid,
		.session_max = device_defaults[request->key.class].holds,
		.worker = http_worker(),
		.fd = http_fd(request),
		.suspend = hold_suspend,
		.resume = hold_resume,
	};
	/* From here on it may be resumed; this thread will go on with it. */
	request->waits = live_wait(&held->waiter);
	if (!request->waits) {
		free(held);
		return false;
	}
	request->state = R_HELD;
	request->held = held;
	return true;
}

void
held_answered(const struct request *request)
{
	if (request->watch_v != 0 && !request->resumed_hold &&
	    request->holdable && request->talk != 0 && request_counts(request))
		held_mark(request->viewer.uid, request->talk, request->seen,
		    request->read_was);
}

bool
held_early(const struct request *request)
{
	return request->waiter.reason == WAKE_STOP ||
	    request->waiter.reason == WAKE_EVICTED;
}

/* ---- read marks ---- */

struct str
held_proof_link(struct request *request)
{
	if (!request->resumed_hold || request->talk == 0 || request->seen == 0)
		return STR_NONE;
	return str_fmt(&request->arena, "r=%llu.%u",
	    (unsigned long long)request->talk, request->seen);
}

void
held_proof(struct request *request)
{
	struct str rest = request_query(request, "r");
	uint64_t cid, seq;

	if (rest.len != 0 && str_u64(str_split(&rest, '.'), &cid) &&
	    str_u64(rest, &seq))
		held_arrived(&request->arena, request->viewer.uid, cid, seq);
}

void
held_arrived(struct arena *arena, uint64_t uid, uint64_t cid, uint64_t seq)
{
	struct conversation talk;

	if (conversation_get(arena, cid, uid, &talk) == OK &&
	    seq <= talk.last_seq)
		held_mark(uid, cid, (uint32_t)seq, talk.read_seq);
}

void
held_mark(uint64_t uid, uint64_t cid, uint32_t seq, uint32_t stored_read)
{
	uint32_t was;

	if (!soft_read(uid, cid, seq, stored_read, &was))
		return;
	live_bump1((struct object){ .kind = OBJ_INBOX, .a = uid });
}
