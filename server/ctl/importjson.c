/*
 * The reader of exports, on yajl's events.
 *
 * The format is two tables: `fields`, which key may stand where, with what kind
 * of value and behind which others; and `places`, what each object or list is
 * and what is done at its end.  Whatever is not in them is refused, so nesting
 * is as deep as the tables are.  Values of the object at hand wait in `text` and
 * `number` until its end.
 *
 * Memory is bounded: yajl keeps the bytes of one value only, and between two
 * events at most QUIET_MAX bytes may go by; texts have a limit each.
 */
#include "ctl/importjson.h"

#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "im/account.h"
#include "im/message.h"
#include "im/record.h"
#include "pages/export.h"
#include "text/utf8.h"

#define FEED_BYTES 16384
#define QUIET_MAX (512 * 1024)	/* a text of escapes is longest */
#define NAME_BYTES 256
#define DEVICES_MAX 64
#define MS_MAX (INT64_C(1) << 53) /* what all readers of JSON can hold */

enum place {
	NOWHERE, TOP, PROFILE, DEVICES, DEVICE, FRIENDS, FRIEND, TALKS, TALK,
	MESSAGES, MESSAGE, PLACES
};
enum field {
	VERSION, PROFILE_OBJECT, FRIENDS_LIST, TALKS_LIST,
	NAME, CREATED, LANG, ZONE, RULE, AT_PLACES, DEVICES_LIST,
	CLASS, FACE, CHARSET, ROWS, MODE, REFRESH,
	FRIEND_NAME, STATE, REMARK, SINCE,
	PEER, TALK_SINCE, READ, MESSAGES_LIST,
	SEQ, FROM, MS, TEXT, FIELDS
};
#define SEEN(field) (1u << (field))

static const struct {
	enum place in;
	const char *key;
	enum { NUMBER, STRING, OPEN } kind;
	enum place opens;	/* OPEN */
	unsigned behind;	/* fields that must stand before */
	int64_t min, max;	/* NUMBER: value; STRING: max bytes */
} fields[FIELDS] = {
	[VERSION] = { TOP, "zhitiao-export", NUMBER, .min = EXPORT_VERSION,
	    .max = EXPORT_VERSION },
	[PROFILE_OBJECT] = { TOP, "profile", OPEN, PROFILE, SEEN(VERSION) },
	[FRIENDS_LIST] = { TOP, "friends", OPEN, FRIENDS, SEEN(PROFILE_OBJECT) },
	[TALKS_LIST] = { TOP, "talks", OPEN, TALKS, SEEN(FRIENDS_LIST) },

	[NAME] = { PROFILE, "name", STRING, .max = NAME_BYTES },
	[CREATED] = { PROFILE, "created", NUMBER, .max = MS_MAX },
	[LANG] = { PROFILE, "lang", STRING, .max = NAME_BYTES },
	[ZONE] = { PROFILE, "zone", NUMBER, .min = -1440, .max = 1440 },
	[RULE] = { PROFILE, "rule", STRING, .max = NAME_BYTES },
	[AT_PLACES] = { PROFILE, "places", STRING, .max = NAME_BYTES },
	[DEVICES_LIST] = { PROFILE, "devices", OPEN, DEVICES },

	[CLASS] = { DEVICE, "class", STRING, .max = NAME_BYTES },
	[FACE] = { DEVICE, "face", STRING, .max = NAME_BYTES },
	[CHARSET] = { DEVICE, "charset", STRING, .max = NAME_BYTES },
	[ROWS] = { DEVICE, "rows", NUMBER, .max = UINT32_MAX },
	[MODE] = { DEVICE, "mode", STRING, .max = NAME_BYTES },
	[REFRESH] = { DEVICE, "refresh", NUMBER, .max = UINT32_MAX },

	[FRIEND_NAME] = { FRIEND, "name", STRING, .max = NAME_BYTES },
	[STATE] = { FRIEND, "state", STRING, .max = NAME_BYTES },
	[REMARK] = { FRIEND, "remark", STRING, .max = NAME_BYTES },
	[SINCE] = { FRIEND, "since", NUMBER, .max = MS_MAX },

	[PEER] = { TALK, "peer", STRING, .max = NAME_BYTES },
	[TALK_SINCE] = { TALK, "since", NUMBER, .max = MS_MAX },
	[READ] = { TALK, "read", NUMBER, .max = UINT32_MAX },
	[MESSAGES_LIST] = { TALK, "messages", OPEN, MESSAGES,
	    SEEN(PEER) | SEEN(TALK_SINCE) | SEEN(READ) },

	[SEQ] = { MESSAGE, "seq", NUMBER, .min = 1, .max = UINT32_MAX },
	[FROM] = { MESSAGE, "from", STRING, .max = NAME_BYTES },
	[MS] = { MESSAGE, "ms", NUMBER, .max = MS_MAX },
	[TEXT] = { MESSAGE, "text", STRING, .max = MESSAGE_MAX_CHARS * 4 },
};

