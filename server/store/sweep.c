/*
 * The sweeper: deletes rows whose time has come, by the list in T_EXPIRY.  It
 * is a command like any other, appended by the committer to a batch when due, a
 * bounded number of rows at a time; while more is due it rides in the next
 * batch, so that nobody waits behind it.
 *
 * The list is a hint, the record's own expires_ms decides: a record that was
 * given a later time keeps its row and gets a new entry there.
 */
#include "store/internal.h"

#include <string.h>

#include "base/log.h"
#include "store/records.pb-c.h"

#define SWEEP_EVERY_MS 30000
/* An entry costs up to three rows: itself, the row, the row's index. */
#define SWEEP_ENTRIES 64
#define ENTRY_HEAD 9 /* time8 table1 */

struct sweep {
	struct command command;
	bool more; /* out: the list was not finished */
};

/* Only the committer thread touches these, sweep_reset before it starts. */
static struct sweep sweep;
static int64_t sweep_due_ms;

struct entry {
	enum table table;
	struct key key;	   /* of the row */
	int64_t expires_ms; /* what the row says */
};

static struct key
key_of(struct str bytes)
{
	return key_bytes(key_none(), bytes);
}

static struct str
entry_key(const struct entry *entry)
{
	return (struct str){ (const char *)entry->key.p, entry->key.len };
}

/* The session's row in the list of its user. */
static enum err
sweep_session(struct txn *txn, const struct entry *entry,
    const Rec__Session *session)
{
	struct key listed = key_bytes(KEY1(session->uid), entry_key(entry));

	txn_touch(txn, (struct object){ OBJ_SESSION, session->sid, 0 });
	return store_del(txn, T_USESS, listed);
}

static void
sweep_draft(struct txn *txn, const struct entry *entry)
{
	struct str key = entry_key(entry);
	uint64_t kind, page;

	if (key.len != table_info[T_DRAFT].key_len)
		return;
	kind = (uint8_t)key.p[8];
	page = key_get_u64(key, 9);
	txn_touch(txn, (struct object){ OBJ_DRAFT, key_get_u64(key, 0),
	    kind << 56 | page });
}

/* When the row may go by its own word; rows without one go by the list's. */
static int64_t
record_expires_ms(enum table table, const void *record)
{
	switch (table) {
	case T_SESS:
		return ((const Rec__Session *)record)->expires_ms;
	case T_SENT:
		return ((const Rec__Sent *)record)->expires_ms;
	case T_DRAFT:
		return ((const Rec__Draft *)record)->expires_ms;
	default:
		return 0;
	}
}

static enum err
sweep_row(struct txn *txn, const struct entry *entry, const void *record)
{
	enum err err = OK;

	if (record_expires_ms(entry->table, record) > txn_now_ms(txn))
		return store_expire_at(txn, entry->table, entry->key,
		    record_expires_ms(entry->table, record));
	if (entry->table == T_SESS)
		err = sweep_session(txn, entry, record);
	else if (entry->table == T_DRAFT)
		sweep_draft(txn, entry);
	return err != OK ? err : store_del(txn, entry->table, entry->key);
}

/* One entry, already off the list.  A damaged row stays for the audit. */
static enum err
sweep_entry(struct txn *txn, struct str key)
{
	struct entry entry;
	const ProtobufCMessageDescriptor *type;
	const void *record = NULL;
	struct str value;
	enum err err;

	if (key.len < ENTRY_HEAD || (uint8_t)key.p[8] >= TABLE_COUNT) {
		log_error("damaged entry dropped");
		return OK;
	}
	entry.table = (enum table)key.p[8];
	entry.key = key_of(str_from(key, ENTRY_HEAD));
	err = store_get(txn, entry.table, entry.key, txn_arena(txn), &value);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	type = table_info[entry.table].type;
	if (type != NULL &&
	    (record = store_unpack(value, type, txn_arena(txn))) == NULL)
		return OK;
	return sweep_row(txn, &entry, record);
}

static enum err
sweep_run(struct txn *txn, struct command *command)
{
	struct sweep *self = (struct sweep *)command;
	struct rows rows;
	enum err err;

	self->more = false;
	err = store_scan(txn, T_EXPIRY, key_none(), key_none(), SWEEP_ENTRIES,
	    txn_arena(txn), &rows);
	for (size_t i = 0; i < rows.n && err == OK; i++) {
		if (rows.row[i].key.len >= 8 && (int64_t)key_get_u64(
		    rows.row[i].key, 0) > txn_now_ms(txn))
			return OK;
		err = store_del(txn, T_EXPIRY, key_of(rows.row[i].key));
		if (err == OK)
			err = sweep_entry(txn, rows.row[i].key);
	}
	self->more = rows.n == SWEEP_ENTRIES;
	return err;
}

static void
sweep_done(struct command *command)
{
	const struct sweep *self = (const struct sweep *)command;

	if (command->err != OK)
		log_warn("put off: %s", err_name(command->err));
	if (command->err == OK && self->more)
		sweep_due_ms = clock_mono_ms();
	else
		sweep_due_ms = clock_mono_ms() + SWEEP_EVERY_MS;
}

int64_t
sweep_wait_ms(void)
{
	int64_t wait = sweep_due_ms - clock_mono_ms();

	return wait > 0 ? wait : 0;
}

struct command *
sweep_command(void)
{
	return &sweep.command;
}

void
sweep_reset(void)
{
	sweep = (struct sweep){ .command = { .run = sweep_run,
		.done = sweep_done } };
	sweep_due_ms = clock_mono_ms();
}
