/* Targets as anybody may send them: paths, tokens, percent signs, queries. */
#include "web_fixture.h"

#define TOKEN "abcdefghijklmn_-"

static const struct target {
	const char *raw;
	enum err err;
	const char *path, *token, *location;
} targets[] = {
	{ "/", OK, "", "", "" },
	{ "/c12", OK, "c12", "", "" },
	{ "/c12?b=40", OK, "c12", "", "" },
	{ "/?", OK, "", "", "" },
	{ "/-/style.1a2b3c4d.css", OK, "-/style.1a2b3c4d.css", "", "" },
	{ "/%631%32", OK, "c12", "", "" },
	{ "/a+b", OK, "a+b", "", "" },		/* + is a space in queries only */
	{ "/caf%C3%a9", OK, "caf\xC3\xA9", "", "" },
	/* with a session in the path */
	{ "/~" TOKEN "/", OK, "", TOKEN, "" },
	{ "/~" TOKEN "/c12?w=1", OK, "c12", TOKEN, "" },
	{ "/%7E" TOKEN "/c12", OK, "c12", TOKEN, "" },
	{ "/%7e" TOKEN "/c12", OK, "c12", TOKEN, "" },
	{ "/~" TOKEN, OK, "", TOKEN, "/~" TOKEN "/" },
	{ "/~" TOKEN "?b=1", OK, "", TOKEN, "/~" TOKEN "/" },
	{ "/~", ERR_NOT_FOUND, NULL, "", "" },
	{ "/~short/c12", ERR_NOT_FOUND, NULL, "", "" },
	{ "/~" TOKEN "x/c12", ERR_NOT_FOUND, NULL, "", "" },
	{ "/~abcdefghijklmn_!/c12", ERR_NOT_FOUND, NULL, "", "" },
	{ "/~" TOKEN "/c12/x", ERR_NOT_FOUND, NULL, TOKEN, "" },
	/* absolute, as proxies send it; the Host header says whose it is */
	{ "http://host/", OK, "", "", "" },
	{ "http://host/c12?b=1", OK, "c12", "", "" },
	{ "HTTP://host:8080/c12", OK, "c12", "", "" },
	{ "http://host", OK, "", "", "" },
	{ "http://host?b=1", OK, "", "", "" },
	{ "http://", OK, "", "", "" },
	{ "http://host/~" TOKEN "/c12", OK, "c12", TOKEN, "" },
	{ "http://host//c12", ERR_REQUEST, NULL, "", "" },
	/* deeper than one segment */
	{ "/a/b", ERR_NOT_FOUND, NULL, "", "" },
	{ "/c12/", ERR_NOT_FOUND, NULL, "", "" },
	{ "/-/a/b", ERR_NOT_FOUND, NULL, "", "" },
	{ "/a%2Fb", ERR_NOT_FOUND, NULL, "", "" },
	/* nothing that a server behind us might read otherwise */
	{ "//", ERR_REQUEST, NULL, "", "" },
	{ "//c12", ERR_REQUEST, NULL, "", "" },
	{ "//evil.example/", ERR_REQUEST, NULL, "", "" },
	{ "/%2Fevil.example/", ERR_REQUEST, NULL, "", "" },
	{ "/c12//", ERR_REQUEST, NULL, "", "" },
	{ "/-//x", ERR_REQUEST, NULL, "", "" },
	{ "/..", ERR_REQUEST, NULL, "", "" },
	{ "/../etc/passwd", ERR_REQUEST, NULL, "", "" },
	{ "/-/../x", ERR_REQUEST, NULL, "", "" },
	{ "/%2e%2E/x", ERR_REQUEST, NULL, "", "" },
	{ "/-/%2e%2e%2fx", ERR_REQUEST, NULL, "", "" },
	{ "/.hidden", ERR_REQUEST, NULL, "", "" },
	{ "/~" TOKEN "/..", ERR_REQUEST, NULL, "", "" },
	{ "/\\evil.example", ERR_REQUEST, NULL, "", "" },
	{ "/%5Cevil.example", ERR_REQUEST, NULL, "", "" },
	/* percent nonsense, control bytes */
	{ "/%", ERR_REQUEST, NULL, "", "" },
	{ "/%4", ERR_REQUEST, NULL, "", "" },
	{ "/%zz", ERR_REQUEST, NULL, "", "" },
	{ "/%+1", ERR_REQUEST, NULL, "", "" },
	{ "/c12%", ERR_REQUEST, NULL, "", "" },
	{ "/%00", ERR_REQUEST, NULL, "", "" },
	{ "/c12%00.css", ERR_REQUEST, NULL, "", "" },
	{ "/%0d%0aSet-Cookie:x", ERR_REQUEST, NULL, "", "" },
	{ "/c%7F", ERR_REQUEST, NULL, "", "" },
	{ "/c\t", ERR_REQUEST, NULL, "", "" },
	/* no path at all */
	{ "*", ERR_REQUEST, NULL, "", "" },
	{ "c12", ERR_REQUEST, NULL, "", "" },
	{ "https://host/", ERR_REQUEST, NULL, "", "" },
	{ "host:443", ERR_REQUEST, NULL, "", "" },
};

