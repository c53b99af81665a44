/*
 * Own talks as plain text: a line for each message, what it continues on
 * indented.  It has no words of a language.
 */
#include "pages/export.h"

#include "pages/pages.h"

#define INDENT "    "

static void
put_name(struct sbuf *out, const struct conversation *talk)
{
	sbuf_add(out, talk->name);
	if (talk->remark.len != 0)
		sbuf_fmt(out, " (%.*s)", STR_ARGS(talk->remark));
}

static void
head(struct export_file *file)
{
	sbuf_add(&file->out, str_of(file->export.user->name));
	sbuf_byte(&file->out, '\n');
}

static void
talk(struct export_file *file)
{
	sbuf_add(&file->out, STR("\n== "));
	put_name(&file->out, &file->talk->head);
	sbuf_add(&file->out, STR(" ==\n\n"));
}

static void
message(struct export_file *file, const struct message *message)
{
	struct civil t = clock_civil(message->sent_ms, file->zone_minutes);
	struct str who = export_sender(file, message), text = message->text;

	sbuf_fmt(&file->out, "%04d-%02d-%02d %02d:%02d:%02d %.*s: ", t.year,
	    t.month, t.day, t.hour, t.minute, t.second, STR_ARGS(who));
	while (text.len != 0) {
		sbuf_add(&file->out, str_split(&text, '\n'));
		sbuf_add(&file->out, text.len != 0 ? STR("\n" INDENT) : STR("\n"));
	}
}

const struct export_format export_text = {
	.name = { "text", 4 },
	.file = { "zhitiao.txt", 11 },
	.type = "text/plain; charset=utf-8",
	.head = head,
	.talk = talk,
	.message = message,
};
