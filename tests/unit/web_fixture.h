/*
 * What the tests of server/web share: the real store of im_fixture.h, a
 * configuration, and requests as http.c hands them over, without a connection:
 * without one there is no cookie, and nobody is a proxy.
 */
#ifndef TESTS_WEB_FIXTURE_H
#define TESTS_WEB_FIXTURE_H

#include "im_fixture.h"

#include "web/auth.h"
#include "web/formkey.h"
#include "web/held.h"
#include "web/http.h"
#include "web/request.h"

static struct conf web_conf;

UNUSED static int
web_group_setup(void **state)
{
	int status = fix_group_setup(state);

	conf_init(&web_conf);
	http_conf = &web_conf;
	return status;
}

UNUSED static int
web_group_teardown(void **state)
{
	conf_fini(&web_conf);
	return fix_group_teardown(state);
}

/* Lives until the end of the test, with all that it allocates; zero but for
 * its target, its arena and the time. */
static struct request *requests;

UNUSED static struct request *
request_to(const char *target)
{
	struct request *request = calloc(1, sizeof(*request));

	if (request == NULL)
		abort();
	arena_init(&request->arena, 0);
	request->target = (char *)str_dup(&request->arena, str_c(target)).p;
	request->now_ms = clock_wall_ms();
	watch_begin(&request->watch);
	watch_begin(&request->calm);
	request->next = requests;
	requests = request;
	return request;
}

UNUSED static int
web_teardown(void **state)
{
	struct request *request;

	while ((request = requests) != NULL) {
		requests = request->next;
		arena_fini(&request->arena);
		free(request);
	}
	return fix_teardown(state);
}

/* A signed-in viewer, as far as keys and links look at one. */
UNUSED static struct request *
request_of_user(uint64_t uid, uint64_t sid)
{
	struct request *request = request_to("/");

	request->viewer.uid = uid;
	request->viewer.sid = sid;
	request->viewer.kind = SESSION_COOKIE;
	return request;
}

#define WEB_TEST(fn) cmocka_unit_test_teardown(fn, web_teardown)

#define assert_str(s, literal) do { \
	struct str s_ = (s); \
	if (!str_eq(s_, str_c(literal))) \
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARGS(s_), (literal)); \
} while (0)

#endif