static void
test_targets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		const struct target *want = &targets[i];
		struct request *request = request_to(want->raw);
		enum err err = request_parse(request);

		if (err != want->err)
			fail_msg("%s: %s", want->raw, err_name(err));
		assert_str(request->token, want->token);
		assert_str(request->reply.location, want->location);
		if (want->path != NULL)
			assert_str(request->path, want->path);
	}
}

static const struct {
	const char *raw, *name, *value;
} queries[] = {
	{ "/c12?b=40", "b", "40" },
	{ "/c12?b=40&w=1.2.3", "w", "1.2.3" },
	{ "/c12?b=40&b=41", "b", "40" },	/* the first counts */
	{ "/c12?b=4%30", "b", "40" },
	{ "/c12?%62=40", "b", "40" },
	{ "/c12?b=a+b%2Bc", "b", "a b+c" },
	{ "/c12?b=a=b", "b", "a=b" },
	{ "/c12?b=a?b", "b", "a?b" },
	{ "/c12?b=%E6%B1%89", "b", "\xE6\xB1\x89" },
	{ "/c12?&&b=1&", "b", "1" },
	{ "/c12?b", "b", "" },
	{ "/c12?b=", "b", "" },
	{ "/c12?12.57.1.abcdefgh", "12.57.1.abcdefgh", "" },
	{ "/c12?b=%zz&b=40", "b", "40" },	/* malformed is as absent */
	{ "/c12?b=%0a&b=40", "b", "40" },
	{ "/c12?b=%00", "b", "" },
	{ "/c12", "b", "" },
	{ "/c12?B=1", "b", "" },
	{ "http://host/c12?b=1", "b", "1" },
	{ "http://host?b=1", "b", "1" },
	{ "/~" TOKEN "/c12?b=1", "b", "1" },
};

static void
test_queries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct request *request = request_to(queries[i].raw);

		assert_ok(request_parse(request));
		if (!str_eq(request_query(request, queries[i].name),
		    str_c(queries[i].value)))
			fail_msg("%s", queries[i].raw);
	}
}

static void
test_a_query_without_end(void **state)
{
	struct sbuf target;
	struct request *request;

	(void)state;
	sbuf_init(&target, &fix.arena, 0);
	sbuf_add(&target, STR("/c12?b=first"));
	for (int i = 0; i < 1000; i++)
		sbuf_fmt(&target, "&x%d=%d", i, i);
	request = request_to(sbuf_str(&target).p);
	assert_ok(request_parse(request));
	assert_int_equal(request->queries, QUERY_MAX);
	assert_str(request_query(request, "b"), "first");
	assert_str(request_query(request, "x999"), "");
}

static void
test_numbers_of_queries(void **state)
{
	struct request *request = request_to(
	    "/c12?b=40&n=-1&z=007&x=1x&h=18446744073709551616&e=");

	(void)state;
	assert_ok(request_parse(request));
	assert_int_equal(request_query_u64(request, "b", 9), 40);
	assert_int_equal(request_query_u64(request, "n", 9), 9);
	assert_int_equal(request_query_u64(request, "z", 9), 9);
	assert_int_equal(request_query_u64(request, "x", 9), 9);
	assert_int_equal(request_query_u64(request, "h", 9), 9);
	assert_int_equal(request_query_u64(request, "e", 9), 9);
	assert_int_equal(request_query_u64(request, "none", 9), 9);
}

