/*
 * The table of readable fallbacks (data/fallbacks.tsv) and look-alikes from
 * libutf8proc's compatibility decompositions.  Loaded once, before threads;
 * read without a lock afterwards.
 */
#include "text/fallback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/log.h"
#include "text/utf8.h"

#define FALLBACK_LINE 256 /* bytes of one row */

static struct {
	struct arena arena;
	struct fallback_row *rows; /* in order of cp */
	size_t n, size;
} fallbacks;

static int
fallback_order(const void *a, const void *b)
{
	const struct fallback_row *x = a, *y = b;

	return (x->cp > y->cp) - (x->cp < y->cp);
}

/* "U+1F600" */
static bool
fallback_code(struct str s, uint32_t *out)
{
	uint32_t cp = 0;

	if (!str_starts(s, STR("U+")) || s.len < 6 || s.len > 8)
		return false;
	for (size_t i = 2; i < s.len; i++) {
		const char *digits = "0123456789ABCDEF";
		const char *digit = strchr(digits, s.p[i]);

		if (digit == NULL || *digit == '\0')
			return false;
		cp = cp << 4 | (uint32_t)(digit - digits);
	}
	*out = cp;
	return cp >= 0x80 && cp <= 0x10FFFF;
}

/* Nothing here is escaped any more, so nothing may need it. */
static bool
fallback_harmless(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7F || strchr("&<>\"'$", c) != NULL)
			return false;
	}
	return utf8_valid(s);
}

static bool
fallback_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static void
fallback_put(struct fallback_row row)
{
	if (fallbacks.n == fallbacks.size) {
		size_t size = fallbacks.size != 0 ? fallbacks.size * 2 : 256;
		struct fallback_row *rows =
		    ARENA_ARRAY(&fallbacks.arena, struct fallback_row, size);

		if (fallbacks.n != 0)
			memcpy(rows, fallbacks.rows,
			    fallbacks.n * sizeof(*rows));
		fallbacks.rows = rows;
		fallbacks.size = size;
	}
	row.word = str_dup(&fallbacks.arena, row.word);
	row.ascii = str_dup(&fallbacks.arena, row.ascii);
	fallbacks.rows[fallbacks.n++] = row;
}

static bool
fallback_row(struct str line)
{
	struct fallback_row row;

	line = str_trim(line);
	if (line.len == 0 || line.p[0] == '#')
		return true;
	if (!fallback_code(str_split(&line, '\t'), &row.cp))
		return false;
	row.word = str_trim(str_split(&line, '\t'));
	row.ascii = str_trim(line);
	if (str_eq(row.word, STR("-")))
		row.word = STR_NONE;
	if (row.word.len + row.ascii.len == 0 || !fallback_ascii(row.ascii) ||
	    !fallback_harmless(row.word) || !fallback_harmless(row.ascii))
		return false;
	fallback_put(row);
	return true;
}

enum err
fallback_load(const char *path)
{
	char line[FALLBACK_LINE];
	unsigned n = 0;
	bool good = true;
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		log_error("%s: cannot open", path);
		return ERR_INTERNAL;
	}
	arena_fini(&fallbacks.arena);
	memset(&fallbacks, 0, sizeof(fallbacks));
	while (good && fgets(line, sizeof(line), file) != NULL) {
		n++;
		good = fallback_row(str_c(line));
	}
	good = good && ferror(file) == 0;
	fclose(file);
	if (!good)
		log_error("%s:%u: bad row", path, n);
	if (fallbacks.n > 1)
		qsort(fallbacks.rows, fallbacks.n, sizeof(*fallbacks.rows),
		    fallback_order);
	return good ? OK : ERR_INTERNAL;
}

const struct fallback_row *
fallback_find(uint32_t cp)
{
	struct fallback_row key = { .cp = cp };

	if (fallbacks.n == 0)
		return NULL;
	return bsearch(&key, fallbacks.rows, fallbacks.n,
	    sizeof(*fallbacks.rows), fallback_order);
}

bool
fallback_invisible(uint32_t cp)
{
	const utf8proc_property_t *is =
	    utf8proc_get_property((utf8proc_int32_t)cp);

	return is->ignorable || is->category == UTF8PROC_CATEGORY_MN ||
	    is->category == UTF8PROC_CATEGORY_ME ||
	    is->category == UTF8PROC_CATEGORY_CF ||
	    is->category == UTF8PROC_CATEGORY_CC ||
	    (cp >= 0x1F3FB && cp <= 0x1F3FF);
}

size_t
fallback_alike(uint32_t cp, uint32_t out[FALLBACK_PIECES])
{
	utf8proc_int32_t piece[FALLBACK_PIECES];
	int boundary = 0;
	utf8proc_ssize_t n;

	if (cp >= 0x1F1E6 && cp <= 0x1F1FF) { /* letters of a flag */
		out[0] = 'A' + cp - 0x1F1E6;
		return 1;
	}
	n = utf8proc_decompose_char((utf8proc_int32_t)cp, piece,
	    FALLBACK_PIECES, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
	if (n <= 0 || n > FALLBACK_PIECES ||
	    (n == 1 && (uint32_t)piece[0] == cp))
		return 0;
	for (utf8proc_ssize_t i = 0; i < n; i++)
		out[i] = (uint32_t)piece[i];
	return (size_t)n;
}
