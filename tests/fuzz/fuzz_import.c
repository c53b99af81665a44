/* Exports of any bytes: what reaches the store is of the format, whatever the
 * pieces the bytes come in; and the same bytes are judged the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/importjson.h"
#include "im/message.h"
#include "im/prefs.h"
#include "text/utf8.h"

#define LINE_BYTES_MAX (MESSAGE_MAX_CHARS * 4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	unsigned profiles, friends, talks, ended;
	uint64_t lines, bytes;
};

static void
check_text(struct str text, size_t max)
{
	assert(text.len <= max && utf8_valid(text));
	assert(text.len == 0 || text.p != NULL);
}

static enum err
take_profile(void *to, const struct import_profile *profile, struct str *why)
{
	struct seen *seen = to;

	(void)why;
	assert(seen->profiles++ == 0 && seen->friends == 0 && seen->talks == 0);
	check_text(profile->name, 256);
	assert(profile->created_ms >= 0);
	assert(profile->prefs->n_device <= 64);
	for (size_t i = 0; i < profile->prefs->n_device; i++)
		assert(profile->prefs->device[i]->mode <= LIVE_MODE_COUNT);
	prefs_within(profile->prefs);
	return OK;
}

static enum err
take_friend(void *to, const struct import_friend *friend, struct str *why)
{
	struct seen *seen = to;

	(void)why;
	assert(seen->profiles == 1 && seen->talks == 0);
	seen->friends++;
	check_text(friend->name, 256);
	check_text(friend->remark, 256);
	assert(friend->state != REC__FRIEND__STATE__NONE);
	return OK;
}

static enum err
take_talk(void *to, const struct import_peer *peer, struct str *why)
{
	struct seen *seen = to;

	(void)why;
	assert(seen->profiles == 1 && seen->ended == seen->talks);
	seen->talks++;
	check_text(peer->name, 256);
	return OK;
}

static enum err
take_message(void *to, const struct import_line *line, struct str *why)
{
	struct seen *seen = to;

	assert(seen->ended + 1 == seen->talks);
	check_text(line->text, LINE_BYTES_MAX);
	check_text(line->from, 256);
	assert(line->seq >= 1 && line->sent_ms >= 0);
	seen->lines++;
	seen->bytes += line->text.len;
	*why = STR("enough");
	return line->seq == 99 ? ERR_EXISTS : OK;
}

static enum err
end_talk(void *to, struct str *why)
{
	struct seen *seen = to;

	(void)why;
	assert(++seen->ended == seen->talks);
	return OK;
}

/* Reads all in pieces of that length; which line was at fault, 0: none. */
static uint64_t
read_in(struct str bytes, size_t piece, struct seen *seen)
{
	const struct import_sink sink = { seen, take_profile, take_friend,
		take_talk, take_message, end_talk };
	struct import_json *json = import_json_open(&sink);
	enum err err = OK;
	uint64_t line;

	while (err == OK && bytes.len != 0) {
		err = import_json_feed(json, str_head(bytes, piece));
		bytes = str_from(bytes, piece);
	}
	if (err == OK)
		err = import_json_end(json);
	line = import_json_fault(json).line;
	assert((err == OK) == (line == 0));
	if (err == OK)
		assert(seen->profiles == 1 && seen->ended == seen->talks);
	else
		assert(import_json_end(json) == err);
	import_json_close(json);
	return line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct seen whole = { 0 }, parts = { 0 };

	if (size > 65536)
		return 0;
	read_in(bytes, size + 1, &whole);
	read_in(bytes, 1 + size % 7, &parts);
	assert(memcmp(&whole, &parts, sizeof(whole)) == 0);
	return 0;
}
