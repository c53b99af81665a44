/* Any bytes: an answer, never larger than a few times the deck; and text
 * between tags counts at least what its plain characters take. */
#include <assert.h>

#include "text/wmlsize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str deck = { (const char *)data, size };
	struct arena arena;
	struct sbuf more;
	size_t whole;

	if (size > 8192)
		return 0;
	arena_init(&arena, 0);
	whole = wmlsize(deck);
	assert(whole <= 16 + size * 8);
	/* one paragraph more makes no deck smaller */
	sbuf_init(&more, &arena, 0);
	sbuf_add(&more, STR("<p>x</p>"));
	sbuf_add(&more, deck);
	assert(wmlsize(sbuf_str(&more)) >= whole);
	arena_fini(&arena);
	return 0;
}
