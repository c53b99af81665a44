#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "base/err.h"
#include "text/charset.h"

/*
 * The view model of one page: named, typed values and lists, in the request's
 * arena.  Pages fill it and know no markup; the faces write it out: templates
 * for WML and HTML (view.c is the only file that knows HDF), JSON as it is.
 * templates/CONTRACT names every key.
 *
 * view_text is the one entrance of untrusted text: characters that XML forbids
 * are dropped, and in WML each `$` is doubled, on the way to the template,
 * whose engine then escapes & < > " '.
 *
 * Keys are string literals of the program and are kept by pointer.
 */
enum face { FACE_WML, FACE_XHTML, FACE_HTML, FACE_JSON };

enum view_type { VIEW_TEXT, VIEW_INT, VIEW_BOOL, VIEW_TIME, VIEW_LINK, VIEW_LIST };

struct view_row {
	struct view_node *first, *last;
	struct view_row *next;
};
struct view_node {
	const char *key;
	enum view_type type;
	struct str text;	/* TEXT, LINK, TIME as shown */
	int64_t n;		/* INT, TIME in ms */
	struct view_row *rows, *rows_last; /* LIST */
	struct view_node *next;
};
struct view {
	struct arena *arena;
	const char *page;	/* name: template and CONTRACT section */
	struct view_row root;
	struct str tail;	/* "x=3f2": put behind every link to a page of
				   ours, so that its address is a new one */
};

void view_init(struct view *view, struct arena *arena);
void view_text(struct view *view, struct view_row *row, const char *key,
    struct str text);
void view_int(struct view *view, struct view_row *row, const char *key,
    int64_t n);
void view_bool(struct view *view, struct view_row *row, const char *key,
    bool on); /* false: stays absent */
/* `shown` is what faces with templates print, JSON writes `ms`. */
void view_time(struct view *view, struct view_row *row, const char *key,
    int64_t ms, struct str shown);
/* One segment with query, made by the program from numbers and tokens; gets the
 * view's tail.  What begins with '/' or holds "://" is left as it is. */
void view_link(struct view *view, struct view_row *row, const char *key,
    struct str href);
struct str view_tailed(const struct view *view, struct str href);
/* A list, empty at first; rows are added in order. */
struct view_node *view_list(struct view *view, struct view_row *row,
    const char *key);
struct view_row *view_row(struct view *view, struct view_node *list);

/* ---- faces ---- */

/* Directory with templates/ wml/ html/; called once at start and again by
 * view_reload.  ERR_INTERNAL (logged): something does not parse. */
enum err view_start(struct str share) MUST_USE;
void view_stop(void);
/* A new generation: each thread parses anew at its next page and keeps its old
 * set on error. */
void view_reload(void);
unsigned view_generation(void);

/* Writes the page in UTF-8; ERR_INTERNAL when the template fails (logged). */
enum err view_render(const struct view *view, enum face face, struct str lang,
    struct str *out) MUST_USE;
struct str view_json(const struct view *view);

#endif
