/*
 * From bytes to a request that pages can read: the target, the client, who is
 * asking.  Nothing here answers; errors are returned and become pages later.
 */
#include "web/request.h"

#include <string.h>

#include "base/log.h"
#include "web/auth.h"
#include "web/body.h"
#include "web/http.h"
#include "web/line.h"
#include "web/mode.h"

enum method
request_method(const char *method)
{
	if (strcmp(method, "GET") == 0)
		return METHOD_GET;
	if (strcmp(method, "HEAD") == 0)
		return METHOD_HEAD;
	if (strcmp(method, "POST") == 0)
		return METHOD_POST;
	return METHOD_OTHER;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Percent-decodes; false for a bad escape or a control byte. */
static bool
percent_decode(struct arena *arena, struct str in, bool plus, struct str *out)
{
	char *p = arena_raw(arena, in.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < in.len; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (c == '%') {
			int hi = i + 2 < in.len ? hex_digit(in.p[i + 1]) : -1;
			int lo = i + 2 < in.len ? hex_digit(in.p[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return false;
			c = (unsigned char)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c < 0x20 || c == 0x7f)
			return false;
		p[len++] = (char)c;
	}
	p[len] = '\0';
	*out = (struct str){ p, len };
	return true;
}

/* Unknown and malformed parameters are ignored, as the first of a name counts. */
static void
parse_query(struct request *request, struct str rest)
{
	while (rest.len != 0 && request->queries < QUERY_MAX) {
		struct str value = str_split(&rest, '&');
		struct query *query = &request->query[request->queries];
		struct str name = str_split(&value, '=');

		if (percent_decode(&request->arena, name, true, &query->name) &&
		    percent_decode(&request->arena, value, true, &query->value))
			request->queries++;
	}
}

struct str
request_query(const struct request *request, const char *name)
{
	for (unsigned i = 0; i < request->queries; i++)
		if (str_eq(request->query[i].name, str_c(name)))
			return request->query[i].value;
	return STR_NONE;
}

uint64_t
request_query_u64(const struct request *request, const char *name,
    uint64_t otherwise)
{
	uint64_t value;

	return str_u64(request_query(request, name), &value) ? value : otherwise;
}

/* "/~TOKEN/c12" or "/~TOKEN": takes the token off the path. */
static enum err
take_token(struct request *request)
{
	struct str rest = str_from(request->path, 1);
	bool slash = rest.len > TOKEN_LEN && rest.p[TOKEN_LEN] == '/';

	if (!secret_token_valid(str_head(rest, TOKEN_LEN)) ||
	    (rest.len > TOKEN_LEN && !slash))
		return ERR_NOT_FOUND;
	request->token = str_head(rest, TOKEN_LEN);
	request->path = str_from(rest, TOKEN_LEN + 1);
	if (!slash)
		request->reply.location = str_fmt(&request->arena, "/~%.*s/",
		    STR_ARGS(request->token));
	return OK;
}

static enum err
parse_path(struct request *request, struct str raw)
{
	struct str rest;

	if (!percent_decode(&request->arena, raw, false, &request->path) ||
	    request->path.len == 0 || request->path.p[0] != '/')
		return ERR_REQUEST;
	if (str_find(request->path, STR("//"), NULL) ||
	    str_find(request->path, STR("/."), NULL) ||
	    str_find(request->path, STR("\\"), NULL))
		return ERR_REQUEST;
	request->path = str_from(request->path, 1);
	if (str_starts(request->path, STR("~")) && take_token(request) != OK)
		return ERR_NOT_FOUND;
	rest = request->path;
	if (str_starts(rest, STR("-/")))
		rest = str_from(rest, 2);
	return str_find(rest, STR("/"), NULL) ? ERR_NOT_FOUND : OK;
}

enum err
request_parse(struct request *request)
{
	struct str path = str_c(request->target);
	struct str query = path;

	/* Absolute form, as proxies send it: http://host/path */
	if (str_starts_nocase(path, STR("http://"))) {
		size_t host = 7;

		while (host < path.len && path.p[host] != '/' &&
		    path.p[host] != '?')
			host++;
		query = str_from(path, host);
	}
	path = str_split(&query, '?');
	if (path.len == 0)
		path = STR("/");
	parse_query(request, query);
	return parse_path(request, path);
}

/* ---- the client ---- */

static void
set_proxy(struct request *request)
{
	const struct str *header = request->header;

	request->host = header[HEADER_HOST];
	if (!http_from_proxy(request))
		return;
	request->tls = str_eq_nocase(header[HEADER_X_FORWARDED_PROTO], STR("https"));
	if (header[HEADER_X_FORWARDED_HOST].len != 0)
		request->host = header[HEADER_X_FORWARDED_HOST];
	else if (header[HEADER_X_ONLINE_HOST].len != 0)
		request->host = header[HEADER_X_ONLINE_HOST];
}

static void
set_foreign(struct request *request)
{
	struct str site = request->header[HEADER_SEC_FETCH_SITE];

	request->foreign = (site.len != 0 && !str_eq(site, STR("same-origin")) &&
	    !str_eq(site, STR("none"))) ||
	    str_find_nocase(request->header[HEADER_PURPOSE], STR("prefetch"), NULL) ||
	    str_find_nocase(request->header[HEADER_SEC_PURPOSE], STR("prefetch"), NULL);
}

bool
request_counts(const struct request *request)
{
	return request->method != METHOD_HEAD && !request->foreign;
}

/*
 * Clients send the same headers all day, and judging them costs more than the
 * rest of a small request: each serving thread remembers some answers, by a
 * keyed hash of the headers.
 */
#define KNOWN_DEVICES 64

static const enum header_name device_header_names[] = {
	HEADER_USER_AGENT, HEADER_ACCEPT, HEADER_ACCEPT_CHARSET,
	HEADER_ACCEPT_LANGUAGE, HEADER_ACCEPT_ENCODING, HEADER_VIA,
};
#define DEVICE_HEADERS \
	(sizeof(device_header_names) / sizeof(device_header_names[0]))

static void
device_hash(const struct request *request, uint64_t out[2])
{
	uint64_t parts[DEVICE_HEADERS][2];

	for (size_t i = 0; i < DEVICE_HEADERS; i++) {
		struct str value = request->header[device_header_names[i]];

		secret_siphash128(value.p != NULL ? value.p : "", value.len,
		    parts[i]);
	}
	secret_siphash128(parts, sizeof(parts), out);
}

static void
classify_anew(struct request *request)
{
	const struct str *header = request->header;
	struct device_headers headers = {
		.user_agent = header[HEADER_USER_AGENT],
		.accept = header[HEADER_ACCEPT],
		.accept_charset = header[HEADER_ACCEPT_CHARSET],
		.accept_language = header[HEADER_ACCEPT_LANGUAGE],
		.accept_encoding = header[HEADER_ACCEPT_ENCODING],
		.via = header[HEADER_VIA],
	};

	device_classify(&request->arena, &headers, &request->device);
}

static void
classify(struct request *request)
{
	static _Thread_local struct known {
		uint64_t hash[2];
		struct device device;
		char family[DEVICE_FAMILY_MAX];
	} known[KNOWN_DEVICES];
	uint64_t hash[2];
	struct known *place;

	device_hash(request, hash);
	place = &known[hash[0] % KNOWN_DEVICES];
	if (place->hash[0] != hash[0] || place->hash[1] != hash[1]) {
		classify_anew(request);
		memcpy(place->hash, hash, sizeof(hash));
		place->device = request->device;
		if (place->device.family.len != 0)
			memcpy(place->family, place->device.family.p,
			    place->device.family.len);
		place->device.family.p = place->family;
		return;
	}
	/* The request may outlive the place: it may wait. */
	request->device = place->device;
	request->device.family = str_dup(&request->arena, place->device.family);
}

const Rec__DevicePrefs *
request_device_prefs(const struct request *request)
{
	const Rec__User *user = request->viewer.user;

	if (user == NULL || user->prefs == NULL)
		return NULL;
	for (size_t i = 0; i < user->prefs->n_device; i++)
		if (user->prefs->device[i]->device_class == request->device.class)
			return user->prefs->device[i];
	return NULL;
}

static enum face
natural_face(const struct device *device)
{
	switch (device->class) {
	case DEVICE_WML:
		return FACE_WML;
	case DEVICE_XHTML:
		return FACE_XHTML;
	case DEVICE_TEXT:
	case DEVICE_HTML:
	case DEVICE_CLASS_COUNT:
		break;
	}
	return FACE_HTML;
}

/* An HTML-like face chosen by name, the fitting one of the two. */
static enum face
html_face(const struct device *device)
{
	return device->class == DEVICE_XHTML ? FACE_XHTML : FACE_HTML;
}

static void
key_device(struct request *request)
{
	const struct device_default *defaults =
	    &device_defaults[request->device.class];
	const Rec__DevicePrefs *prefs = request_device_prefs(request);
	struct view_key *key = &request->key;
	struct str label;

	key->class = request->device.class;
	key->face = natural_face(&request->device);
	key->charset = request->device.charset;
	key->rows = defaults->page_size;
	key->input = defaults->input;
	if (prefs == NULL)
		return;
	if (prefs->face == 1 + FACE_WML || (prefs->face != 0 &&
	    request->device.takes_html))
		key->face = prefs->face - 1 == FACE_WML ? FACE_WML :
		    html_face(&request->device);
	label = (struct str){ (char *)prefs->charset.data, prefs->charset.len };
	charset_parse(label, &key->charset);
	if (prefs->page_size != 0)
		key->rows = prefs->page_size;
}

/* ?face= and ?cs= switch this one page. */
static void
key_switches(struct request *request)
{
	struct str face = request_query(request, "face");
	struct view_key *key = &request->key;

	if (str_eq(face, STR("wml")))
		key->face = FACE_WML;
	else if (str_eq(face, STR("html")) && request->device.takes_html)
		key->face = html_face(&request->device);
	charset_parse(request_query(request, "cs"), &key->charset);
	if (request->device.json) {
		key->face = FACE_JSON;
		key->charset = CHARSET_UTF8;
	}
	if (key->face == FACE_WML) {
		if (key->rows > 10)
			key->rows = 10;
	}
}

static void
set_key(struct request *request)
{
	const Rec__User *user = request->viewer.user;
	struct view_key *key = &request->key;

	key->lang = device_language(request->header[HEADER_ACCEPT_LANGUAGE],
	    http_conf->lang);
	key->zone_minutes = http_conf->zone_minutes;
	if (user != NULL && user->prefs != NULL) {
		const Rec__Prefs *prefs = user->prefs;

		if (prefs->lang.len != 0)
			key->lang = (struct str){ (char *)prefs->lang.data,
			    prefs->lang.len };
		if (prefs->zone_set)
			key->zone_minutes = prefs->zone_minutes;
	}
	key_device(request);
	body_decode(request);
	key_switches(request);
	if (request_query(request, "re").len != 0 && request_counts(request) &&
	    !request->resumed_hold && request->piece == PIECE_NONE)
		line_mended(request->viewer.sid);
	mode_set(request, request_device_prefs(request));
	key->text_max = key->face == FACE_WML ? 240 : 1 << 20;
}

enum err
request_client(struct request *request)
{
	enum err err;

	set_proxy(request);
	set_foreign(request);
	classify(request);
	err = auth_viewer(request);
	set_key(request);
	return err;
}
