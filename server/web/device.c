/*
 * Classification of clients.  What Accept lists counts before what the
 * User-Agent claims, with exceptions on both sides: proxy browsers carry the
 * phone's name in front, gateways add types that the phone lacks.  Both live
 * in two tables of User-Agent rules, before and after the Accept rules; in
 * each the first match wins.  Unused headers prove nothing: x-wap-profile is
 * sent by Android too, X-Up-Calling-Line-ID by anybody.  Pure functions.
 */
#include "web/device.h"

#include <string.h>

#include "text/qlist.h"

#define DECK_BYTES 1200 /* fits 1397 of a Nokia 7110, 1492 of UP.Browser 3 */

const struct device_default device_defaults[DEVICE_CLASS_COUNT] = {
	[DEVICE_WML] = { .name = "wml", .page_size = 5,
	    .input = INPUT_OWN_CARD, .holds = 1 },
	/* Small screens: a field on top would hide the newest message. */
	[DEVICE_XHTML] = { .name = "xhtml", .page_size = 8,
	    .input = INPUT_BELOW, .holds = 1 },
	[DEVICE_TEXT] = { .name = "text", .page_size = 15,
	    .input = INPUT_TOP, .holds = 1 },
	[DEVICE_HTML] = { .name = "html", .page_size = 20,
	    .input = INPUT_TOP, .holds = 2 },
};

/* '^' in front and '$' behind anchor; '#' is a digit, '@' a capital. */
struct ua_rule {
	const char *pattern;
	const char *unless; /* not if this is in it too */
	enum device_class class;
};

/* Win over anything that Accept lists. */
static const struct ua_rule first_rules[] = {
	{ "Opera Mini", NULL, DEVICE_HTML },
	{ "Opera Mobi", NULL, DEVICE_HTML },
	{ "^Opera/", NULL, DEVICE_HTML },
	{ "UCWEB", NULL, DEVICE_HTML },
	{ "UCBrowser", NULL, DEVICE_HTML },
	{ "UC Browser", NULL, DEVICE_HTML },
	{ "MQQBrowser", NULL, DEVICE_HTML },
	{ "GoBrowser", NULL, DEVICE_HTML },
	{ "^Lynx", NULL, DEVICE_TEXT },
	{ "^w3m", NULL, DEVICE_TEXT },
	{ "^Links ", NULL, DEVICE_TEXT },
	{ "^ELinks", NULL, DEVICE_TEXT },
	{ "Dillo", NULL, DEVICE_TEXT },
	{ "NetSurf", NULL, DEVICE_TEXT },
	{ "URL/Emacs", NULL, DEVICE_TEXT },
	{ "edbrowse", NULL, DEVICE_TEXT },
};

/* For clients whose Accept lists no wap type. */
static const struct ua_rule last_rules[] = {
	{ "Nokia####/1.0", "MIDP", DEVICE_WML },
	{ "Nokia####/1.1", "MIDP", DEVICE_WML },
	{ "SIE-3#/", NULL, DEVICE_WML },
	{ "SIE-4#/", NULL, DEVICE_WML },
	{ "SIE-@3#/", NULL, DEVICE_WML }, /* C35, S35 */
	{ "SIE-@4#/", NULL, DEVICE_WML },
	{ "SIE-@@4#/", NULL, DEVICE_WML }, /* ME45, SL42 */
	{ "SIE3#/", NULL, DEVICE_WML },
	{ "SIE4#/", NULL, DEVICE_WML },
	{ "UP.Browser/3", "BlackBerry", DEVICE_WML },
	{ "UP.Browser/4", "BlackBerry", DEVICE_WML },
	{ "UP.Browser/5", "BlackBerry", DEVICE_WML },
	{ "SonyEricssonT68", NULL, DEVICE_WML },
	{ "wApua", NULL, DEVICE_WML },
	{ "^MAUI WAP Browser$", NULL, DEVICE_WML },
	{ "^Mozilla/", NULL, DEVICE_HTML },
	{ "^DoCoMo", NULL, DEVICE_HTML },
	{ "UP.Browser/6", NULL, DEVICE_XHTML },
	{ "UP.Browser/7", NULL, DEVICE_XHTML },
	{ "Obigo", NULL, DEVICE_XHTML },
	{ "Teleca", NULL, DEVICE_XHTML },
	{ "SEMC-Browser", NULL, DEVICE_XHTML },
	{ "NetFront", NULL, DEVICE_XHTML },
	{ "Dorado", NULL, DEVICE_XHTML },
	{ "MIDP", NULL, DEVICE_XHTML },
	{ "WAP2.0", NULL, DEVICE_XHTML },
	{ "CTC/", NULL, DEVICE_XHTML },
	{ "MAUI", NULL, DEVICE_XHTML },
	{ "Browser/WAP", NULL, DEVICE_XHTML },
};

