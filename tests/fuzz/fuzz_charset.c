/* Foreign bytes as a form field, then out again in every charset. */
#include <assert.h>
#include <string.h>

#include "text/charset.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The table is the server's own: run from the root of the tree. */
static void
load_once(void)
{
	static bool loaded;

	if (!loaded)
		loaded = charset_load_fallbacks("data/fallbacks.tsv") == OK;
	assert(loaded);
}

/* What left is of the charset, and no fallback brought markup in but
 * references, whose '&' cannot be told from one that was there. */
static void
check_encode(struct arena *arena, enum charset cs, struct str utf8)
{
	struct str word, ncr, back;
	size_t markup = 0;

	word = charset_encode(arena, cs, FALLBACK_WORD, utf8);
	ncr = charset_encode(arena, cs, FALLBACK_NCR, utf8);
	for (size_t i = 0; i < word.len; i++)
		markup += memchr("<>\"'$", word.p[i], 5) != NULL;
	for (size_t i = 0; i < utf8.len; i++)
		markup -= memchr("<>\"'$", utf8.p[i], 5) != NULL;
	assert(markup == 0);
	assert(charset_decode(arena, cs, word, &back));
	assert(charset_decode(arena, cs, ncr, &back));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, out;
	struct form_charset how = { .page = CHARSET_UTF8 };
	struct arena arena;
	enum charset cs;

	if (size < 1 || size > 4096)
		return 0;
	load_once();
	arena_init(&arena, 0);
	how.page = data[0] % CHARSET_COUNT;
	rest = str_from(rest, 1);
	how.content_type_charset = str_split(&rest, '\n');
	how.charset_field = str_split(&rest, '\n');
	how.probe = str_split(&rest, '\n');
	charset_negotiate(rest);
	charset_parse(rest, &cs);
	for (cs = 0; cs < CHARSET_COUNT; cs++)
		if (charset_decode(&arena, cs, rest, &out))
			assert(utf8_valid(out));
	if (charset_decode_field(&arena, &how, rest, &out) == OK) {
		assert(utf8_valid(out));
		out = utf8_clean(&arena, out);
		for (cs = 0; cs < CHARSET_COUNT; cs++)
			check_encode(&arena, cs, out);
	}
	arena_fini(&arena);
	return 0;
}
