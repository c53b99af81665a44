/*
 * Compiled size of a deck: a scan over our own markup that adds up what
 * WBXML tokens and inline strings would take.  The tables say which names
 * (WAP-191-WML section 14) and which names with the start of a value have a
 * token; its number does not matter, it is one byte.
 *
 * Kannel (gw/wml_compiler.c, read and measured) has costs of its own: names
 * of variables stand in the string table, so each pays where it is used; any
 * word of five bytes that comes twice is put there too, even where that saves
 * nothing, so the second time pays for it (a bound for words that do not
 * hide in one another); a blank next to an emphasis is
 * kept.  What its table saves is not counted, nor are tokens inside values
 * (".com/", "www."): our own addresses have none.
 */
#include "text/wmlsize.h"

#include <string.h>

#define HEADER 5    /* version, public id, charset, length of string table */
#define STRING 2    /* STR_I and NUL around an inline string */
#define WORD_MIN 5  /* bytes of a word that Kannel's string table takes */
#define WORD_COST 6 /* its bytes and NUL there, less what one use saves */
#define WORDS 1024  /* slots of the set of words; a power of two */
#define REFERENCE 4 /* token, index into the string table, NUL there */

static const char *const tags[] = {
	"pre", "a", "td", "tr", "table", "p", "postfield", "anchor", "access",
	"b", "big", "br", "card", "do", "em", "fieldset", "go", "head", "i",
	"img", "input", "meta", "noop", "prev", "onevent", "optgroup",
	"option", "refresh", "select", "small", "strong", "template", "timer",
	"u", "setvar", "wml",
};

static const char *const attributes[] = {
	"accept-charset", "accesskey", "align", "alt", "class", "columns",
	"content", "domain", "enctype", "format", "height", "href", "hspace",
	"http-equiv", "id", "iname", "ivalue", "label", "localsrc",
	"maxlength", "name", "onenterbackward", "onenterforward", "onpick",
	"ontimer", "path", "scheme", "size", "src", "tabindex", "title",
	"type", "value", "vspace", "width", "xml:lang",
};

/* One token for the name and the start of the value. */
static const struct {
	const char *name, *value;
} starts[] = {
	{ "align", "bottom" }, { "align", "center" }, { "align", "left" },
	{ "align", "middle" }, { "align", "right" }, { "align", "top" },
	{ "emptyok", "false" }, { "emptyok", "true" }, { "forua", "false" },
	{ "forua", "true" }, { "href", "http://" }, { "href", "https://" },
	{ "http-equiv", "Content-Type" }, { "http-equiv", "Expires" },
	{ "method", "get" }, { "method", "post" }, { "mode", "nowrap" },
	{ "mode", "wrap" }, { "multiple", "false" }, { "multiple", "true" },
	{ "newcontext", "false" }, { "newcontext", "true" },
	{ "optional", "false" }, { "optional", "true" },
	{ "ordered", "false" }, { "ordered", "true" },
	{ "sendreferer", "false" }, { "sendreferer", "true" },
	{ "src", "http://" }, { "src", "https://" }, { "type", "accept" },
	{ "type", "delete" }, { "type", "help" }, { "type", "onpick" },
	{ "type", "onenterbackward" }, { "type", "onenterforward" },
	{ "type", "ontimer" }, { "type", "options" }, { "type", "password" },
	{ "type", "prev" }, { "type", "reset" }, { "type", "text" },
};

static const struct {
	struct str name;
	size_t bytes;
} entities[] = {
	{ { "&amp;", 5 }, 1 }, { { "&lt;", 4 }, 1 }, { { "&gt;", 4 }, 1 },
	{ { "&quot;", 6 }, 1 }, { { "&apos;", 6 }, 1 },
	{ { "&nbsp;", 6 }, 2 }, { { "&shy;", 5 }, 2 },
};


static const char *const emphases[] = {
	"b", "big", "em", "i", "small", "strong", "u",
};

/* Words met so far, by hash: 0 is a free slot. */
struct words {
	uint32_t hash[WORDS];
	bool paid[WORDS];
	unsigned n;
};

