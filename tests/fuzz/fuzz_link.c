/* Splitting text at links loses nothing and lets only http and https out. */
#include <assert.h>
#include <string.h>

#include "text/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_link(struct arena *arena, struct str text, const struct text_part *part)
{
	struct str url, host;

	assert(part->text.len > 0 && !part->newline);
	for (size_t i = 0; i < part->text.len; i++) {
		unsigned char c = (unsigned char)part->text.p[i];

		assert(c > ' ' && c < 0x7F && strchr("<>\"`\\", c) == NULL);
	}
	assert(link_nth(arena, text, part->n, &url));
	assert(str_starts(url, STR("http://")) ||
	    str_starts(url, STR("https://")));
	host = link_host(arena, url);
	assert(!str_find(host, STR("@"), NULL));
	assert(!str_find(host, STR("/"), NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, none;
	struct text_part *parts;
	struct arena arena;
	struct sbuf all;
	unsigned links = 0;
	size_t n;

	if (size > 4096)
		return 0;
	arena_init(&arena, 0);
	sbuf_init(&all, &arena, 0);
	n = link_split(&arena, text, &parts);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].newline)
			sbuf_byte(&all, '\n');
		sbuf_add(&all, parts[i].text);
		assert(parts[i].link == (parts[i].n != 0));
		if (!parts[i].link)
			continue;
		assert(parts[i].n == ++links);
		if (links <= 8)
			check_link(&arena, text, &parts[i]);
	}
	assert(str_eq(sbuf_str(&all), text));
	assert(!link_nth(&arena, text, links + 1, &none));
	link_host(&arena, text);
	arena_fini(&arena);
	return 0;
}
