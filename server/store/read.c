/*
 * Reads.  Outside of commands they use no transaction: a get or one bulk
 * cursor, closed before anything is done with the rows, so that no lock is
 * left.  There the library may name the reader as the victim of a deadlock
 * with the committer; it simply reads again.  Inside a command a deadlock is
 * latched in the txn and the committer reruns the batch.
 */
#include "store/internal.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

#define READ_TRIES 60
#define SMALL_VALUE 1024
#define BULK_BYTES (16 * 1024) /* >= a page, a multiple of 1 KB */
#define ROWS_FIRST 32

int
place_get(const struct place *place, struct arena *arena, struct str *out)
{
	char small[SMALL_VALUE];
	DBT key = dbt_in(place->key.p, place->key.len);
	DBT value = { .data = small, .ulen = sizeof(small),
		.flags = DB_DBT_USERMEM };
	int ret;

	if (out == NULL)
		return place->db->exists(place->db, place->txn, &key, 0);
	ret = place->db->get(place->db, place->txn, &key, &value, 0);
	while (ret == DB_BUFFER_SMALL) {
		value.data = arena_raw(arena, value.size);
		value.ulen = value.size;
		ret = place->db->get(place->db, place->txn, &key, &value, 0);
	}
	if (ret != 0)
		return ret;
	*out = (struct str){ value.data, value.size };
	if (value.data == small)
		*out = str_dup(arena, *out);
	return 0;
}

/* Waits a little longer each time, 1 ms at most. */
static void
read_backoff(unsigned tries)
{
	struct timespec wait = { 0, 1000L << (tries < 10 ? tries : 10) };

	nanosleep(&wait, NULL);
}

static bool
read_again(const struct txn *txn, int ret, unsigned *tries)
{
	if (txn != NULL || !is_deadlock(ret) || ++*tries >= READ_TRIES)
		return false;
	read_backoff(*tries);
	return true;
}

static enum err
read_result(struct txn *txn, int ret)
{
	if (txn != NULL)
		return txn_result(txn, ret);
	if (!is_deadlock(ret))
		return store_err(ret);
	log_error("deadlocked %d times", READ_TRIES);
	return ERR_INTERNAL;
}

enum err
store_get(struct txn *txn, enum table table, struct key key,
    struct arena *arena, struct str *out)
{
	struct place place = { store_tables()->db[table], txn_handle(txn),
		key };
	unsigned tries = 0;
	int ret;

	do {
		ret = place_get(&place, arena, out);
	} while (read_again(txn, ret, &tries));
	return read_result(txn, ret);
}

/* ---- ranges ---- */

struct bulk {
	DBC *cursor;
	DBT data;
	struct arena *arena; /* where a larger buffer comes from */
};

static int
bulk_get(struct bulk *bulk, const struct key *from, u_int32_t how)
{
	uint8_t space[sizeof(from->p)];
	DBT key = { .data = space, .ulen = sizeof(space), .size = from->len,
		.flags = DB_DBT_USERMEM };
	u_int32_t need;
	int ret;

	memcpy(space, from->p, from->len);
	while ((ret = bulk->cursor->get(bulk->cursor, &key, &bulk->data,
	    how | DB_MULTIPLE_KEY)) == DB_BUFFER_SMALL) {
		need = bulk->data.size > 2 * bulk->data.ulen ?
		    bulk->data.size : 2 * bulk->data.ulen;
		need = (need + 1023) & ~(u_int32_t)1023;
		bulk->data.data = arena_raw(bulk->arena, need);
		bulk->data.ulen = need;
		key.size = from->len;
	}
	return ret;
}