static bool
name_listed(const char *const *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_c(names[i])))
			return true;
	return false;
}

static bool
scan_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
scan_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static uint32_t
word_hash(struct str word)
{
	uint32_t hash = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < word.len; i++)
		hash = (hash ^ (unsigned char)word.p[i]) * 16777619U;
	return hash | 1;
}

/* What a word costs more than it saves: `cost` when it comes again. */
static size_t
word_size(struct words *words, struct str word, size_t cost)
{
	uint32_t hash = word_hash(word);
	uint32_t slot = hash >> 1 & (WORDS - 1);

	if (word.len < WORD_MIN)
		return 0;
	if (words->n == WORDS / 2)
		return cost; /* too many to tell */
	while (words->hash[slot] != 0 && words->hash[slot] != hash)
		slot = (slot + 1) & (WORDS - 1);
	if (words->hash[slot] == 0) {
		words->hash[slot] = hash;
		words->n++;
		return 0;
	}
	if (words->paid[slot])
		return 0;
	words->paid[slot] = true;
	return cost;
}

static size_t
words_size(struct words *words, struct str s)
{
	size_t size = 0, n;

	for (; s.len > 0; s = str_from(s, n + 1)) {
		for (n = 0; n < s.len && !scan_blank(s.p[n]);)
			n++;
		size += word_size(words, str_head(s, n), WORD_COST);
	}
	return size;
}

/* UTF-8 bytes of "&#20013;", "&#x4e2d;"; digits may be too many: no matter. */
static size_t
reference_bytes(struct str s)
{
	bool hex = s.len > 2 && (s.p[2] | 0x20) == 'x';
	uint32_t cp = 0;

	for (size_t i = hex ? 3 : 2; i + 1 < s.len && cp < 0x110000; i++) {
		uint32_t digit = (unsigned char)s.p[i] & 0xFU;

		cp = cp * (hex ? 16 : 10) + (s.p[i] > '9' ? digit + 9 : digit);
	}
	return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* Takes one reference (or a lone '&'); returns what it stands for in bytes. */
static size_t
scan_reference(struct str *s)
{
	size_t end = 0, bytes;
	const char *semicolon = memchr(s->p, ';', s->len < 12 ? s->len : 12);

	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
		if (str_starts(*s, entities[i].name)) {
			*s = str_from(*s, entities[i].name.len);
			return entities[i].bytes;
		}
	if (semicolon == NULL || !str_starts(*s, STR("&#"))) {
		*s = str_from(*s, 1);
		return 1;
	}
	end = (size_t)(semicolon - s->p) + 1;
	bytes = reference_bytes(str_head(*s, end));
	*s = str_from(*s, end);
	return bytes;
}

/* Takes "$name" or "$(name:e)"; returns the length of the name. */
static size_t
scan_variable(struct str *s)
{
	bool round = s->len > 1 && s->p[1] == '(';
	size_t start = round ? 2 : 1, end = start, close;

	while (end < s->len && scan_name_char(s->p[end]))
		end++;
	close = end;
	while (round && close < s->len && s->p[close] != ')')
		close++;
	*s = str_from(*s, close + round);
	return end - start;
}

/*
 * Text or the rest of an attribute value: inline strings between variables.
 * Blanks count once in text, as a compiler shrinks them there.
 */
static size_t
string_size(struct str s, bool shrink)
{
	size_t size = 0, run = 0;
	bool blank = false;

	while (s.len > 0) {
		bool was_blank = blank;

		blank = scan_blank(s.p[0]);
		if (s.p[0] == '&') {
			run += scan_reference(&s);
		} else if (str_starts(s, STR("$$"))) {
			run++;
			s = str_from(s, 2);
		} else if (s.p[0] == '$') {
			size += (run != 0 ? run + STRING : 0) + REFERENCE +
			    scan_variable(&s);
			run = 0;
		} else {
			run += !(shrink && blank && was_blank);
			s = str_from(s, 1);
		}
	}
	return size + (run != 0 ? run + STRING : 0);
}

/*
 * A value that is one inline string pays for itself in the string table; one
 * of several words, or one that became a token, does not.
 */
static size_t
attribute_size(struct words *words, struct str name, struct str value)
{
	size_t size = 1;

	if (value.len != 0 && (memchr(value.p, ' ', value.len) != NULL ||
	    memchr(value.p, '$', value.len) != NULL))
		size += words_size(words, value);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		struct str start = str_c(starts[i].value);

		if (!str_eq(name, str_c(starts[i].name)) ||
		    !str_starts(value, start))
			continue;
		if (value.len == start.len)
			return size + word_size(words, value, value.len + 1);
		return size + string_size(str_from(value, start.len), false);
	}
	if (!name_listed(attributes, sizeof(attributes) / sizeof(*attributes),
	    name))
		size += REFERENCE + name.len;
	return size + string_size(value, false);
}

