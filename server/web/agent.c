/*
 * Names of clients for people.  Tables in order: the first mark that stands in
 * the User-Agent counts, since browsers carry the names of those that they
 * want to be taken for.  What no table knows is called by its first product
 * name, and a phone's maker is parted from its model.
 */
#include "web/agent.h"

#include "text/utf8.h"

#define NAME_MAX_BYTES 30

struct mark {
	struct str in, name;
};

static const struct mark browsers[] = {
	{ STR("Opera Mini"), STR("Opera Mini") },
	{ STR("OPR/"), STR("Opera") },
	{ STR("Opera"), STR("Opera") },
	{ STR("Edg"), STR("Edge") },
	{ STR("UCBrowser"), STR("UC Browser") },
	{ STR("UCWEB"), STR("UC Browser") },
	{ STR("MQQBrowser"), STR("QQ Browser") },
	{ STR("MicroMessenger"), STR("WeChat") },
	{ STR("SamsungBrowser"), STR("Samsung Internet") },
	{ STR("KAIOS/"), STR("KaiOS") },
	{ STR("Kindle"), STR("Kindle") },
	{ STR("NetFront"), STR("NetFront") },
	{ STR("FxiOS"), STR("Firefox") },
	{ STR("Firefox/"), STR("Firefox") },
	{ STR("SeaMonkey"), STR("SeaMonkey") },
	{ STR("CriOS"), STR("Chrome") },
	{ STR("Chrome/"), STR("Chrome") },
	{ STR("Konqueror"), STR("Konqueror") },
	{ STR("Safari/"), STR("Safari") },
	{ STR("MSIE "), STR("Internet Explorer") },
	{ STR("Trident/"), STR("Internet Explorer") },
};

static const struct mark systems[] = {
	{ STR("Android"), STR("Android") },
	{ STR("iPhone"), STR("iPhone") },
	{ STR("iPad"), STR("iPad") },
	{ STR("Windows Phone"), STR("Windows Phone") },
	{ STR("Windows CE"), STR("Windows CE") },
	{ STR("Windows"), STR("Windows") },
	{ STR("CrOS"), STR("ChromeOS") },
	{ STR("Mac OS X"), STR("macOS") },
	{ STR("SymbianOS"), STR("Symbian") },
	{ STR("Linux"), STR("Linux") },
	{ STR("FreeBSD"), STR("FreeBSD") },
	{ STR("OpenBSD"), STR("OpenBSD") },
};

/* How phones begin, and how their makers write themselves. */
static const struct mark makers[] = {
	{ STR("Nokia"), STR("Nokia") },
	{ STR("SonyEricsson"), STR("Sony Ericsson") },
	{ STR("Ericsson"), STR("Ericsson") },
	{ STR("SAMSUNG-"), STR("Samsung") },
	{ STR("SEC-"), STR("Samsung") },
	{ STR("SIE-"), STR("Siemens") },
	{ STR("MOT-"), STR("Motorola") },
	{ STR("LG-"), STR("LG") },
	{ STR("LGE-"), STR("LG") },
	{ STR("Alcatel-"), STR("Alcatel") },
	{ STR("BlackBerry"), STR("BlackBerry") },
	{ STR("K-Touch_"), STR("K-Touch") },
	{ STR("ZTE-"), STR("ZTE") },
	{ STR("HUAWEI-"), STR("Huawei") },
	{ STR("Lenovo-"), STR("Lenovo") },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct str
marked(const struct mark *marks, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(text, marks[i].in, NULL))
			return marks[i].name;
	return STR_NONE;
}

/* "Nokia7110" as "Nokia 7110". */
static struct str
phone_name(struct arena *arena, struct str product)
{
	for (size_t i = 0; i < COUNT(makers); i++) {
		struct str model = str_from(product, makers[i].in.len);

		if (str_starts_nocase(product, makers[i].in) && model.len != 0)
			return str_fmt(arena, "%.*s %.*s",
			    STR_ARGS(makers[i].name), STR_ARGS(model));
	}
	return product;
}

void
agent_name(struct arena *arena, struct str user_agent, struct agent *out)
{
	struct str rest = user_agent, product;

	*out = (struct agent){ STR_NONE, STR_NONE };
	product = str_split(&rest, '/');
	product = str_split(&product, ' ');
	if (str_eq(product, STR("Mozilla")) || str_eq(product, STR("Opera"))) {
		out->program = marked(browsers, COUNT(browsers), user_agent);
		out->system = marked(systems, COUNT(systems), user_agent);
	}
	if (out->program.len == 0)
		out->program = utf8_cut(phone_name(arena, product),
		    NAME_MAX_BYTES);
}
