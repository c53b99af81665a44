/* Request targets of any bytes: what passes is one harmless segment. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "web/request.h"
#include "web/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		assert((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f);
}

static void
check_path(struct str path)
{
	struct str rest = str_starts(path, STR("-/")) ? str_from(path, 2) : path;
	uint64_t id[2];

	check_plain(path);
	assert(!str_find(rest, STR("/"), NULL));
	assert(!str_find(path, STR("\\"), NULL));
	assert(!str_find(path, STR("/."), NULL));
	assert(!str_starts(path, STR(".")));
	route_find(path, id);
}

static void
check_query(const struct request *request)
{
	assert(request->queries <= QUERY_MAX);
	for (unsigned i = 0; i < request->queries; i++) {
		const struct query *query = &request->query[i];

		check_plain(query->name);
		check_plain(query->value);
		assert(request_query(request, query->name.p).p != NULL);
		request_query_u64(request, query->name.p, 7);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct request request;
	struct str location;

	if (size > 4096)
		return 0;
	memset(&request, 0, sizeof(request));
	arena_init(&request.arena, 0);
	/* NUL-terminated, and no byte more than libmicrohttpd gives. */
	request.target = strndup((const char *)data, size);
	assert(request.target != NULL);
	if (request_parse(&request) == OK) {
		check_path(request.path);
		assert(request.token.len == 0 ||
		    secret_token_valid(request.token));
		location = request.reply.location;
		assert(location.len == 0 || (location.len == TOKEN_LEN + 3 &&
		    str_starts(location, STR("/~"))));
	}
	check_query(&request);
	free(request.target);
	arena_fini(&request.arena);
	return 0;
}
