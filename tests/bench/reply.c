/* Replies by the head's length, pages by the one address in them that waits. */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

/* What stands behind `name` in the head, or NULL. */
static const char *
head_value(const char *text, const char *end, const char *name)
{
	const char *found = strcasestr(text, name);

	return found != NULL && found < end ? found + strlen(name) : NULL;
}

bool
reply_read(char *text, size_t len, struct reply *out)
{
	const char *end, *length;

	text[len] = '\0';
	end = strstr(text, "\r\n\r\n");
	if (len < 16 || end == NULL)
		return false;
	out->status = (unsigned)strtoul(text + 9, NULL, 10);
	out->head = out->whole = (size_t)(end - text) + 4;
	length = head_value(text, end, "\ncontent-length:");
	if (length != NULL && out->status != 304)
		out->whole += strtoul(length, NULL, 10);
	out->closes = head_value(text, end, "\nconnection: close") != NULL;
	return out->whole <= len;
}

/* Copies up to the quote that ends it. */
static void
copy_address(const char *from, const char *end, char path[128])
{
	size_t n = 0;

	while (from < end && *from != '"' && n < 127) {
		path[n++] = *from;
		from += end - from > 5 && memcmp(from, "&amp;", 5) == 0 ? 5 : 1;
	}
	path[n] = '\0';
}

bool
reply_wait(const char *body, size_t len, char path[128])
{
	const char *end = body + len, *wait = body, *from;

	if (len == 0)
		return false;
	do {
		wait = memmem(wait + 1, (size_t)(end - wait) - 1, "w=", 2);
		if (wait == NULL)
			return false;
	} while (wait[-1] != '?' && wait[-1] != ';');
	for (from = wait; from > body && from[-1] != '"'; from--)
		if (from - body > 4 && memcmp(from - 4, "url=", 4) == 0)
			break;
	copy_address(from, end, path);
	return true;
}
