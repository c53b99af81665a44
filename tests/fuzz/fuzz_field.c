/* Raw fields of a form, one a line and the last one the message: whatever the
 * bytes, what a page gets is clean UTF-8. */
#include <assert.h>

#include "text/utf8.h"
#include "web/field.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(struct str text, bool line)
{
	size_t pos = 0;

	assert(utf8_valid(text));
	while (pos < text.len) {
		uint32_t cp = utf8_next(text, &pos);

		assert(cp >= 0x20 || cp == '\t' || cp == '\n');
		assert(!line || cp >= 0x20);
	}
}

static void
check_ascii(struct str raw, struct str text)
{
	assert(text.len == 0 || str_eq(raw, text));
	for (size_t i = 0; i < text.len; i++)
		assert(text.p[i] >= 0x20 && text.p[i] <= 0x7e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum field_name order[] = { FIELD_E, FIELD_CHARSET_,
	    FIELD_K, FIELD_DO, FIELD_NAME, FIELD_REMARK };
	struct str rest = { (const char *)data, size };
	struct str raw[FIELD_COUNT] = { { NULL, 0 } }, out[FIELD_COUNT];
	struct form_charset how = { .page = CHARSET_UTF8 };
	struct arena arena;
	enum err err;

	if (size < 1 || size > 4096)
		return 0;
	arena_init(&arena, 0);
	how.page = data[0] % CHARSET_COUNT;
	rest = str_from(rest, 1);
	how.content_type_charset = str_split(&rest, '\n');
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		raw[order[i]] = str_split(&rest, '\n');
	raw[FIELD_M] = raw[FIELD_PASSWORD] = rest;
	err = field_decode(&arena, &how, raw, out);
	assert(err == OK || err == ERR_TEXT_BYTES);
	check_text(out[FIELD_M], false);
	check_text(out[FIELD_NAME], true);
	check_text(out[FIELD_REMARK], true);
	assert(utf8_valid(out[FIELD_PASSWORD]));
	check_ascii(raw[FIELD_K], out[FIELD_K]);
	check_ascii(raw[FIELD_DO], out[FIELD_DO]);
	/* Nothing grows without bound: NFC at most triples UTF-8 (Unicode FAQ,
	 * "Normalization"), and a byte of a charset becomes at most three. */
	assert(out[FIELD_M].len <= raw[FIELD_M].len * 9 + 3);
	field_find(rest);
	arena_fini(&arena);
	return 0;
}
