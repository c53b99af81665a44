#ifndef WEB_DEVICE_H
#define WEB_DEVICE_H

#include "base/str.h"
#include "im/prefs.h"
#include "text/charset.h"

/*
 * What kind of client sent a request, judged by its headers alone.  The rule
 * and its sources: doc/design.md "Devices"; tests/handsets.tsv holds header
 * sets as phones sent them, each with the answer.
 */
enum device_class {
	DEVICE_WML,   /* WAP 1: WML 1.1 through a gateway */
	DEVICE_XHTML, /* WAP 2 phones: XHTML-MP */
	DEVICE_TEXT,  /* lynx, w3m, links, elinks, dillo, netsurf and the like,
			 unknown clients without Mozilla that take anything */
	DEVICE_HTML,  /* graphic browsers old and new, Opera Mini, UC, Kindle */
	DEVICE_CLASS_COUNT
};

/* Where a page of a conversation has its text field. */
enum device_input {
	INPUT_OWN_CARD,
	INPUT_TOP,
	INPUT_BELOW	/* behind the messages */
};

/* What a class gets unless the user chose otherwise. */
struct device_default {
	const char *name;		/* "wml": in logs and counters */
	unsigned page_size;		/* rows of a list */
	enum device_input input;
	unsigned holds;			/* held requests of one session */
};
extern const struct device_default device_defaults[DEVICE_CLASS_COUNT];

/* Request headers, empty when absent. */
struct device_headers {
	struct str user_agent;
	struct str accept;
	struct str accept_charset;
	struct str accept_language;
	struct str accept_encoding;
	struct str via;
};

/*
 * How a client comes by news (doc/live.md): measured per program, not claimed
 * by any header.
 */
struct device_live {
	enum live_mode mode;	/* unless its owner chose otherwise */
	bool refreshes;		/* can load a page again by itself */
	bool frames;		/* draws iframes, and loads each by itself */
	bool streams;		/* shows a page without end as it comes */
};

#define DEVICE_FAMILY_MAX 32 /* bytes */

struct device {
	enum device_class class;
	const char *xhtml_type;	/* media type for XHTML-MP pages: never one that
				   the client does not list, else text/html */
	bool json;		/* application/json listed, and nothing else
				   with a higher weight */
	unsigned deck_bytes;	/* budget of a deck, compiled (text/wmlsize.h) */
	bool wml_accesskey;	/* knows accesskey in WML (1.2 and later) */
	bool gzip;		/* may be sent gzip; never DEVICE_WML */
	enum charset charset;	/* of pages: charset_negotiate */
	bool takes_html;	/* may be sent HTML at all: a WAP 1 gateway drops
				   what its phone does not list */
	bool keeps_pages;	/* shows pages it has without asking, whatever
				   the headers say: links and elinks (measured) */
	bool csp;		/* knows Content-Security-Policy */
	struct device_live live;
	struct str family;	/* first product name of the User-Agent in lower
				   case ("nokia7110"), in the arena; may be empty */
};

void device_classify(struct arena *arena, const struct device_headers *headers,
    struct device *out);

/* A telephone of its own kind, which its owner types on with a thumb. */
bool device_is_phone(const struct device *device);

/*
 * Language of pages by Accept-Language (RFC 4647 lookup by weight, the first
 * at equal weights): "zh-TW" for zh-TW, zh-HK, zh-MO and zh-Hant, "zh-CN" for
 * other zh and for the "zs" of MTK phones, "en" for en; `otherwise` for "*"
 * and when nothing matches.  Static storage, or `otherwise` itself.
 */
struct str device_language(struct str accept_language, struct str otherwise);

#endif