/* Makers' WmlDeckSize (UAProf) less some room for a gateway's additions. */
static const struct {
	const char *pattern;
	unsigned bytes;
} deck_sizes[] = {
	{ "Nokia7110", 1200 },
	{ "Nokia7160", 1200 },
	{ "UP.Browser/3", 1200 },
	{ "EricssonT20", 1400 },
	{ "UP.Browser/4", 1800 },
	{ "Nokia3330", 2400 },
	{ "Nokia8910", 2400 },
	{ "SIE-MC60", 2400 },
	{ "EricssonR320", 2600 },
	{ "EricssonR600", 2600 },
	{ "EricssonT68", 2600 },
	{ "EricssonT300", 2600 },
	{ "EricssonR380", 2800 },
	{ "Nokia6100", 2800 },
	{ "Nokia7210", 2800 },
	{ "Nokia3510", 2800 },
	{ "Lenovo-E307", 2800 },
};

/* MIDP came with WAP 1.2.1 and later. */
static const char *const accesskey_agents[] = {
	"UP.Browser/", "SonyEricssonT68", "MIDP",
};

/* Media types that decide; the weight of each as the client gave it. */
enum media {
	MEDIA_WML,
	MEDIA_WAP_XHTML,
	MEDIA_XHTML,
	MEDIA_JSON,
	MEDIA_OTHER,
	MEDIA_ANY,
	MEDIA_COUNT
};

static const struct {
	const char *type;
	enum media media;
} media_types[] = {
	{ "text/vnd.wap.wml", MEDIA_WML },
	{ "text/x-wap.wml", MEDIA_WML },
	{ "application/vnd.wap.wmlc", MEDIA_WML },
	{ "application/vnd.wap.wml+xml", MEDIA_WML },
	{ "application/vnd.wap.xhtml+xml", MEDIA_WAP_XHTML },
	{ "application/xhtml+xml", MEDIA_XHTML },
	{ "application/json", MEDIA_JSON },
	{ "*/*", MEDIA_ANY },
};

struct accepted {
	unsigned q[MEDIA_COUNT];
};

/*
 * How each program comes by news, the first match wins; what is not here gets
 * its class's row.  A proxy browser's page is fetched by the proxy, so nothing
 * on the phone can wait.  `streams` only where it was seen (doc/live.md).
 */
static const struct {
	const char *pattern;
	struct device_live live;
} live_rules[] = {
	{ "Opera Mini", { .mode = LIVE_HELD_LINK } },
	{ "UCWEB", { .mode = LIVE_HELD_LINK } },
	{ "UCBrowser", { .mode = LIVE_HELD_LINK } },
	{ "UC Browser", { .mode = LIVE_HELD_LINK } },
	{ "MQQBrowser", { .mode = LIVE_HELD_LINK } },
	{ "GoBrowser", { .mode = LIVE_HELD_LINK } },
	{ "^Lynx", { .mode = LIVE_HELD_LINK } },
	{ "Dillo", { .mode = LIVE_HELD_LINK } },
	/* Only when started with the option for it. */
	{ "^w3m", { .mode = LIVE_HELD_LINK, .refreshes = true } },
	{ "^Links ", { .mode = LIVE_HELD_LINK, .refreshes = true } },
	/* Frames: but one that refreshes takes all others with it. */
	{ "^ELinks", { .mode = LIVE_HELD_REFRESH, .refreshes = true } },
	{ "NetSurf", { .mode = LIVE_HELD_REFRESH, .refreshes = true,
	    .frames = true } },
	{ "Chrome/", { .mode = LIVE_HELD_REFRESH, .refreshes = true,
	    .frames = true, .streams = true } },
	{ "^Mozilla/5.0", { .mode = LIVE_HELD_REFRESH, .refreshes = true,
	    .frames = true } },
};

