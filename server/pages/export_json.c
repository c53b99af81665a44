/*
 * Own data as JSON: the format that `zhitiao import` reads.  doc/export.md
 * describes it; a change that an older reader would misread is a new version.
 * Keys come in this order always, one message a line.
 */
#include "pages/export.h"

#include <inttypes.h>

#include "pages/pages.h"
#include "web/json.h"

static void
put_text(struct sbuf *out, const char *key, struct str value)
{
	if (value.len == 0)
		return;
	sbuf_fmt(out, ",\"%s\":", key);
	json_string(out, value);
}

static void
put_number(struct sbuf *out, const char *key, int64_t value)
{
	sbuf_fmt(out, ",\"%s\":%" PRId64, key, value);
}

/* What somebody chose for a kind of client; nothing when it has no choice. */
static void
put_device(struct sbuf *out, const Rec__DevicePrefs *device, bool *first)
{
	struct str class = export_word(&export_classes, device->device_class);

	if (class.len == 0 || (device->face == 0 && device->charset.len == 0 &&
	    device->page_size == 0 && device->mode == 0))
		return;
	sbuf_add(out, *first ? STR("{\"class\":") : STR(",{\"class\":"));
	*first = false;
	json_string(out, class);
	put_text(out, "face", export_word(&export_faces, device->face));
	put_text(out, "charset", str_of(device->charset));
	if (device->page_size != 0)
		put_number(out, "rows", device->page_size);
	put_text(out, "mode", export_word(&export_modes, device->mode));
	if (device->refresh_s != 0)
		put_number(out, "refresh", device->refresh_s);
	sbuf_byte(out, '}');
}

static void
put_prefs(struct sbuf *out, const Rec__Prefs *prefs)
{
	bool first = true;

	put_text(out, "lang", str_of(prefs->lang));
	if (prefs->zone_set)
		put_number(out, "zone", prefs->zone_minutes);
	put_text(out, "rule", export_word(&export_rules, prefs->write_rule));
	put_text(out, "places", export_word(&export_places, prefs->places));
	sbuf_add(out, STR(",\"devices\":["));
	for (size_t i = 0; i < prefs->n_device; i++)
		put_device(out, prefs->device[i], &first);
	sbuf_byte(out, ']');
}

static void
put_contact(struct sbuf *out, const struct contact *contact)
{
	sbuf_add(out, STR("\n{\"name\":"));
	json_string(out, contact->name);
	put_text(out, "state", export_word(&export_states, contact->state));
	put_text(out, "remark", contact->remark);
	put_number(out, "since", contact->since_ms);
	sbuf_byte(out, '}');
}

static void
head(struct export_file *file)
{
	const struct export *export = &file->export;
	struct sbuf *out = &file->out;

	sbuf_fmt(out, "{\"zhitiao-export\":%d,\n\"profile\":{\"name\":",
	    EXPORT_VERSION);
	json_string(out, str_of(export->user->name));
	put_number(out, "created", export->user->created_ms);
	if (export->user->prefs != NULL)
		put_prefs(out, export->user->prefs);
	sbuf_add(out, STR("},\n\"friends\":["));
	for (size_t i = 0; i < export->n_contacts; i++) {
		if (i != 0)
			sbuf_byte(out, ',');
		put_contact(out, &export->contacts[i]);
	}
	sbuf_add(out, STR("\n],\n\"talks\":["));
}

static void
talk(struct export_file *file)
{
	struct sbuf *out = &file->out;

	if (file->talk != file->export.talks)
		sbuf_byte(out, ',');
	sbuf_add(out, STR("\n{\"peer\":"));
	json_string(out, file->talk->head.name);
	put_number(out, "since", file->talk->since_ms);
	put_number(out, "read", file->talk->head.read_seq);
	sbuf_add(out, STR(",\"messages\":["));
}

static void
message(struct export_file *file, const struct message *message)
{
	struct sbuf *out = &file->out;

	if (message->seq != 1)
		sbuf_byte(out, ',');
	sbuf_fmt(out, "\n{\"seq\":%" PRIu32 ",\"from\":", message->seq);
	json_string(out, export_sender(file, message));
	put_number(out, "ms", message->sent_ms);
	put_text(out, "text", message->text);
	sbuf_byte(out, '}');
}

static void
talk_end(struct export_file *file)
{
	sbuf_add(&file->out, STR("\n]}"));
}

static void
foot(struct export_file *file)
{
	sbuf_add(&file->out, STR("\n]}\n"));
}

const struct export_format export_json = {
	.name = { "json", 4 },
	.file = { "zhitiao.json", 12 },
	.type = "application/json",
	.head = head,
	.talk = talk,
	.message = message,
	.talk_end = talk_end,
	.foot = foot,
};