/* One attribute within a tag; false when there is none any more. */
static bool
scan_attribute(struct words *words, struct str *tag, size_t *size)
{
	struct str name, value;
	size_t n = 0;
	char quote;

	*tag = str_trim(*tag);
	while (n < tag->len && tag->p[n] != '=')
		n++;
	if (n + 1 >= tag->len)
		return false;
	name = str_trim(str_head(*tag, n));
	*tag = str_trim(str_from(*tag, n + 1));
	if (tag->len == 0)
		return false;
	quote = tag->p[0];
	*tag = str_from(*tag, 1);
	value = str_split(tag, quote);
	*size += attribute_size(words, name, value);
	return true;
}

static size_t
tag_size(struct words *words, struct str tag)
{
	size_t n = 0, size = 0, attributes_size = 0;
	struct str name;

	while (n < tag.len && !scan_blank(tag.p[n]))
		n++;
	name = str_head(tag, n);
	tag = str_from(tag, n);
	size = name_listed(tags, sizeof(tags) / sizeof(*tags), name) ? 1 :
	    REFERENCE + name.len;
	while (scan_attribute(words, &tag, &attributes_size))
		;
	return size + attributes_size + (attributes_size != 0);
}

/* Length of what starts with '<', up to its '>' outside of quotes. */
static size_t
markup_len(struct str s)
{
	char quote = '\0';
	size_t i = 0;

	for (; i < s.len; i++) {
		char c = s.p[i];

		if (quote != '\0')
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return i + 1;
	}
	return i;
}

static size_t
markup_size(struct words *words, struct str s)
{
	struct str tag = str_from(str_head(s, s.len - 1), 1);

	if (tag.len == 0 || tag.p[0] == '?' || tag.p[0] == '!')
		return 0;
	if (tag.p[0] == '/')
		return 1; /* END */
	if (tag.p[tag.len - 1] == '/')
		tag.len--;
	return tag_size(words, tag);
}

/* "<b>" or "</b>", also with more behind. */
static bool
markup_emphasis(struct str s)
{
	size_t n = 0;

	s = str_from(s, str_starts(s, STR("</")) ? 2 : 1);
	while (n < s.len && scan_name_char(s.p[n]))
		n++;
	return name_listed(emphases, sizeof(emphases) / sizeof(*emphases),
	    str_head(s, n));
}

size_t
wmlsize(struct str deck)
{
	struct words words = { .n = 0 };
	struct str before = STR_NONE, part;
	size_t size = HEADER;

	while (deck.len > 0) {
		const char *next = memchr(deck.p, '<', deck.len);

		part = next == NULL ? deck :
		    str_head(deck, (size_t)(next - deck.p));
		deck = str_from(deck, part.len);
		if (str_trim(part).len != 0)
			size += string_size(part, true) +
			    words_size(&words, part);
		else if (part.len != 0 && (markup_emphasis(before) ||
		    markup_emphasis(deck)))
			size += STRING + 1;
		before = str_head(deck, markup_len(deck));
		deck = str_from(deck, before.len);
		if (before.len != 0)
			size += markup_size(&words, before);
	}
	return size;
}
