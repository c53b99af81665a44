/*
 * Own data as one page to keep: no style sheet, no scripts, links only inside.
 * Pieces are rows of a view model; html/export.cs makes each block of them.
 */
#include "pages/export.h"

#include "pages/pages.h"

/* The rows of a block begin where the last block ended. */
static struct view *
block_view(struct export_file *file)
{
	struct view *view = &file->view;

	if (view->arena != NULL)
		return view;
	view_init(view, &file->arena);
	view->page = "export";
	view_bool(view, &view->root, "file", true);
	view_text(view, &view->root, "lang", file->lang);
	view_bool(view, &view->root, "inside", file->inside);
	file->rows = view_list(view, &view->root, "rows");
	file->inside = true;
	return view;
}

static void
fill_friend(struct view *view, struct view_row *row,
    const struct contact *contact)
{
	view_text(view, row, "name", contact->name);
	if (contact->remark.len != 0)
		view_text(view, row, "remark", contact->remark);
	view_text(view, row, "state",
	    export_word(&export_states, contact->state));
}

static void
head(struct export_file *file)
{
	const struct export *export = &file->export;
	struct view *view = block_view(file);
	struct view_node *list = view_list(view, &view->root, "friends");

	view_text(view, &view->root, "me", str_of(export->user->name));
	for (size_t i = 0; i < export->n_contacts; i++)
		fill_friend(view, view_row(view, list), &export->contacts[i]);
	list = view_list(view, &view->root, "index");
	for (size_t i = 0; i < export->n_talks; i++) {
		const struct conversation *talk = &export->talks[i].head;
		struct view_row *row = view_row(view, list);

		view_int(view, row, "n", (int64_t)i + 1);
		view_text(view, row, "name",
		    shown_name(talk->name, talk->remark));
		view_int(view, row, "messages", talk->last_seq);
	}
}

static void
talk(struct export_file *file)
{
	const struct conversation *talk = &file->talk->head;
	struct view *view = block_view(file);
	struct view_row *row = view_row(view, file->rows);

	view_int(view, row, "n", file->talk - file->export.talks + 1);
	view_text(view, row, "talk", shown_name(talk->name, talk->remark));
	file->day.year = 0;
}

static void
fill_parts(struct view *view, struct view_row *row, struct str text)
{
	struct view_node *list = view_list(view, row, "parts");

	for (bool first = true; text.len != 0; first = false) {
		struct view_row *part = view_row(view, list);

		view_text(view, part, "text", str_split(&text, '\n'));
		view_bool(view, part, "br", !first);
	}
}

static void
message(struct export_file *file, const struct message *message)
{
	struct civil t = clock_civil(message->sent_ms, file->zone_minutes);
	const struct conversation *talk = &file->talk->head;
	struct view *view = block_view(file);
	struct view_row *row = view_row(view, file->rows);

	if (t.year != file->day.year || t.month != file->day.month ||
	    t.day != file->day.day)
		view_text(view, row, "day", str_fmt(&file->arena,
		    "%04d-%02d-%02d", t.year, t.month, t.day));
	file->day = t;
	view_text(view, row, "who", message->sender == talk->peer ?
	    shown_name(talk->name, talk->remark) : export_sender(file, message));
	view_time(view, row, "time", message->sent_ms, str_fmt(&file->arena,
	    "%02d:%02d", t.hour, t.minute));
	fill_parts(view, row, message->text);
}

static enum err
flush(struct export_file *file)
{
	struct view *view = block_view(file);
	struct str text;
	enum err err;

	view_bool(view, &view->root, "more", file->stage != EXPORT_DONE);
	err = view_render(view, FACE_HTML, file->lang, &text);
	if (err == OK)
		sbuf_add(&file->out, text);
	view->arena = NULL;
	return err;
}

const struct export_format export_html = {
	.name = { "html", 4 },
	.file = { "zhitiao.html", 12 },
	.type = "text/html; charset=utf-8",
	.head = head,
	.talk = talk,
	.message = message,
	.flush = flush,
};