struct import_json {
	yajl_handle yajl;
	const struct import_sink *sink;
	enum place place;
	enum field field;	/* of the key before the value; FIELDS: none */
	unsigned seen;
	struct str text[FIELDS];
	int64_t number[FIELDS];
	Rec__Prefs prefs;	/* of the profile, row by row */
	Rec__DevicePrefs *device[DEVICES_MAX];
	struct arena kept, row;	/* of profile or talk; of the object inside */
	size_t quiet;		/* bytes since the last event */
	uint64_t lines;		/* whole ones before the bytes at hand */
	struct import_fault fault;
	enum err err;
};

static int
fail(struct import_json *json, enum err err, struct str why)
{
	json->err = err;
	if (json->fault.why.len == 0)
		json->fault.why = why;
	return 0;
}

static int
told(struct import_json *json, enum err err)
{
	return err == OK ? 1 : fail(json, err, STR_NONE);
}

/* ---- what the end of each object does ---- */

/* A word that stands there is one of the table's. */
static bool
word_value(const struct import_json *json, enum field field,
    const struct export_words *words, uint32_t *out)
{
	return !(json->seen & SEEN(field)) ||
	    export_number(words, json->text[field], out);
}

static int
profile_end(struct import_json *json)
{
	Rec__Prefs *prefs = &json->prefs;
	struct import_profile profile = { json->text[NAME],
		json->number[CREATED], prefs };

	prefs->lang = record_bytes(json->text[LANG]);
	prefs->zone_set = json->seen & SEEN(ZONE);
	prefs->zone_minutes = (int32_t)json->number[ZONE];
	if (!word_value(json, RULE, &export_rules, &prefs->write_rule) ||
	    !word_value(json, AT_PLACES, &export_places, &prefs->places))
		return fail(json, ERR_REQUEST, STR("unknown rule or places"));
	return told(json, json->sink->profile(json->sink->to, &profile,
	    &json->fault.why));
}

static int
device_end(struct import_json *json)
{
	Rec__Prefs *prefs = &json->prefs;
	Rec__DevicePrefs *row = ARENA_NEW(&json->kept, Rec__DevicePrefs);

	rec__device_prefs__init(row);
	if (!word_value(json, CLASS, &export_classes, &row->device_class) ||
	    !word_value(json, FACE, &export_faces, &row->face) ||
	    !word_value(json, MODE, &export_modes, &row->mode))
		return fail(json, ERR_REQUEST, STR("unknown class, face or mode"));
	row->charset = record_bytes(str_dup(&json->kept, json->text[CHARSET]));
	row->page_size = (uint32_t)json->number[ROWS];
	row->refresh_s = (uint32_t)json->number[REFRESH];
	if (prefs->n_device == DEVICES_MAX)
		return fail(json, ERR_REQUEST, STR("too many devices"));
	prefs->device[prefs->n_device++] = row;
	return 1;
}

static int
friend_end(struct import_json *json)
{
	struct import_friend friend = { json->text[FRIEND_NAME],
		json->text[REMARK], REC__FRIEND__STATE__NONE,
		json->number[SINCE] };
	uint32_t state;

	if (!export_number(&export_states, json->text[STATE], &state))
		return fail(json, ERR_REQUEST, STR("unknown state"));
	friend.state = (Rec__Friend__State)state;
	return told(json, json->sink->friend(json->sink->to, &friend,
	    &json->fault.why));
}

static int
messages_begin(struct import_json *json)
{
	struct import_peer peer = { json->text[PEER], json->number[TALK_SINCE],
		(uint32_t)json->number[READ] };

	return told(json, json->sink->talk(json->sink->to, &peer,
	    &json->fault.why));
}

static int
messages_end(struct import_json *json)
{
	return told(json, json->sink->talk_end(json->sink->to,
	    &json->fault.why));
}

