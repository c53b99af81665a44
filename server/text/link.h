#ifndef TEXT_LINK_H
#define TEXT_LINK_H

#include "base/str.h"

/*
 * Links in text: http:// and https:// URLs (any case) and bare "www." hosts,
 * ended by white space, quotes, angle brackets, CJK punctuation or text that
 * cannot stand in a URL (a Chinese character right behind a URL ends it);
 * trailing .,;:!?' and closing brackets that the URL did not open stay text.
 * "www." needs one more dot.  A letter or digit right before is no start.
 */
struct text_part {
	struct str text;
	bool link;  /* text is a URL as typed */
	bool newline; /* text is empty: a line break */
	unsigned n; /* links: 1, 2, … in order within the message */
};

/* Splits `text` into parts in order, nothing lost but the LF of newline parts.
 * Returns the number; parts live in the arena. */
size_t link_split(struct arena *arena, struct str text, struct text_part **out);

/* The nth link (from 1) as an absolute URL ("www." gets http://); false if
 * there is none.  Only http and https ever come out. */
bool link_nth(struct arena *arena, struct str text, unsigned n, struct str *out);

/* The host of such a URL in lower case, without user info and port. */
struct str link_host(struct arena *arena, struct str url);

#endif
