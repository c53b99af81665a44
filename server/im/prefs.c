/*
 * Changes of preferences.  Part of the record of a user (im/account.h); what
 * belongs to a kind of client is one DevicePrefs row per device class.
 *
 * The bounds here are those of the record; which languages, charsets and faces
 * exist is the business of the web layer.  Changes run on the committer only.
 */
#include "im/prefs.h"

#include <string.h>

#include "im/account.h"
#include "im/conversation.h"
#include "im/record.h"

#define LANG_MAX 35	/* bytes; RFC 5646, 4.4.1 */
#define CHARSET_MAX 40	/* bytes; RFC 2978, 2.3 */
#define ZONE_MIN (-12 * 60)
#define ZONE_MAX (14 * 60)
#define WRITE_RULE_MAX 1
#define PAGE_SIZE_MAX 500
#define REFRESH_MAX 86400
#define DEVICE_CLASS_MAX 63
#define FACE_MAX 63

#define PREFS_DEVICE \
	(PREFS_FACE | PREFS_CHARSET | PREFS_PAGE_SIZE | PREFS_LIVE)

/*
 * Schema 1 knew one choice, a number of seconds, and whether it was made.
 * There is no telling from a row whether it is old but that it has no mode: a
 * row that was never given one means the same in both.
 */
static void
device_upgrade(Rec__DevicePrefs *row)
{
	if (row->mode == 0 && row->refresh_set)
		row->mode = 1 + (row->refresh_s != 0 ? LIVE_TIMED : LIVE_BY_HAND);
	row->refresh_set = false;
}

void
prefs_upgrade(Rec__Prefs *prefs)
{
	for (size_t i = 0; prefs != NULL && i < prefs->n_device; i++)
		device_upgrade(prefs->device[i]);
}

static bool
prefs_valid(const struct account_prefs *in)
{
	return in->lang.len <= LANG_MAX && in->charset.len <= CHARSET_MAX &&
	    in->zone_minutes >= ZONE_MIN && in->zone_minutes <= ZONE_MAX &&
	    in->write_rule <= WRITE_RULE_MAX && in->places < PLACES_COUNT &&
	    in->page_size <= PAGE_SIZE_MAX && in->refresh_s <= REFRESH_MAX &&
	    in->mode <= LIVE_MODE_COUNT &&
	    (in->mode != 1 + LIVE_TIMED || in->refresh_s != 0) &&
	    in->device_class <= DEVICE_CLASS_MAX && in->face <= FACE_MAX;
}

static bool
device_within(const Rec__DevicePrefs *row)
{
	return row->charset.len <= CHARSET_MAX &&
	    row->page_size <= PAGE_SIZE_MAX && row->refresh_s <= REFRESH_MAX &&
	    row->device_class <= DEVICE_CLASS_MAX && row->face <= FACE_MAX &&
	    row->mode <= LIVE_MODE_COUNT;
}

bool
prefs_within(const Rec__Prefs *prefs)
{
	bool within = prefs->lang.len <= LANG_MAX &&
	    prefs->zone_minutes >= ZONE_MIN &&
	    prefs->zone_minutes <= ZONE_MAX &&
	    prefs->write_rule <= WRITE_RULE_MAX &&
	    prefs->places < PLACES_COUNT &&
	    prefs->n_device <= DEVICE_CLASS_MAX + 1;

	for (size_t i = 0; within && i < prefs->n_device; i++)
		within = device_within(prefs->device[i]);
	return within;
}

/* The row of a device class, appended when missing. */
static Rec__DevicePrefs *
device_row(struct arena *arena, Rec__Prefs *prefs, uint32_t device_class)
{
	Rec__DevicePrefs **rows, *row;

	for (size_t i = 0; i < prefs->n_device; i++)
		if (prefs->device[i]->device_class == device_class)
			return prefs->device[i];
	row = ARENA_NEW(arena, Rec__DevicePrefs);
	rec__device_prefs__init(row);
	row->device_class = device_class;
	rows = ARENA_ARRAY(arena, Rec__DevicePrefs *, prefs->n_device + 1);
	if (prefs->n_device != 0)
		memcpy(rows, prefs->device, prefs->n_device * sizeof(*rows));
	rows[prefs->n_device++] = row;
	prefs->device = rows;
	return row;
}

static void
device_set(const struct account_prefs *in, Rec__DevicePrefs *row)
{
	if (in->set & PREFS_FACE)
		row->face = in->face;
	if (in->set & PREFS_CHARSET)
		row->charset = record_bytes(in->charset);
	if (in->set & PREFS_PAGE_SIZE)
		row->page_size = in->page_size;
	if (in->set & PREFS_LIVE) {
		row->mode = in->mode;
		row->refresh_s = in->refresh_s;
	}
}

static void
prefs_set(struct arena *arena, const struct account_prefs *in, Rec__Prefs *prefs)
{
	if (in->set & PREFS_LANG)
		prefs->lang = record_bytes(in->lang);
	if (in->set & PREFS_ZONE) {
		prefs->zone_minutes = in->zone_minutes;
		prefs->zone_set = true;
	}
	if (in->set & PREFS_WRITE_RULE)
		prefs->write_rule = in->write_rule;
	if (in->set & PREFS_PLACES)
		prefs->places = in->places;
	if (in->set & PREFS_DEVICE)
		device_set(in, device_row(arena, prefs, in->device_class));
}

enum err
account_prefs_run(struct txn *txn, struct command *command)
{
	struct account_prefs *in = (struct account_prefs *)command;
	struct arena *arena = txn_arena(txn);
	uint32_t rule_was;
	Rec__User *user;
	enum err err;

	if (!prefs_valid(in))
		return ERR_FIELD_BAD;
	err = account_get(txn, arena, in->uid, &user);
	if (err != OK)
		return err;
	if (user->prefs == NULL) {
		user->prefs = ARENA_NEW(arena, Rec__Prefs);
		rec__prefs__init(user->prefs);
	}
	rule_was = user->prefs->write_rule;
	prefs_set(arena, in, user->prefs);
	err = store_put_record(txn, T_USER, KEY1(in->uid), &user->base);
	if (err != OK)
		return err;
	touch(txn, OBJ_USER, in->uid, 0);
	if (user->prefs->write_rule == rule_was)
		return OK;
	return conversation_touch_peers(txn, in->uid);
}