static int
message_end(struct import_json *json)
{
	struct import_line line = { (uint32_t)json->number[SEQ],
		json->text[FROM], json->text[TEXT], json->number[MS] };

	return told(json, json->sink->message(json->sink->to, &line,
	    &json->fault.why));
}

static const struct {
	enum place outer;
	enum place element;	/* of a list; NOWHERE: an object */
	unsigned wants;		/* fields that must have been there at its end */
	int (*begin)(struct import_json *json);
	int (*end)(struct import_json *json);
} places[PLACES] = {
	[NOWHERE] = { .element = TOP },
	[TOP] = { NOWHERE, NOWHERE, SEEN(TALKS_LIST), NULL, NULL },
	[PROFILE] = { TOP, NOWHERE, SEEN(NAME) | SEEN(CREATED), NULL, profile_end },
	[DEVICES] = { PROFILE, DEVICE, 0, NULL, NULL },
	[DEVICE] = { DEVICES, NOWHERE, SEEN(CLASS), NULL, device_end },
	[FRIENDS] = { TOP, FRIEND, 0, NULL, NULL },
	[FRIEND] = { FRIENDS, NOWHERE, SEEN(FRIEND_NAME) | SEEN(STATE) | SEEN(SINCE),
	    NULL, friend_end },
	[TALKS] = { TOP, TALK, 0, NULL, NULL },
	[TALK] = { TALKS, NOWHERE, SEEN(MESSAGES_LIST), NULL, NULL },
	[MESSAGES] = { TALK, MESSAGE, 0, messages_begin, messages_end },
	[MESSAGE] = { MESSAGES, NOWHERE, SEEN(SEQ) | SEEN(FROM) | SEEN(MS) | SEEN(TEXT),
	    NULL, message_end },
};

/* ---- events ---- */

static int
take_key(void *ctx, const unsigned char *key, size_t len)
{
	struct import_json *json = ctx;
	struct str name = { (const char *)key, len };
	enum field field = 0;

	json->quiet = 0;
	while (field < FIELDS && (fields[field].in != json->place ||
	    !str_eq(str_c(fields[field].key), name)))
		field++;
	if (field == FIELDS)
		return fail(json, ERR_REQUEST, STR("a key that is not of the format"));
	if (json->seen & SEEN(field))
		return fail(json, ERR_REQUEST, STR("a key stands twice"));
	if ((json->seen & fields[field].behind) != fields[field].behind)
		return fail(json, ERR_REQUEST, STR("not in the order of the format"));
	json->seen |= SEEN(field);
	json->field = field;
	return 1;
}

/* Is a value of that kind what should come now? */
static bool
expected(const struct import_json *json, int kind)
{
	return json->field != FIELDS && (int)fields[json->field].kind == kind;
}

static int
take_string(void *ctx, const unsigned char *p, size_t len)
{
	struct str value = { (const char *)p, len };
	struct import_json *json = ctx;
	enum field field = json->field;
	enum place in = json->place;

	json->quiet = 0;
	if (!expected(json, STRING))
		return fail(json, ERR_REQUEST, STR("a text where none is expected"));
	if (len > (size_t)fields[field].max)
		return fail(json, ERR_REQUEST, STR("a text is too long"));
	/* yajl checks bytes, but makes others of half a surrogate pair. */
	if (!utf8_valid(value))
		return fail(json, ERR_REQUEST, STR("a text that is not UTF-8"));
	json->text[field] = str_dup(in == PROFILE || in == TALK ? &json->kept :
	    &json->row, value);
	json->field = FIELDS;
	return 1;
}

static int
take_integer(void *ctx, long long value)
{
	struct import_json *json = ctx;
	enum field field = json->field;

	json->quiet = 0;
	if (!expected(json, NUMBER))
		return fail(json, ERR_REQUEST, STR("a number where none is expected"));
	if (value < fields[field].min || value > fields[field].max)
		return fail(json, ERR_REQUEST, field == VERSION ?
		    STR("a version of the format that is not known") :
		    STR("a number out of range"));
	json->number[field] = value;
	json->field = FIELDS;
	return 1;
}

static int
take_double(void *ctx, double value)
{
	(void)value;
	return fail(ctx, ERR_REQUEST, STR("a number that is not whole"));
}

static int
take_null(void *ctx)
{
	return fail(ctx, ERR_REQUEST, STR("null"));
}

static int
take_boolean(void *ctx, int value)
{
	(void)value;
	return fail(ctx, ERR_REQUEST, STR("true or false"));
}

