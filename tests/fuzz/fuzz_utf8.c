/* Cleaning, cutting and naming of any bytes that are UTF-8. */
#include <assert.h>

#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_clean(struct arena *arena, struct str s)
{
	struct str once = utf8_clean(arena, s), line;
	size_t pos = 0;

	assert(utf8_valid(once));
	assert(str_eq(utf8_clean(arena, once), once));
	while (pos < once.len) {
		uint32_t cp = utf8_next(once, &pos);

		assert(cp >= 0x20 || cp == '\n' || cp == '\t');
		assert(cp != 0x7F && (cp & 0xFFFE) != 0xFFFE);
	}
	line = utf8_clean_line(arena, s);
	assert(utf8_valid(line));
	assert(!str_find(line, STR("\n"), NULL));
	assert(str_eq(utf8_clean_line(arena, line), line));
}

static void
check_cut(struct arena *arena, struct str s, size_t max)
{
	struct str head = utf8_cut(s, max), snippet;

	assert(head.len <= max && utf8_valid(head));
	assert(utf8_valid(str_from(s, head.len)));
	assert(head.len > 0 || s.len == 0 || max < 4);
	head = utf8_cut_chars(s, max);
	assert(utf8_valid(head) && utf8_chars(head) <= max);
	assert(head.len > 0 || s.len == 0 || max == 0);
	assert(utf8_chars(head) + utf8_chars(str_from(s, head.len)) ==
	    utf8_chars(s));
	snippet = utf8_snippet(arena, s, max);
	assert(utf8_valid(snippet) && utf8_chars(snippet) <= max + 1);
}

static void
check_name(struct arena *arena, struct str s)
{
	struct str shown, folded, again, same;

	if (utf8_name(arena, s, &shown, &folded) != OK)
		return;
	assert(utf8_valid(shown) && utf8_valid(folded));
	assert(utf8_chars(shown) >= 2 && utf8_chars(shown) <= 32);
	assert(utf8_name(arena, shown, &again, &same) == OK);
	assert(str_eq(again, shown) && str_eq(same, folded));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = { (const char *)data, size };
	struct arena arena;

	if (size < 1 || size > 4096)
		return 0;
	arena_init(&arena, 0);
	s = str_from(s, 1);
	check_name(&arena, s);
	if (utf8_valid(s)) {
		check_clean(&arena, s);
		check_cut(&arena, s, data[0]);
		assert(utf8_valid(utf8_halfwidth(&arena, s)));
	}
	arena_fini(&arena);
	return 0;
}
