/* What clients send back: versions of held links, and form keys.  None of it is
 * good unless we made it. */
#define _XOPEN_SOURCE 700
#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/formkey.h"
#include "web/held.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/zhitiao-fuzz-XXXXXX";

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
stop(void)
{
	store_close();
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Keys are MACs under the store's secret. */
static void
start_once(void)
{
	static bool started;
	const struct store_config config = { .dir = dir,
	    .cache_bytes = 16 << 20, .checkpoint_kb = 4096, .queue_max = 64,
	    .queue_user_max = 64 };

	if (started)
		return;
	log_set_level(LOG_WARN);
	secret_init();
	assert(mkdtemp(dir) != NULL);
	started = store_open(&config) == OK;
	assert(started);
	atexit(stop);
}

static void
check_version(struct str s)
{
	struct watch_set now;
	char version[WATCH_VERSION_LEN];
	uint64_t v;

	watch_begin(&now);
	if (!watch_version_parse(s, &v))
		return;
	assert(v > 0 && v <= now.begun);
	watch_version(v, version);
	assert(str_starts(s, str_c(version)));
}

static void
check_key(struct request *request, struct str s)
{
	struct str made = formkey_make(request, 1, 12, 5);
	uint32_t count;

	if (formkey_check(request, s, 1, 12, &count) == FORMKEY_OK)
		assert(str_eq(s, made));
	assert(formkey_check(request, made, 1, 12, &count) == FORMKEY_OK);
	assert(count == 5);
}

/* A good key with some bytes changed, as data says: place, byte, … */
static void
check_changed(struct request *request, const uint8_t *data, size_t size)
{
	struct str made = formkey_make(request, 1, 12, 5);
	char copy[32];
	uint32_t count;

	memcpy(copy, made.p, made.len);
	for (size_t i = 0; i + 1 < size; i += 2)
		copy[data[i] % made.len] = (char)data[i + 1];
	if (formkey_check(request, (struct str){ copy, made.len }, 1, 12,
	    &count) == FORMKEY_OK)
		assert(memcmp(copy, made.p, made.len) == 0);
}

/* The whole w= value of a request. */
static void
check_held(struct request *request, struct str s)
{
	request->queries = 1;
	request->query[0] = (struct query){ STR("w"), s };
	held_parse(request);
	assert(request->round < 100);
	assert(request->watch_v != 0 ||
	    (request->seen == 0 && request->round == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct request request;
	struct str s = { (const char *)data, size };

	if (size > 256)
		return 0;
	start_once();
	memset(&request, 0, sizeof(request));
	arena_init(&request.arena, 0);
	request.now_ms = INT64_C(1800000000000);
	request.viewer.uid = 7;
	request.viewer.sid = 70;
	check_version(s);
	check_key(&request, s);
	check_changed(&request, data, size);
	check_held(&request, s);
	/* Ours, with a tail of theirs. */
	request.watch.begun = 1;
	s = str_fmt(&request.arena, "%.*s.%.*s", STR_ARGS(str_head(str_from(
	    held_link(&request, STR("c")), 4), 10)), STR_ARGS(s));
	check_version(s);
	check_held(&request, s);
	arena_fini(&request.arena);
	return 0;
}
