/*
 * The memo: a fixed table of the newest replies, by a 128-bit keyed hash of
 * everything in a request that its bytes depend on.
 *
 * Access is part of the key (cookie, token, Bearer) and of the watch set (the
 * session's own slot moves when it ends), so a hit passes the same checks as
 * a page.  Each place has its own lock; responses are libmicrohttpd's and
 * counted by it.
 */
#include "web/reply.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "im/soft.h"
#include "live/presence.h"
#include "web/http.h"
#include "web/mode.h"

#define PLACES 8192
#define LOCKS 64
#define KEY_BYTES_MAX 3072
#define BODY_MAX 16384		/* longer pages are rendered anew */
#define BYTES_MAX (64u << 20)	/* of all bodies */
#define RECHECK_MS INT64_C(600000) /* then the session's idle end is asked */

static struct place {
	uint64_t key[2];
	struct watch_set watch, calm;
	uint64_t uid;
	struct session_hash session;
	bool phone, by_itself;
	int64_t idle_ms;	/* wall time until which a hit needs no store */
	char etag[24];
	size_t bytes;
	struct MHD_Response *page, *unmodified;
} *places;
static pthread_mutex_t locks[LOCKS];
static _Atomic uint64_t lookups, hits;
static _Atomic size_t bytes_kept, entries;

void
memo_start(void)
{
	places = calloc(PLACES, sizeof(*places));
	if (places == NULL)
		abort();
	for (unsigned i = 0; i < LOCKS; i++)
		pthread_mutex_init(&locks[i], NULL);
}

static void
place_clear(struct place *place)
{
	if (place->page != NULL) {
		MHD_destroy_response(place->page);
		atomic_fetch_sub(&entries, 1);
	}
	if (place->unmodified != NULL)
		MHD_destroy_response(place->unmodified);
	atomic_fetch_sub(&bytes_kept, place->bytes);
	memset(place, 0, sizeof(*place));
}

void
memo_stop(void)
{
	for (unsigned i = 0; i < PLACES; i++)
		place_clear(&places[i]);
	free(places);
	places = NULL;
}

void
memo_stats(struct memo_stats *out)
{
	*out = (struct memo_stats){
		.lookups = atomic_load(&lookups),
		.hits = atomic_load(&hits),
		.entries = atomic_load(&entries),
		.bytes = atomic_load(&bytes_kept),
	};
}

static const enum header_name key_headers[] = {
	HEADER_HOST, HEADER_USER_AGENT, HEADER_ACCEPT, HEADER_ACCEPT_CHARSET,
	HEADER_ACCEPT_LANGUAGE, HEADER_ACCEPT_ENCODING, HEADER_VIA,
	HEADER_COOKIE, HEADER_AUTHORIZATION, HEADER_X_FORWARDED_PROTO,
};

static bool
key_add(char *data, size_t *len, struct str s)
{
	if (*len + s.len + 1 > KEY_BYTES_MAX)
		return false;
	if (s.len != 0)
		memcpy(data + *len, s.p, s.len);
	*len += s.len;
	data[(*len)++] = '\n'; /* cannot stand in a header or target */
	return true;
}

void
memo_key(struct request *request)
{
	char data[KEY_BYTES_MAX];
	size_t len = 0;
	unsigned generation = view_generation();
	bool ok = key_add(data, &len, str_c(request->target));

	for (size_t i = 0; i < sizeof(key_headers) / sizeof(key_headers[0]); i++)
		ok = ok && key_add(data, &len, request->header[key_headers[i]]);
	ok = ok && key_add(data, &len, http_from_proxy(request) ? STR("p") :
	    STR("d"));
	ok = ok && key_add(data, &len, request->http10 ? STR("0") : STR("1"));
	ok = ok && key_add(data, &len, (struct str){ (char *)&generation,
	    sizeof(generation) });
	if (ok)
		secret_siphash128(data, len, request->memo);
}

static struct place *
place_lock(const struct request *request)
{
	size_t i = request->memo[0] % PLACES;

	pthread_mutex_lock(&locks[i % LOCKS]);
	return &places[i];
}

static void
place_unlock(const struct place *place)
{
	pthread_mutex_unlock(&locks[(size_t)(place - places) % LOCKS]);
}

/* The same request again, nothing moved, and the session surely still open? */
static bool
place_serves(const struct place *place, const struct request *request)
{
	return place->key[0] == request->memo[0] &&
	    place->key[1] == request->memo[1] &&
	    request->now_ms < place->idle_ms &&
	    !watch_stale(&place->watch, request->now_ms) &&
	    !watch_stale(&place->calm, request->now_ms);
}

/* The 304 of a place; made when somebody first asks for it. */
static struct MHD_Response *
unmodified_of(struct place *place)
{
	struct MHD_Response *response = place->unmodified;

	if (response != NULL)
		return response;
	response = MHD_create_response_from_buffer(0, NULL,
	    MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return NULL;
	if (MHD_add_response_header(response, "ETag", place->etag) != MHD_YES ||
	    MHD_add_response_header(response, "Cache-Control",
	    "private, no-cache") != MHD_YES) {
		MHD_destroy_response(response);
		return NULL;
	}
	place->unmodified = response;
	return response;
}

bool
memo_answer(struct request *request, unsigned *status,
    enum MHD_Result *result)
{
	struct place *place;
	struct session_hash session;
	uint64_t uid;
	bool known, phone, by_itself;

	if (request->memo[0] == 0 && request->memo[1] == 0)
		return false;
	atomic_fetch_add_explicit(&lookups, 1, memory_order_relaxed);
	place = place_lock(request);
	if (!place_serves(place, request)) {
		place_unlock(place);
		return false;
	}
	known = str_find(request->header[HEADER_IF_NONE_MATCH],
	    str_c(place->etag + 2), NULL) && unmodified_of(place) != NULL;
	/* Queued under the lock: from here on it counts this reference. */
	*status = known ? 304 : 200;
	*result = MHD_queue_response(request->connection, *status,
	    known ? place->unmodified : place->page);
	uid = place->uid;
	session = place->session;
	phone = place->phone;
	by_itself = place->by_itself;
	place_unlock(place);
	atomic_fetch_add_explicit(&hits, 1, memory_order_relaxed);
	if (request_counts(request)) {
		soft_seen(uid, &session, request->now_ms);
		if (by_itself)
			presence_back(uid);
		else
			presence_active(uid, phone);
	}
	return true;
}

bool
memo_put(struct request *request, struct MHD_Response *page)
{
	struct place *place;

	if ((request->memo[0] == 0 && request->memo[1] == 0) ||
	    request->etag.len == 0 ||
	    request->etag.len >= sizeof(place->etag) ||
	    request->sent_bytes > BODY_MAX)
		return false;
	place = place_lock(request);
	place_clear(place);
	if (atomic_load(&bytes_kept) + request->sent_bytes > BYTES_MAX) {
		place_unlock(place);
		return false;
	}
	memcpy(place->key, request->memo, sizeof(place->key));
	place->watch = request->watch;
	place->calm = request->calm;
	place->uid = request->viewer.uid;
	place->session = request->viewer.hash;
	place->phone = device_is_phone(&request->device);
	place->by_itself = mode_by_itself(request);
	place->idle_ms = request->now_ms + RECHECK_MS;
	memcpy(place->etag, request->etag.p, request->etag.len + 1);
	place->bytes = request->sent_bytes;
	atomic_fetch_add(&bytes_kept, place->bytes);
	place->page = page;
	atomic_fetch_add(&entries, 1);
	place_unlock(place);
	return true;
}
