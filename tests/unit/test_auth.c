/* Who is asking and from where: tickets, origins, hosts, sessions by token. */
#include "web_fixture.h"

#define TICKET_S 60

/* ---- tickets ---- */

static struct request *
client(const char *family)
{
	struct request *request = request_to("/login");

	request->device.family = str_c(family);
	return request;
}

static bool
take(const struct request *request, const char *name)
{
	struct ticket ticket;

	return ticket_take(request, str_c(name), &ticket);
}

static void
test_a_ticket_is_good_once(void **state)
{
	struct request *phone = client("nokia7110");
	struct ticket ticket;
	char name[TOKEN_LEN + 1];

	(void)state;
	ticket_make(phone, 7, STR("abcdefghijklmnop"), STR("c12"), name);
	assert_true(secret_token_valid(str_c(name)));
	assert_true(ticket_take(phone, str_c(name), &ticket));
	assert_int_equal(ticket.uid, 7);
	assert_string_equal(ticket.cookie, "abcdefghijklmnop");
	assert_string_equal(ticket.to, "c12");
	assert_false(ticket_take(phone, str_c(name), &ticket));
}

static void
test_a_ticket_is_good_for_a_minute(void **state)
{
	struct request *phone = client("nokia7110");
	char young[TOKEN_LEN + 1], old[TOKEN_LEN + 1];

	(void)state;
	ticket_make(phone, 7, STR("x"), STR(""), young);
	clock_advance((TICKET_S - 1) * 1000);
	assert_true(take(phone, young));
	ticket_make(phone, 7, STR("x"), STR(""), old);
	clock_advance(TICKET_S * 1000);
	assert_false(take(phone, old));
	assert_false(take(phone, old));
}

static void
test_a_ticket_serves_who_gave_the_password(void **state)
{
	struct request *phone = client("nokia7110"), *foreign = client("nokia7110");
	char name[TOKEN_LEN + 1];

	(void)state;
	foreign->foreign = true;	/* a link on another site */
	ticket_make(phone, 7, STR("x"), STR(""), name);
	assert_false(take(client("lynx"), name));
	assert_false(take(client(""), name));
	assert_false(take(foreign, name));
	assert_true(take(phone, name));
}

static void
test_what_is_no_ticket(void **state)
{
	struct request *phone = client("nokia7110");

	(void)state;
	assert_false(take(phone, ""));
	assert_false(take(phone, "short"));
	assert_false(take(phone, "abcdefghijklmnopq"));
	assert_false(take(phone, "abcdefghijklmno!"));
	assert_false(take(phone, "AAAAAAAAAAAAAAAA"));
	assert_false(ticket_take(phone, (struct str){ "\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0", TOKEN_LEN }, &(struct ticket){ 0 }));
}

static void
test_many_tickets_at_once(void **state)
{
	struct request *phone = client("nokia7110");
	char first[TOKEN_LEN + 1], name[TOKEN_LEN + 1], last[TOKEN_LEN + 1];

	(void)state;
	ticket_make(phone, 1, STR("x"), STR(""), first);
	for (int i = 0; i < 1023; i++)
		ticket_make(phone, 2, STR("x"), STR(""), name);
	assert_true(take(phone, first));
	ticket_make(phone, 3, STR("x"), STR(""), last);
	assert_true(take(phone, name));
	assert_true(take(phone, last));
}

static void
test_a_long_page_to_go_to_is_cut(void **state)
{
	struct request *phone = client("averyveryverylongfamilyname-0123");
	struct ticket ticket;
	char name[TOKEN_LEN + 1], to[201] = "";

	(void)state;
	memset(to, 'c', 200);
	ticket_make(phone, 7, str_c(to), str_c(to), name);
	assert_true(ticket_take(phone, str_c(name), &ticket));
	assert_int_equal(strlen(ticket.to), sizeof(ticket.to) - 1);
	assert_int_equal(strlen(ticket.cookie), TOKEN_LEN);
}

/* ---- origins ---- */

