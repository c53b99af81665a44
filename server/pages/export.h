#ifndef PAGES_EXPORT_H
#define PAGES_EXPORT_H

#include "base/clock.h"
#include "im/export.h"
#include "web/view.h"

/*
 * A file of one's own data on its way out, and the formats it may have; each
 * format is one file, export_NAME.c.  A format is called for each piece in
 * order and writes it to `out`; it keeps nothing but what stands here.
 */
struct export_file {
	const struct export_format *format;
	struct export export;
	uint64_t uid;
	struct str lang;
	int zone_minutes;

	/* where the walk stands */
	enum { EXPORT_HEAD, EXPORT_TALK, EXPORT_MESSAGES, EXPORT_FOOT,
	    EXPORT_DONE } stage;
	const struct export_talk *talk; /* at hand, or the next */
	uint32_t seq;			/* its messages up to here are out */

	/* the block at hand */
	struct arena arena;
	struct sbuf out;
	size_t pieces;
	struct str rest;		/* of it, not taken yet */

	/* of HTML: what is not rendered yet, and the day of the last message */
	struct view view;
	struct view_node *rows;
	struct civil day;
	bool inside;
};

struct export_format {
	struct str name;		/* T.export */
	struct str file;		/* path segment, and name to save it under */
	const char *type;
	void (*head)(struct export_file *file);
	void (*talk)(struct export_file *file);
	void (*message)(struct export_file *file, const struct message *message);
	void (*talk_end)(struct export_file *file);	/* NULL: nothing */
	void (*foot)(struct export_file *file);		/* NULL: nothing */
	/* What was collected since the last block; NULL: it was written at once. */
	enum err (*flush)(struct export_file *file);
};
extern const struct export_format export_html, export_text, export_mbox,
    export_json;

/* The sender's own name. */
struct str export_sender(const struct export_file *file,
    const struct message *message);

/* ---- words of the JSON format, by their number in records ---- */
#define EXPORT_VERSION 1
struct export_words {
	const struct str *word;
	size_t n;
};
extern const struct export_words export_states, export_rules, export_places,
    export_modes, export_faces, export_classes;
/* The word of a number; empty when it has none. */
struct str export_word(const struct export_words *words, uint32_t number);
/* The number of a word; false: none has it. */
bool export_number(const struct export_words *words, struct str word,
    uint32_t *out);

#endif
