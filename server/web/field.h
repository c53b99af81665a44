#ifndef WEB_FIELD_H
#define WEB_FIELD_H

#include "base/err.h"
#include "base/str.h"
#include "text/charset.h"

/*
 * The fields a form may post.  Handlers see only these, decoded to UTF-8 and
 * cleaned by kind; every other field of a post is ignored.
 */
enum field_name {
	FIELD_NAME, FIELD_PASSWORD, FIELD_NEW, FIELD_M,
	FIELD_DO, FIELD_K, FIELD_K2, FIELD_E, FIELD_TO, FIELD_U, FIELD_REMARK,
	FIELD_LANG, FIELD_ZONE, FIELD_FACE, FIELD_CS, FIELD_ROWS,
	FIELD_LIVE, FIELD_RULE, FIELD_STATE, FIELD_STATUS, FIELD_SEE,
	FIELD_CHARSET_, FIELD_COUNT
};

enum field_kind {
	FIELD_TEXT,	/* several lines, NFC */
	FIELD_LINE,	/* one line, NFC, trimmed */
	FIELD_SECRET,	/* half-width folded, else as typed */
	FIELD_ASCII,	/* printable ASCII; anything else empties it */
};

/* The field by its name on the wire; FIELD_COUNT when there is none. */
enum field_name field_find(struct str name);
/* Bytes of raw value that are kept at most. */
size_t field_max(enum field_name name);

/* Typed by a person?  Then a value over its length is an error; any other such
 * value is none of ours, and so empty. */
bool field_is_text(enum field_name name);

/*
 * Decodes all raw fields of one post.  A text that no charset explains is
 * given with '?' for what is not UTF-8, and the result is ERR_TEXT_BYTES.
 */
enum err field_decode(struct arena *arena, struct form_charset *how,
    const struct str raw[FIELD_COUNT], struct str out[FIELD_COUNT]) MUST_USE;

#endif