static const struct post {
	const char *host, *origin, *site;
	bool tls, ours;
} posts[] = {
	{ "127.0.0.1:8080", NULL, NULL, false, true },
	{ NULL, NULL, NULL, false, true },	/* HTTP/1.0 phones */
	{ "127.0.0.1:8080", "http://127.0.0.1:8080", NULL, false, true },
	{ "127.0.0.1:8080", "HTTP://127.0.0.1:8080", NULL, false, true },
	{ "gate.example", "http://chat.example", NULL, false, true }, /* listed */
	{ "CHAT.example", "http://chat.EXAMPLE", "same-origin", false, true },
	{ "127.0.0.1:8080", NULL, "same-origin", false, true },
	{ "127.0.0.1:8080", NULL, "none", false, true },
	{ "chat.example", "https://chat.example", NULL, true, true },
	{ "127.0.0.1:8080", "http://127.0.0.1:8081", NULL, false, false },
	{ "127.0.0.1:8080", "http://127.0.0.1", NULL, false, false },
	{ "127.0.0.1:8080", "https://127.0.0.1:8080", NULL, false, false },
	{ "127.0.0.1:8080", "http://evil.example", NULL, false, false },
	{ "chat.example", "http://chat.example.evil.example", NULL, false, false },
	{ "chat.example", "http://evil.example/chat.example", NULL, false, false },
	{ "chat.example", "http://xchat.example", NULL, false, false },
	{ "chat.example", "http://", NULL, false, false },
	{ "chat.example", "http://chat.example ", NULL, false, false },
	{ "chat.example", "http://chat.example http://o", NULL, false, false },
	{ "chat.example", "null", NULL, false, false },
	{ "chat.example", "file://", NULL, false, false },
	{ "chat.example", "http://chat.example", NULL, true, false },
	{ "chat.example", "http://chat.example", "cross-site", false, false },
	{ "chat.example", NULL, "cross-site", false, false },
	{ "chat.example", NULL, "same-site", false, false },
	{ "chat.example", NULL, "Same-Origin", false, false },
	{ "chat.example", NULL, "x", false, false },
};

static void
test_posts_of_our_pages(void **state)
{
	(void)state;
	assert_ok(conf_set(&web_conf, STR("origins"),
	    STR("http://chat.example https://chat.example"),
	    &(const char *){ NULL }));
	for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++) {
		const struct post *post = &posts[i];
		struct request *request = request_to("/c12");

		request->host = str_c(post->host);
		request->header[HEADER_ORIGIN] = str_c(post->origin);
		request->header[HEADER_SEC_FETCH_SITE] = str_c(post->site);
		request->tls = post->tls;
		if (auth_same_origin(request) != post->ours)
			fail_msg("row %zu: %s %s", i,
			    post->origin ? post->origin : "", post->site ?
			    post->site : "");
	}
}

static void
test_redirects_never_name_a_forged_host(void **state)
{
	static const struct {
		const char *host;
		bool tls, known;
	} hosts[] = {
		{ "chat.example", false, true }, { "CHAT.EXAMPLE", false, true },
		{ "evil.example", false, false }, { "chat.example:81", false, false },
		{ "chat.example.evil", false, false }, { "chat.exampl", false, false },
		{ "", false, false }, { "http://chat.example", false, false },
		{ "chat.example", true, false },
	};

	(void)state;
	assert_ok(conf_set(&web_conf, STR("origins"), STR("http://chat.example"),
	    &(const char *){ NULL }));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct request *request = request_to("/c12");

		request->host = str_c(hosts[i].host);
		request->tls = hosts[i].tls;
		if (auth_known_host(request) != hosts[i].known)
			fail_msg("%s", hosts[i].host);
		request_redirect(request, STR("c12?ok=sent"));
		assert_str(request->reply.location, hosts[i].known ?
		    str_fmt(&request->arena, "http://%s/c12?ok=sent",
		    hosts[i].host).p : "/c12?ok=sent");
	}
	assert_ok(conf_set(&web_conf, STR("origins"), STR(""),
	    &(const char *){ NULL }));
	assert_false(auth_known_host(request_to("/")));
}

/* ---- sessions ---- */

struct opened {
	uint64_t uid;
	char token[TOKEN_LEN + 1];
	struct session_hash hash;
};

static struct opened
open_as(enum session_kind kind, bool tls, const char *family)
{
	struct opened opened = { .uid = user("auth") };
	struct session_open in = { .uid = opened.uid, .kind = kind, .tls = tls,
	    .family = str_c(family) };

	secret_token(opened.token);
	in.hash = opened.hash = session_hash_of(str_c(opened.token));
	assert_ok(run(&in.command, session_open_run));
	return opened;
}

static struct request *
with_path(const struct opened *opened, const char *family)
{
	struct request *request = request_to("/");

	request->token = str_c(opened->token);
	request->device.family = str_c(family);
	assert_ok(auth_viewer(request));
	return request;
}

static struct request *
with_bearer(const char *value)
{
	struct request *request = request_to("/");

	request->header[HEADER_AUTHORIZATION] = str_c(value);
	assert_ok(auth_viewer(request));
	return request;
}