static const struct device_live class_live[DEVICE_CLASS_COUNT] = {
	[DEVICE_WML] = { .mode = LIVE_HELD_LINK },
	[DEVICE_XHTML] = { .mode = LIVE_HELD_LINK, .refreshes = true },
	[DEVICE_TEXT] = { .mode = LIVE_HELD_LINK, .refreshes = true },
	[DEVICE_HTML] = { .mode = LIVE_HELD_LINK, .refreshes = true },
};

static enum media
media_of(struct str type)
{
	for (size_t i = 0; i < sizeof(media_types) / sizeof(*media_types); i++)
		if (str_eq_nocase(type, str_c(media_types[i].type)))
			return media_types[i].media;
	return MEDIA_OTHER;
}

static struct accepted
accept_read(struct str accept)
{
	struct accepted all = { { 0 } };
	struct qitem item;

	while (qlist_next(&accept, &item)) {
		unsigned *q = &all.q[media_of(item.token)];

		if (*q < item.q)
			*q = item.q;
	}
	return all;
}

static bool
pattern_char(char pattern, char c)
{
	switch (pattern) {
	case '#':
		return c >= '0' && c <= '9';
	case '@':
		return c >= 'A' && c <= 'Z';
	default:
		return c == pattern;
	}
}

static bool
pattern_at(struct str s, const char *pattern)
{
	size_t i = 0;

	for (; *pattern != '\0' && *pattern != '$'; pattern++, i++)
		if (i == s.len || !pattern_char(*pattern, s.p[i]))
			return false;
	return *pattern == '\0' || i == s.len;
}

static bool
pattern_in(struct str s, const char *pattern)
{
	if (*pattern == '^')
		return pattern_at(s, pattern + 1);
	for (size_t i = 0; i < s.len; i++)
		if (pattern_at(str_from(s, i), pattern))
			return true;
	return false;
}

static bool
rules_match(const struct ua_rule *rules, size_t n, struct str ua,
    enum device_class *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!pattern_in(ua, rules[i].pattern) ||
		    (rules[i].unless != NULL &&
		    pattern_in(ua, rules[i].unless)))
			continue;
		*out = rules[i].class;
		return true;
	}
	return false;
}

#define RULES(table) table, sizeof(table) / sizeof(*table)

static enum device_class
device_class(const struct device_headers *headers, const struct accepted *all)
{
	bool wap = all->q[MEDIA_WML] != 0 || all->q[MEDIA_WAP_XHTML] != 0;
	bool xhtml = all->q[MEDIA_XHTML] != 0 || all->q[MEDIA_WAP_XHTML] != 0;
	struct str ua = str_head(headers->user_agent, 1024);
	enum device_class class;

	if (rules_match(RULES(first_rules), ua, &class))
		return class;
	if (wap)
		return xhtml ? DEVICE_XHTML : DEVICE_WML;
	if (rules_match(RULES(last_rules), ua, &class))
		return class;
	if (str_find_nocase(headers->via, STR("WTP/1."), NULL) ||
	    str_find_nocase(headers->via, STR("WAP/1."), NULL))
		return DEVICE_WML;
	if (headers->accept.len == 0 || all->q[MEDIA_ANY] != 0)
		return DEVICE_TEXT;
	return DEVICE_HTML;
}

static const char *
device_xhtml_type(const struct accepted *all)
{
	if (all->q[MEDIA_WAP_XHTML] != 0)
		return "application/vnd.wap.xhtml+xml";
	if (all->q[MEDIA_XHTML] != 0)
		return "application/xhtml+xml";
	return "text/html";
}

static bool
device_json(const struct accepted *all)
{
	unsigned q = all->q[MEDIA_JSON];

	for (size_t i = 0; i < MEDIA_COUNT; i++)
		if (all->q[i] > q)
			return false;
	return q != 0;
}

static unsigned
device_deck_bytes(struct str ua)
{
	for (size_t i = 0; i < sizeof(deck_sizes) / sizeof(*deck_sizes); i++)
		if (pattern_in(ua, deck_sizes[i].pattern))
			return deck_sizes[i].bytes;
	return DECK_BYTES;
}

