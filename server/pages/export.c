/*
 * Own data to keep: the page that offers it (o?v=export), and the files.
 *
 * A file may be longer than any arena: it goes out as a stream that reads a few
 * messages whenever the client has taken those before (web/request.h, struct
 * stream_source).  The lists of friends and talks are read once at its start,
 * so a file is whole in itself however long a slow client takes over it.  Each
 * that is open keeps a megabyte or two: a few of a person, some of all.
 */
#include "pages/export.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "pages/pages.h"

/* A block, which a client that does not read keeps in memory. */
#define BLOCK_PIECES 64
#define PIECE_BYTES 1024 /* a message of so many counts as two */

/* In the order in which the page lists them. */
static const struct export_format *const formats[] = {
	&export_html, &export_text, &export_mbox, &export_json,
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

#define OPEN_MAX 64
#define OPEN_OF_ONE 4 /* all formats at once */

/* Whose files are being sent; 0: nobody's. */
static struct {
	pthread_mutex_t lock;
	uint64_t uid[OPEN_MAX];
} open_files = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* False: too many are open. */
static bool
place_take(uint64_t uid)
{
	size_t own = 0, place = OPEN_MAX;

	pthread_mutex_lock(&open_files.lock);
	for (size_t i = 0; i < OPEN_MAX; i++) {
		own += open_files.uid[i] == uid;
		if (open_files.uid[i] == 0)
			place = i;
	}
	if (own == OPEN_OF_ONE)
		place = OPEN_MAX;
	if (place != OPEN_MAX)
		open_files.uid[place] = uid;
	pthread_mutex_unlock(&open_files.lock);
	return place != OPEN_MAX;
}

static void
place_leave(uint64_t uid)
{
	size_t i = 0;

	pthread_mutex_lock(&open_files.lock);
	while (open_files.uid[i] != uid)
		i++;
	open_files.uid[i] = 0;
	pthread_mutex_unlock(&open_files.lock);
}

/* ---- the page ---- */

enum err
export_show(struct request *request)
{
	struct view *view = &request->view;
	uint64_t uid = request->viewer.uid;
	struct export_size size;
	struct view_node *list;
	enum err err;

	page_calm(request, OBJ_INBOX, uid, 0);
	err = export_size(&request->arena, uid, &size);
	if (err != OK)
		return err;
	view->page = "export";
	view_int(view, &view->root, "talks", (int64_t)size.talks);
	view_int(view, &view->root, "messages", (int64_t)size.messages);
	/* A phone that is sent a file drops it, or its gateway does. */
	if (!request->device.takes_html && request->key.face == FACE_WML)
		return OK;
	list = view_list(view, &view->root, "files");
	for (size_t i = 0; i < FORMATS; i++) {
		struct view_row *row = view_row(view, list);

		view_text(view, row, "name", formats[i]->name);
		view_link(view, row, "link", formats[i]->file);
	}
	return OK;
}

/* ---- a file ---- */

struct str
export_sender(const struct export_file *file, const struct message *message)
{
	const struct conversation *talk = &file->talk->head;

	return message->sender == talk->peer ? talk->name :
	    str_of(file->export.user->name);
}

static enum err
put_messages(struct export_file *file)
{
	struct message *list;
	size_t n;
	enum err err = export_messages(file->talk, file->seq, &file->arena,
	    &list, &n);

	for (size_t i = 0; i < n; i++) {
		file->format->message(file, &list[i]);
		file->seq = list[i].seq;
		file->pieces += 1 + list[i].text.len / PIECE_BYTES;
	}
	if (err != OK || n != 0)
		return err;
	if (file->format->talk_end != NULL)
		file->format->talk_end(file);
	file->talk++;
	file->stage = EXPORT_TALK;
	return OK;
}

/* One piece, or some messages. */
static enum err
put_some(struct export_file *file)
{
	const struct export *export = &file->export;

	file->pieces++;
	switch (file->stage) {
	case EXPORT_HEAD:
		file->format->head(file);
		file->talk = export->talks;
		file->stage = EXPORT_TALK;
		return OK;
	case EXPORT_TALK:
		file->stage = EXPORT_FOOT;
		if (file->talk == export->talks + export->n_talks)
			return OK;
		file->format->talk(file);
		file->seq = 0;
		file->stage = EXPORT_MESSAGES;
		return OK;
	case EXPORT_MESSAGES:
		return put_messages(file);
	case EXPORT_FOOT:
		if (file->format->foot != NULL)
			file->format->foot(file);
		file->stage = EXPORT_DONE;
		return OK;
	case EXPORT_DONE:
		break;
	}
	return ERR_INTERNAL;
}

static enum err
put_block(struct export_file *file)
{
	enum err err = OK;

	arena_fini(&file->arena);
	sbuf_init(&file->out, &file->arena, 0);
	file->pieces = 0;
	while (err == OK && file->stage != EXPORT_DONE &&
	    file->pieces < BLOCK_PIECES)
		err = put_some(file);
	if (err == OK && file->format->flush != NULL)
		err = file->format->flush(file);
	file->rest = sbuf_str(&file->out);
	return err;
}

static ssize_t
file_next(void *state, char *buf, size_t max)
{
	struct export_file *file = state;
	struct str part;

	while (file->rest.len == 0) {
		if (file->stage == EXPORT_DONE)
			return STREAM_END;
		if (put_block(file) != OK)
			return STREAM_BROKEN;
	}
	part = str_head(file->rest, max);
	memcpy(buf, part.p, part.len);
	file->rest = str_from(file->rest, part.len);
	return (ssize_t)part.len;
}

static void
file_free(void *state)
{
	struct export_file *file = state;

	place_leave(file->uid);
	export_close(&file->export);
	arena_fini(&file->arena);
	free(file);
}

static enum err
file_open(struct request *request, const struct export_format *format)
{
	struct export_file *file;
	enum err err;

	if (!place_take(request->viewer.uid))
		return ERR_BUSY;
	file = calloc(1, sizeof(*file));
	if (file == NULL)
		abort();
	file->format = format;
	file->uid = request->viewer.uid;
	file->zone_minutes = request->key.zone_minutes;
	arena_init(&file->arena, 0);
	err = export_open(&file->export, file->uid);
	file->lang = str_dup(&file->export.arena, request->key.lang);
	request->reply.stream = (struct stream_source){ .next = file_next,
		.free = file_free, .state = file };
	request->reply.type = format->type;
	request->reply.file = format->file.p;
	return err;
}

static enum err
file_get(struct request *request)
{
	if (request->viewer.kind == SESSION_PATH)
		return ERR_COOKIE_ONLY;
	for (size_t i = 0; i < FORMATS; i++)
		if (str_eq(formats[i]->file, request->path))
			return file_open(request, formats[i]);
	return ERR_NOT_FOUND;
}

#define FILE_ROUTE(name) \
	{ .segment = name, .page = "export", .signed_in = true, .get = file_get }

const struct route routes_export[] = {
	FILE_ROUTE("zhitiao.html"), FILE_ROUTE("zhitiao.txt"),
	FILE_ROUTE("zhitiao.mbox"), FILE_ROUTE("zhitiao.json"),
	{ .segment = NULL },
};
