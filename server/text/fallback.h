#ifndef TEXT_FALLBACK_H
#define TEXT_FALLBACK_H

#include "base/err.h"
#include "base/str.h"

/*
 * How characters that a charset lacks are said in others.  No result holds a
 * character that means something in markup (& < > " ' $): what is encoded
 * has been escaped already.
 */
struct fallback_row {
	uint32_t cp;
	struct str word;  /* UTF-8, without brackets; may be empty */
	struct str ascii; /* may be empty; never both */
};

/* Reads data/fallbacks.tsv; a bad row is logged and ERR_INTERNAL.  At start
 * only: rows are constant afterwards and live until the process ends. */
enum err fallback_load(const char *path) MUST_USE;

/* The row of a character, or NULL. */
const struct fallback_row *fallback_find(uint32_t cp);

/* Adds no ink: joiners, variation selectors, tags, skin tones, loose marks. */
bool fallback_invisible(uint32_t cp);

/*
 * Splits a look-alike character into simpler ones (e-acute: e and the accent;
 * full-width A: A; square MHz: M H z).  At most FALLBACK_PIECES; 0: there are
 * none.
 */
#define FALLBACK_PIECES 18
size_t fallback_alike(uint32_t cp, uint32_t out[FALLBACK_PIECES]);

#endif