static bool
device_accesskey(struct str ua)
{
	for (size_t i = 0;
	    i < sizeof(accesskey_agents) / sizeof(*accesskey_agents); i++)
		if (pattern_in(ua, accesskey_agents[i]))
			return true;
	return false;
}

static struct device_live
device_live(struct str ua, enum device_class class)
{
	bool screen = class == DEVICE_TEXT || class == DEVICE_HTML;

	for (size_t i = 0;
	    screen && i < sizeof(live_rules) / sizeof(*live_rules); i++)
		if (pattern_in(ua, live_rules[i].pattern))
			return live_rules[i].live;
	return class_live[class];
}

static bool
device_gzip(struct str accept_encoding)
{
	struct qitem item;
	unsigned q = 0;

	while (qlist_next(&accept_encoding, &item))
		if (str_eq_nocase(item.token, STR("gzip")) ||
		    str_eq_nocase(item.token, STR("x-gzip")))
			q = item.q;
	return q != 0;
}

static struct str
device_family(struct arena *arena, struct str ua)
{
	struct sbuf out;

	sbuf_init(&out, arena, 0);
	for (size_t i = 0; i < ua.len && i < DEVICE_FAMILY_MAX; i++) {
		char c = ua.p[i];

		if (c == '/' || c <= ' ' || c > '~')
			break;
		sbuf_byte(&out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
	}
	return sbuf_str(&out);
}

void
device_classify(struct arena *arena, const struct device_headers *headers,
    struct device *out)
{
	struct accepted all = accept_read(headers->accept);
	struct str ua = str_head(headers->user_agent, 1024);
	enum device_class class = device_class(headers, &all);

	*out = (struct device){
		.class = class,
		.xhtml_type = device_xhtml_type(&all),
		.json = device_json(&all),
		.deck_bytes = device_deck_bytes(ua),
		.wml_accesskey = class == DEVICE_XHTML || device_accesskey(ua),
		.gzip = class != DEVICE_WML &&
		    device_gzip(headers->accept_encoding),
		.charset = charset_negotiate(headers->accept_charset),
		.csp = class == DEVICE_HTML && pattern_in(ua, "^Mozilla/5.0"),
		.live = device_live(ua, class),
		.family = device_family(arena, ua),
	};
	out->takes_html = class != DEVICE_WML ||
	    str_find_nocase(headers->accept, STR("text/html"), NULL) ||
	    str_find_nocase(headers->accept, STR("*/*"), NULL);
	out->keeps_pages = str_eq(out->family, STR("links")) ||
	    str_eq(out->family, STR("elinks"));
}

/* Subtags behind zh that make it traditional, or leave it simplified. */
static const struct {
	struct str subtag;
	bool traditional;
} zh_subtags[] = {
	{ { "hant", 4 }, true },
	{ { "hans", 4 }, false },
	{ { "tw", 2 }, true },
	{ { "hk", 2 }, true },
	{ { "mo", 2 }, true },
};

static bool
zh_traditional(struct str tag)
{
	while (tag.len > 0) {
		struct str subtag = str_split(&tag, '-');

		for (size_t i = 0;
		    i < sizeof(zh_subtags) / sizeof(*zh_subtags); i++)
			if (str_eq_nocase(subtag, zh_subtags[i].subtag))
				return zh_subtags[i].traditional;
	}
	return false;
}

static bool
language_of(struct str tag, struct str otherwise, struct str *out)
{
	struct str first = str_split(&tag, '-');

	if (str_eq_nocase(first, STR("zh")) || str_eq_nocase(first, STR("zs")))
		*out = zh_traditional(tag) ? STR("zh-TW") : STR("zh-CN");
	else if (str_eq_nocase(first, STR("en")))
		*out = STR("en");
	else if (str_eq(first, STR("*")))
		*out = otherwise;
	else
		return false;
	return true;
}

bool
device_is_phone(const struct device *device)
{
	return device->class == DEVICE_WML || device->class == DEVICE_XHTML;
}

struct str
device_language(struct str accept_language, struct str otherwise)
{
	struct str best = otherwise, language;
	struct qitem item;
	unsigned q = 0;

	while (qlist_next(&accept_language, &item))
		if (item.q > q &&
		    language_of(item.token, otherwise, &language)) {
			best = language;
			q = item.q;
		}
	return best;
}