/* Forgets what an object of that place said before. */
static void
forget(struct import_json *json, enum place place)
{
	for (enum field field = 0; field < FIELDS; field++) {
		if (fields[field].in != place)
			continue;
		json->seen &= ~SEEN(field);
		json->text[field] = STR_NONE;
		json->number[field] = 0;
	}
	if (place == TALK)
		arena_fini(&json->kept);
	if (place == FRIEND || place == MESSAGE || place == DEVICE)
		arena_fini(&json->row);
}

/* Which object or list may open now; NOWHERE: none. */
static enum place
next_place(const struct import_json *json)
{
	if (json->field == FIELDS)
		return places[json->place].element;
	return expected(json, OPEN) ? fields[json->field].opens : NOWHERE;
}

static int
open_place(struct import_json *json, bool list)
{
	enum place place = next_place(json);

	json->quiet = 0;
	if (place == NOWHERE || list != (places[place].element != NOWHERE))
		return fail(json, ERR_REQUEST, list ?
		    STR("a list where none is expected") :
		    STR("an object where none is expected"));
	json->place = place;
	json->field = FIELDS;
	forget(json, place);
	return places[place].begin != NULL ? places[place].begin(json) : 1;
}

static int
open_object(void *ctx)
{
	return open_place(ctx, false);
}

static int
open_list(void *ctx)
{
	return open_place(ctx, true);
}

static int
close_place(void *ctx)
{
	struct import_json *json = ctx;
	enum place place = json->place;

	json->quiet = 0;
	if ((json->seen & places[place].wants) != places[place].wants)
		return fail(json, ERR_REQUEST, STR("something is missing here"));
	json->place = places[place].outer;
	return places[place].end != NULL ? places[place].end(json) : 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = take_null,
	.yajl_boolean = take_boolean,
	.yajl_integer = take_integer,
	.yajl_double = take_double,
	.yajl_string = take_string,
	.yajl_start_map = open_object,
	.yajl_map_key = take_key,
	.yajl_end_map = close_place,
	.yajl_start_array = open_list,
	.yajl_end_array = close_place,
};

/* ---- the outside ---- */

struct import_json *
import_json_open(const struct import_sink *sink)
{
	struct import_json *json = calloc(1, sizeof(*json));

	if (json == NULL)
		abort();
	json->yajl = yajl_alloc(&callbacks, NULL, json);
	if (json->yajl == NULL)
		abort();
	json->sink = sink;
	json->field = FIELDS;
	arena_init(&json->kept, 0);
	arena_init(&json->row, 0);
	rec__prefs__init(&json->prefs);
	json->prefs.device = json->device;
	return json;
}

void
import_json_close(struct import_json *json)
{
	yajl_free(json->yajl);
	arena_fini(&json->kept);
	arena_fini(&json->row);
	free(json);
}

static uint64_t
count_lines(struct str bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.p[i] == '\n';
	return n;
}

/* What yajl or a callback has against `bytes`, of which so many went by. */
static enum err
refused(struct import_json *json, struct str bytes, size_t taken)
{
	json->fault.line = 1 + json->lines + count_lines(str_head(bytes, taken));
	if (json->err == OK)
		fail(json, ERR_REQUEST, STR("not JSON, or not UTF-8"));
	return json->err;
}

static enum err
feed_part(struct import_json *json, struct str part)
{
	yajl_status status = yajl_parse(json->yajl,
	    (const unsigned char *)part.p, part.len);

	if (status != yajl_status_ok)
		return refused(json, part, yajl_get_bytes_consumed(json->yajl));
	json->lines += count_lines(part);
	json->quiet += part.len;
	if (json->quiet <= QUIET_MAX)
		return OK;
	fail(json, ERR_REQUEST, STR("one value is too long"));
	return refused(json, part, 0);
}

enum err
import_json_feed(struct import_json *json, struct str bytes)
{
	enum err err = json->err;

	while (err == OK && bytes.len != 0) {
		err = feed_part(json, str_head(bytes, FEED_BYTES));
		bytes = str_from(bytes, FEED_BYTES);
	}
	return err;
}

enum err
import_json_end(struct import_json *json)
{
	if (json->err != OK)
		return json->err;
	if (yajl_complete_parse(json->yajl) == yajl_status_ok)
		return OK;
	if (json->err == OK)
		fail(json, ERR_REQUEST, STR("the file ends too soon"));
	return refused(json, STR_NONE, 0);
}

struct import_fault
import_json_fault(const struct import_json *json)
{
	return json->fault;
}
