/*
 * Form fields: the table of what may be posted, and from raw bytes to text.
 */
#include "web/field.h"

#include "text/utf8.h"

struct field {
	struct str name;
	enum field_kind kind;
	size_t max; /* raw bytes; the text of a message: up to the body's limit,
		       so that one too long can be given back whole */
};

#define F(literal, k, m) { STR(literal), k, m }
static const struct field fields[FIELD_COUNT] = {
	[FIELD_NAME] = F("name", FIELD_LINE, 4096),
	[FIELD_PASSWORD] = F("password", FIELD_SECRET, 2048),
	[FIELD_NEW] = F("new", FIELD_SECRET, 2048),
	[FIELD_M] = F("m", FIELD_TEXT, SIZE_MAX / 2),
	[FIELD_DO] = F("do", FIELD_ASCII, 16),
	[FIELD_K] = F("k", FIELD_ASCII, 64),
	[FIELD_K2] = F("k2", FIELD_ASCII, 64),
	[FIELD_E] = F("e", FIELD_ASCII, 32),
	[FIELD_TO] = F("to", FIELD_ASCII, 64),
	[FIELD_U] = F("u", FIELD_ASCII, 20),
	[FIELD_REMARK] = F("remark", FIELD_LINE, 4096),
	[FIELD_LANG] = F("lang", FIELD_ASCII, 8),
	[FIELD_ZONE] = F("zone", FIELD_ASCII, 8),
	[FIELD_FACE] = F("face", FIELD_ASCII, 8),
	[FIELD_CS] = F("cs", FIELD_ASCII, 16),
	[FIELD_ROWS] = F("rows", FIELD_ASCII, 8),
	[FIELD_LIVE] = F("live", FIELD_ASCII, 8),
	[FIELD_RULE] = F("rule", FIELD_ASCII, 16),
	[FIELD_STATE] = F("state", FIELD_ASCII, 16),
	[FIELD_STATUS] = F("status", FIELD_LINE, 4096),
	[FIELD_SEE] = F("see", FIELD_ASCII, 16),
	[FIELD_CHARSET_] = F("_charset_", FIELD_ASCII, 32),
};

enum field_name
field_find(struct str name)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		if (str_eq(fields[i].name, name))
			return i;
	return FIELD_COUNT;
}

size_t
field_max(enum field_name name)
{
	return fields[name].max;
}

bool
field_is_text(enum field_name name)
{
	return fields[name].kind != FIELD_ASCII;
}

static struct str
ascii_only(struct str raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if (raw.p[i] < 0x20 || raw.p[i] > 0x7e)
			return STR_NONE;
	return raw;
}

/* For giving back what nothing explains: the readable part of it. */
static struct str
readable(struct arena *arena, struct str raw)
{
	struct sbuf out;

	sbuf_init(&out, arena, 0);
	for (size_t i = 0; i < raw.len; i++)
		sbuf_byte(&out, (unsigned char)raw.p[i] < 0x80 ? raw.p[i] : '?');
	return sbuf_str(&out);
}

/* Editors that text browsers call end every text with a line break. */
static struct str
without_end(struct str text)
{
	while (text.len > 0 && text.p[text.len - 1] == '\n')
		text.len--;
	return text;
}

static struct str
clean(struct arena *arena, enum field_kind kind, struct str text)
{
	switch (kind) {
	case FIELD_TEXT:
		return without_end(utf8_clean(arena, text));
	case FIELD_LINE:
		return utf8_clean_line(arena, text);
	case FIELD_SECRET:
		return utf8_halfwidth(arena, text);
	case FIELD_ASCII:
		break;
	}
	return text;
}

enum err
field_decode(struct arena *arena, struct form_charset *how,
    const struct str raw[FIELD_COUNT], struct str out[FIELD_COUNT])
{
	enum err err = OK;

	how->probe = raw[FIELD_E];
	how->charset_field = ascii_only(raw[FIELD_CHARSET_]);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		struct str text;

		out[i] = STR_NONE;
		if (raw[i].len == 0)
			continue;
		if (fields[i].kind == FIELD_ASCII) {
			out[i] = ascii_only(raw[i]);
			continue;
		}
		if (charset_decode_field(arena, how, raw[i], &text) != OK) {
			err = ERR_TEXT_BYTES;
			text = readable(arena, raw[i]);
		}
		out[i] = clean(arena, fields[i].kind, text);
	}
	return err;
}
