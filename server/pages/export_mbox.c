/*
 * Own talks as a mailbox that any mail program opens: a mail for each message.
 *
 * mbox as RFC 4155 has it; headers by RFC 5322, names and subjects by RFC 2047,
 * bodies quoted-printable by RFC 2045, 6.7.  An F at the start of a line is
 * written =46, so no line of a body looks like the start of a mail and there is
 * nothing that readers would have to unquote (they differ in that).  The last
 * line ends in a soft break: the line end behind it is none of the text's.
 *
 * Nobody here has a mail address; those that stand here cannot exist (RFC 2606).
 */
#include "pages/export.h"

#include <inttypes.h>

#include "pages/pages.h"

#define LINE_BYTES 76 /* RFC 2045, 6.7 (5) and RFC 2047, 2 */
#define DOMAIN "zhitiao.invalid"

static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
    "Sat" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* ---- headers ---- */

/* What one encoded word takes: whole characters only (RFC 2047, 5). */
static size_t
word_head(struct str text)
{
	const size_t room = (LINE_BYTES - sizeof("Subject: ") -
	    sizeof("=?utf-8?Q?" "?=")) / 3;
	size_t end = 0, next = 0;

	while (next < text.len) {
		utf8_next(text, &next);
		if (next > room)
			break;
		end = next;
	}
	return end;
}

static bool
is_word_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

static void
put_words(struct sbuf *out, struct str text)
{
	for (bool first = true; text.len != 0; first = false) {
		struct str part = str_head(text, word_head(text));

		sbuf_add(out, first ? STR("=?utf-8?Q?") : STR("\n =?utf-8?Q?"));
		for (size_t i = 0; i < part.len; i++) {
			if (is_word_plain(part.p[i]))
				sbuf_byte(out, part.p[i]);
			else
				sbuf_fmt(out, "=%02X", (unsigned char)part.p[i]);
		}
		sbuf_add(out, STR("?="));
		text = str_from(text, part.len);
	}
}

static void
put_person(struct sbuf *out, const char *header, struct str name, uint64_t uid)
{
	sbuf_fmt(out, "%s: ", header);
	put_words(out, name);
	sbuf_fmt(out, "\n <u%" PRIu64 "@" DOMAIN ">\n", uid);
}

static void
put_dates(struct export_file *file, const struct message *message)
{
	int zone = file->zone_minutes, size = zone < 0 ? -zone : zone;
	struct civil utc = clock_civil(message->sent_ms, 0);
	struct civil t = clock_civil(message->sent_ms, zone);

	sbuf_fmt(&file->out, "From u%" PRIu64 "@" DOMAIN
	    " %s %s %2d %02d:%02d:%02d %04d\n", message->sender,
	    days[utc.weekday], months[utc.month - 1], utc.day, utc.hour,
	    utc.minute, utc.second, utc.year);
	sbuf_fmt(&file->out, "Date: %s, %d %s %04d %02d:%02d:%02d %c%02d%02d\n",
	    days[t.weekday], t.day, months[t.month - 1], t.year, t.hour,
	    t.minute, t.second, zone < 0 ? '-' : '+', size / 60, size % 60);
}

/* ---- bodies ---- */

/* May `c` stand as it is?  A blank only where no line ends behind it. */
static bool
is_body_plain(const struct str text, size_t i, size_t column)
{
	char c = text.p[i];

	if (c == ' ' || c == '\t')
		return i + 1 < text.len && text.p[i + 1] != '\n';
	return c > ' ' && c < 0x7f && c != '=' &&
	    (column != 0 || (c != 'F' && c != '.'));
}

static void
put_body(struct sbuf *out, struct str text)
{
	size_t column = 0;

	for (size_t i = 0; i < text.len; i++) {
		bool plain = is_body_plain(text, i, column);

		if (text.p[i] == '\n') {
			sbuf_byte(out, '\n');
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > LINE_BYTES - 1) {
			sbuf_add(out, STR("=\n"));
			column = 0;
			plain = is_body_plain(text, i, column);
		}
		if (plain)
			sbuf_byte(out, text.p[i]);
		else
			sbuf_fmt(out, "=%02X", (unsigned char)text.p[i]);
		column += plain ? 1 : 3;
	}
	sbuf_add(out, STR("=\n\n"));
}

/* ---- pieces ---- */

static void
nothing(struct export_file *file)
{
	(void)file;
}

static void
message(struct export_file *file, const struct message *message)
{
	const struct conversation *talk = &file->talk->head;
	bool theirs = message->sender == talk->peer;
	struct str me = str_of(file->export.user->name);
	struct sbuf *out = &file->out;

	put_dates(file, message);
	put_person(out, "From", theirs ? talk->name : me, message->sender);
	put_person(out, "To", theirs ? me : talk->name,
	    theirs ? file->uid : talk->peer);
	sbuf_add(out, STR("Subject: "));
	put_words(out, shown_name(talk->name, talk->remark));
	sbuf_fmt(out, "\nMessage-ID: <%" PRIu64 ".%" PRIu32 ".%" PRId64 "@" DOMAIN
	    ">\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n", talk->cid,
	    message->seq, message->sent_ms);
	put_body(out, message->text);
}

const struct export_format export_mbox = {
	.name = { "mbox", 4 },
	.file = { "zhitiao.mbox", 12 },
	.type = "application/mbox",
	.head = nothing,
	.talk = nothing,
	.message = message,
};
