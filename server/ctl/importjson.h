#ifndef CTL_IMPORTJSON_H
#define CTL_IMPORTJSON_H

#include "im/contact.h"

/*
 * Reads the JSON of an export (doc/export.md) as it comes, in pieces of any
 * length, and calls the sink for each thing in it.  The bytes are foreign: what
 * is not exactly of the format is refused, whatever is nested, long or large.
 * Texts are valid UTF-8 and live until the sink's function returns, but for
 * those of the profile and of the talk at hand, which live until the next talk.
 */
struct import_profile {
	struct str name;
	int64_t created_ms;
	Rec__Prefs *prefs;
};
struct import_friend {
	struct str name, remark;
	Rec__Friend__State state;
	int64_t since_ms;
};
struct import_peer {
	struct str name;
	int64_t since_ms;
	uint32_t read_seq;
};
struct import_line {
	uint32_t seq;
	struct str from, text;
	int64_t sent_ms;
};

/* In the order of the file: one profile, friends, then each talk with its
 * messages.  `*why` may be set to a sentence when the result is not OK. */
struct import_sink {
	void *to;
	enum err (*profile)(void *to, const struct import_profile *profile,
	    struct str *why);
	enum err (*friend)(void *to, const struct import_friend *friend,
	    struct str *why);
	enum err (*talk)(void *to, const struct import_peer *peer,
	    struct str *why);
	enum err (*message)(void *to, const struct import_line *line,
	    struct str *why);
	enum err (*talk_end)(void *to, struct str *why);
};

struct import_json *import_json_open(const struct import_sink *sink);
/* The next bytes; OK, the sink's error, or ERR_REQUEST. */
enum err import_json_feed(struct import_json *json, struct str bytes) MUST_USE;
/* That was all; ERR_REQUEST when something is missing. */
enum err import_json_end(struct import_json *json) MUST_USE;
void import_json_close(struct import_json *json);

/* After an error: in which line, from 1, and a sentence (borrowed), empty when
 * the sink gave none. */
struct import_fault {
	uint64_t line;
	struct str why;
};
struct import_fault import_json_fault(const struct import_json *json);

#endif
