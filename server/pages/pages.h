#ifndef PAGES_PAGES_H
#define PAGES_PAGES_H

#include "im/contact.h"
#include "im/conversation.h"
#include "live/shown.h"
#include "text/link.h"
#include "text/utf8.h"
#include "web/auth.h"
#include "web/formkey.h"
#include "web/held.h"
#include "web/http.h"
#include "web/route.h"
#include "web/shell.h"

/* What page families share. */

/* Bytes of a record as a slice. */
static inline struct str
str_of(ProtobufCBinaryData data)
{
	return (struct str){ (const char *)data.data, data.len };
}

/* name, or the viewer's own name for that person. */
static inline struct str
shown_name(struct str name, struct str remark)
{
	return remark.len != 0 ? remark : name;
}

/* Names an object that wakes the page, or only changes its bytes. */
static inline void
page_watch(struct request *request, enum object_kind kind, uint64_t a, uint64_t b)
{
	watch_add(&request->watch, (struct object){ .kind = kind, .a = a, .b = b });
}

static inline void
page_calm(struct request *request, enum object_kind kind, uint64_t a, uint64_t b)
{
	watch_add(&request->calm, (struct object){ .kind = kind, .a = a, .b = b });
}

/* A page with an input: it can be held by whoever asks for it, but only programs
 * are offered that; for people typing is sacred. */
static inline void
page_may_wait(struct request *request)
{
	request->holdable = request->key.face == FACE_JSON ||
	    request_query(request, "w").len != 0;
}

/* ---- list.c: pages of a list, and lists to choose from ---- */

/* Which rows of `total` a page shows, by ?p= (rows to skip). */
struct slice {
	size_t first, n; /* first row from 0 */
};
struct slice list_slice(const struct request *request, size_t total);
/* first, last, total, newer, older. */
void list_fill(struct request *request, struct str self, struct slice slice,
    size_t total);

/* Rows of a list to choose from: value, and on for the one in force. */
void list_words(struct view *view, struct view_node *list,
    const struct str *words, size_t n, size_t chosen);

/* ---- who.c: what a page says of another's presence ---- */

struct who {
	uint64_t uid;
	enum presence state;	/* offline when not to be seen */
	bool friend;
	bool status;		/* has an own line to show */
	bool whole;		/* all of it, in a deck too: the page may say so */
};
/* By the viewer's row for the person, which no page shows of strangers. */
struct who who_get(struct request *request, const struct contact *row);
/* Those who are most here first. */
int who_cmp(const struct who *a, const struct who *b);
/* presence and status; of somebody who is no friend only when here. */
void who_fill(struct request *request, struct view_row *row,
    const struct who *who);
/* On the page of a talk: presence, status, writing.  Names what it watches. */
void who_beside(struct request *request, const struct conversation *talk);
/* The viewer has the form of the talk open: the other may be told. */
void who_writes(struct request *request, const struct conversation *talk);

/* ---- presence_settings.c: "o?v=presence" ---- */

enum err presence_settings_show(struct request *request);
enum err presence_settings_save(struct request *request);
enum err presence_settings_image(struct request *request);

/* ---- parts.c: message text with links and line breaks ---- */

/* Fills row.parts with `text`, which is the beginning of that message of the
 * request's talk; links lead to /go. */
void parts_fill(struct request *request, struct view_row *row,
    const struct message *message, struct str text);
/* The same with one portion of the whole text (from 1), each fit for a deck;
 * returns how many there are. */
unsigned parts_portion(struct request *request, struct view_row *row,
    const struct message *message, unsigned want);

/* ---- texting.c: text on its way into a talk ---- */

/* POST of a message to a talk or a person; the whole way, text given back on
 * every error. */
enum err texting_post(struct request *request, enum form_page page, uint64_t id);
/* Prefills a form: text, key and counter of a draft or of `count`. */
enum err texting_form(struct request *request, enum form_page page, uint64_t id,
    uint32_t count);

/* ---- export.c ---- */

/* The page behind "o?v=export". */
enum err export_show(struct request *request);

/* ---- live.c ---- */

/* "o?v=live": how news comes to this kind of client. */
enum err live_show(struct request *request);

/*
 * Where frames are drawn, a page that moves is two: this one, which stays as it
 * is, and in its frame (?v=log) the part that loads itself again.  Is this
 * request for the quiet one?
 */
bool live_quiet(const struct request *request);
/* frame and reconnect of the quiet page at `segment`; may the frame be a stream? */
void live_frame(struct request *request, struct str segment, bool streams);

/* ---- signin.c ---- */

/* After the password was right: keeps the text that came along, then enters. */
void signin_go(struct request *request, uint64_t uid);
/* After this request's session was ended: on to the sign-in page. */
void signin_left(struct request *request);

/* ---- enter.c ---- */

/* Gives a ticket that leads to the page `to`, or to JSON its token. */
void signin_enter(struct request *request, uint64_t uid, struct str to);

/* ---- sessions.c: the settings page behind "o?v=sessions" ---- */

enum err sessions_show(struct request *request);
/* Its posts: do=end (u=ID), do=others, do=places (rule=RULE). */
enum err sessions_end(struct request *request);
enum err sessions_end_others(struct request *request);
enum err sessions_places(struct request *request);
/* One list row: what it is, since when, last used. */
void sessions_row(struct request *request, struct view_row *row,
    const Rec__Session *session);

#endif