/* ---- the client ---- */

static struct request *
asked_by(const char *target, enum header_name header, const char *value)
{
	struct request *request = request_to(target);

	request->header[header] = str_c(value);
	assert_ok(request_parse(request));
	assert_ok(request_client(request));
	return request;
}

static void
test_what_counts_as_a_person(void **state)
{
	struct request *request;

	(void)state;
	assert_true(request_counts(asked_by("/", HEADER_HOST, "x")));
	assert_true(request_counts(asked_by("/", HEADER_SEC_FETCH_SITE, "none")));
	assert_true(request_counts(asked_by("/", HEADER_SEC_FETCH_SITE,
	    "same-origin")));
	assert_false(request_counts(asked_by("/", HEADER_SEC_FETCH_SITE,
	    "cross-site")));
	assert_false(request_counts(asked_by("/", HEADER_SEC_FETCH_SITE,
	    "same-site")));
	assert_false(request_counts(asked_by("/", HEADER_PURPOSE, "prefetch")));
	assert_false(request_counts(asked_by("/", HEADER_SEC_PURPOSE,
	    "prefetch;prerender")));
	request = asked_by("/", HEADER_HOST, "x");
	request->method = METHOD_HEAD;
	assert_false(request_counts(request));
}

static void
test_faces_are_switched_for_one_page(void **state)
{
	(void)state;
	assert_int_equal(asked_by("/", HEADER_ACCEPT, "text/vnd.wap.wml")->
	    key.face, FACE_WML);
	assert_int_equal(asked_by("/?face=html", HEADER_ACCEPT,
	    "text/vnd.wap.wml, */*")->key.face, FACE_HTML);
	/* A gateway would drop it, and its phone be locked out. */
	assert_int_equal(asked_by("/?face=html", HEADER_ACCEPT,
	    "text/vnd.wap.wml")->key.face, FACE_WML);
	assert_int_equal(asked_by("/?face=wml", HEADER_ACCEPT, "text/html")->
	    key.face, FACE_WML);
	assert_int_equal(asked_by("/?face=nonsense", HEADER_ACCEPT, "text/html")->
	    key.face, FACE_HTML);
	/* JSON only for those who ask by Accept, and whatever the query says. */
	assert_int_equal(asked_by("/?face=json", HEADER_ACCEPT, "text/html")->
	    key.face, FACE_HTML);
	assert_int_equal(asked_by("/?face=wml", HEADER_ACCEPT,
	    "application/json")->key.face, FACE_JSON);
	assert_int_equal(asked_by("/?cs=gbk", HEADER_ACCEPT, "text/html")->
	    key.charset, CHARSET_GBK);
	assert_int_equal(asked_by("/?cs=gbk", HEADER_ACCEPT,
	    "application/json")->key.charset, CHARSET_UTF8);
}

/* Headers of proxies count from listed proxies only, and here is none. */
static void
test_a_forged_proxy_is_not_believed(void **state)
{
	struct request *request;

	(void)state;
	request = asked_by("/", HEADER_X_FORWARDED_PROTO, "https");
	assert_false(request->tls);
	request = request_to("/");
	request->header[HEADER_HOST] = STR("127.0.0.1:8080");
	request->header[HEADER_X_FORWARDED_HOST] = STR("evil.example");
	request->header[HEADER_X_ONLINE_HOST] = STR("evil.example");
	assert_ok(request_parse(request));
	assert_ok(request_client(request));
	assert_str(request->host, "127.0.0.1:8080");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_targets),
		WEB_TEST(test_queries),
		WEB_TEST(test_a_query_without_end),
		WEB_TEST(test_numbers_of_queries),
		WEB_TEST(test_what_counts_as_a_person),
		WEB_TEST(test_faces_are_switched_for_one_page),
		WEB_TEST(test_a_forged_proxy_is_not_believed),
	};

	return cmocka_run_group_tests(tests, web_group_setup, web_group_teardown);
}