static void
rows_add(struct rows *rows, size_t max, struct row row, struct arena *arena)
{
	struct row *wider;
	size_t size = rows->n < ROWS_FIRST ? ROWS_FIRST : 2 * rows->n;

	/* Full at 0, 32, 64, 128...: powers of two need no size field. */
	if (rows->n == 0 || (rows->n >= ROWS_FIRST &&
	    (rows->n & (rows->n - 1)) == 0)) {
		size = size < max ? size : max;
		wider = arena_raw(arena, size * sizeof(*wider));
		if (rows->n > 0)
			memcpy(wider, rows->row, rows->n * sizeof(*wider));
		rows->row = wider;
	}
	row.key = str_dup(arena, row.key);
	row.value = str_dup(arena, row.value);
	rows->row[rows->n++] = row;
}

/* Copies the rows of one bulk buffer; false when the range has ended. */
static bool
bulk_rows(struct bulk *bulk, const struct range *range, struct rows *out)
{
	struct str prefix = { (const char *)range->prefix.p,
		range->prefix.len };
	u_int32_t key_len, value_len;
	void *at, *key, *value;
	struct row row;

	DB_MULTIPLE_INIT(at, &bulk->data);
	for (;;) {
		DB_MULTIPLE_KEY_NEXT(at, &bulk->data, key, key_len, value,
		    value_len);
		if (at == NULL)
			return true;
		row.key = (struct str){ key, key_len };
		row.value = (struct str){ value, value_len };
		if (out->n == range->max || !str_starts(row.key, prefix))
			return false;
		rows_add(out, range->max, row, bulk->arena);
	}
}

int
range_read(const struct range *range, struct arena *arena, struct rows *out)
{
	alignas(16) uint8_t space[BULK_BYTES];
	struct bulk bulk = { .arena = arena, .data = { .data = space,
		.ulen = sizeof(space), .flags = DB_DBT_USERMEM } };
	u_int32_t how = range->from.len > 0 ? DB_SET_RANGE : DB_FIRST;
	bool more = true;
	int ret, closed;

	*out = (struct rows){ .row = NULL };
	ret = range->db->cursor(range->db, range->txn, &bulk.cursor,
	    DB_CURSOR_BULK);
	if (ret != 0)
		return ret;
	while (more && out->n < range->max) {
		if ((ret = bulk_get(&bulk, &range->from, how)) != 0)
			break;
		more = bulk_rows(&bulk, range, out);
		how = DB_NEXT;
	}
	closed = bulk.cursor->close(bulk.cursor);
	if (ret == 0 || ret == DB_NOTFOUND)
		ret = closed;
	return ret;
}

enum err
store_scan(struct txn *txn, enum table table, struct key prefix,
    struct key from, size_t max, struct arena *arena, struct rows *out)
{
	struct range range = { store_tables()->db[table], txn_handle(txn),
		prefix, from, max };
	unsigned tries = 0;
	int ret;

	assert(from.len >= prefix.len &&
	    memcmp(from.p, prefix.p, prefix.len) == 0);
	do {
		ret = range_read(&range, arena, out);
	} while (read_again(txn, ret, &tries));
	if (ret != 0)
		*out = (struct rows){ .row = NULL };
	return read_result(txn, ret);
}

/* ---- records ---- */

static void *
unpack_alloc(void *arena, size_t size)
{
	return arena_raw(arena, size);
}

static void
unpack_free(void *arena, void *mem)
{
	(void)arena;
	(void)mem;
}

void *
store_unpack(struct str value, const ProtobufCMessageDescriptor *type,
    struct arena *arena)
{
	ProtobufCAllocator allocator = { unpack_alloc, unpack_free, arena };
	void *record;

	record = protobuf_c_message_unpack(type, &allocator, value.len,
	    (const uint8_t *)(value.p != NULL ? value.p : ""));
	if (record == NULL)
		log_error("damaged %s record", type->short_name);
	return record;
}

enum err
store_get_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessageDescriptor *type, struct arena *arena, void *out_ptr)
{
	struct str value;
	void *record;
	enum err err;

	if ((err = store_get(txn, table, key, arena, &value)) != OK)
		return err;
	if ((record = store_unpack(value, type, arena)) == NULL)
		return ERR_INTERNAL;
	/* The caller's variable is a Rec__Some *: not writable as void *. */
	memcpy(out_ptr, &record, sizeof(record));
	return OK;
}