static void
test_a_path_session_serves_its_client_only(void **state)
{
	struct opened opened = open_as(SESSION_PATH, false, "nokia7110");
	struct request *request = with_path(&opened, "nokia7110");

	(void)state;
	assert_true(request_signed_in(request));
	assert_int_equal(request->viewer.uid, opened.uid);
	assert_str(auth_prefix(request), str_fmt(&request->arena, "/~%s/",
	    opened.token).p);
	request = with_path(&opened, "mozilla");
	assert_false(request_signed_in(request));
	assert_str(auth_prefix(request), "/");
}

static void
test_a_token_counts_only_as_what_it_is(void **state)
{
	struct opened cookie = open_as(SESSION_COOKIE, false, "x");
	struct opened bearer = open_as(SESSION_BEARER, false, "x");
	struct request *request;
	struct str value = str_fmt(&fix.arena, "Bearer %s", bearer.token);

	(void)state;
	assert_false(request_signed_in(with_path(&cookie, "x")));
	assert_false(request_signed_in(with_path(&bearer, "x")));
	request = with_bearer(value.p);
	assert_true(request_signed_in(request));
	assert_int_equal(request->viewer.uid, bearer.uid);
	assert_str(auth_prefix(request), "/");
	value = str_fmt(&fix.arena, "Bearer %s", cookie.token);
	assert_false(request_signed_in(with_bearer(value.p)));
	assert_false(request_signed_in(with_bearer(bearer.token)));
	assert_false(request_signed_in(with_bearer("Bearer ")));
	assert_false(request_signed_in(with_bearer("Basic eDp5")));
}

static void
test_a_session_of_a_plain_line_is_none_on_tls(void **state)
{
	struct opened plain = open_as(SESSION_PATH, false, "x");
	struct opened tls = open_as(SESSION_PATH, true, "x");
	struct request *request = request_to("/");

	(void)state;
	assert_false(request_signed_in(with_path(&tls, "x")));
	request->tls = true;
	request->token = str_c(plain.token);
	request->device.family = STR("x");
	assert_ok(auth_viewer(request));
	assert_int_equal(request->viewer.uid, 0);
	request->token = str_c(tls.token);
	assert_ok(auth_viewer(request));
	assert_true(request_signed_in(request));
}

/* Its user is still known, for drafts, but nobody is signed in. */
static void
test_an_ended_session(void **state)
{
	struct opened opened = open_as(SESSION_PATH, false, "x");
	struct session_end end = { .uid = opened.uid, .hash = opened.hash };
	struct request *before = with_path(&opened, "x"), *after;

	(void)state;
	assert_ok(run(&end.command, session_end_run));
	live_bump(fix.touched, fix.n_touched); /* as the committer does */
	after = with_path(&opened, "x");
	assert_false(request_signed_in(after));
	assert_int_equal(after->viewer.uid, opened.uid);
	assert_true(after->viewer.ended);
	/* A page that this session was reading watches its end. */
	assert_true(touched_has((struct object){ OBJ_SESSION,
	    session_id_of(&opened.hash), 0 }));
	assert_true(before->watch.n >= 2);
}

static void
test_cookies_by_line(void **state)
{
	struct request *request = request_to("/");

	(void)state;
	request->device.class = DEVICE_HTML;
	assert_str(auth_cookie(request, STR("abcdefghijklmnop")),
	    "z=abcdefghijklmnop; Path=/; Max-Age=2592000; HttpOnly; "
	    "SameSite=Lax");
	assert_str(auth_cookie(request, STR_NONE),
	    "z=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
	request->device.class = DEVICE_WML;	/* what Kannel keeps */
	assert_str(auth_cookie(request, STR("abcdefghijklmnop")),
	    "z=abcdefghijklmnop; Path=/; Max-Age=2592000");
	request->tls = true;
	assert_str(auth_cookie(request, STR("abcdefghijklmnop")),
	    "__Host-z=abcdefghijklmnop; Path=/; Max-Age=2592000; HttpOnly; "
	    "SameSite=Lax; Secure");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_a_ticket_is_good_once),
		WEB_TEST(test_a_ticket_is_good_for_a_minute),
		WEB_TEST(test_a_ticket_serves_who_gave_the_password),
		WEB_TEST(test_what_is_no_ticket),
		WEB_TEST(test_many_tickets_at_once),
		WEB_TEST(test_a_long_page_to_go_to_is_cut),
		WEB_TEST(test_posts_of_our_pages),
		WEB_TEST(test_redirects_never_name_a_forged_host),
		WEB_TEST(test_a_path_session_serves_its_client_only),
		WEB_TEST(test_a_token_counts_only_as_what_it_is),
		WEB_TEST(test_a_session_of_a_plain_line_is_none_on_tls),
		WEB_TEST(test_an_ended_session),
		WEB_TEST(test_cookies_by_line),
	};

	return cmocka_run_group_tests(tests, web_group_setup, web_group_teardown);
}
