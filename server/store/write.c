/*
 * Writes: only inside commands, always under the command's child transaction.
 * Anything the library answers that is not an answer to the command (deadlock,
 * no space) is latched in the txn: the committer acts on it whatever the
 * command then returns.
 */
#include "store/internal.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"

static enum err
write_row(struct txn *txn, enum table table, struct key key, struct str value,
    u_int32_t flags)
{
	DB *db = store_tables()->db[table];
	DBT k = dbt_in(key.p, key.len), v = dbt_in(value.p, value.len);

	assert(txn != NULL);
	return txn_result(txn, db->put(db, txn_handle(txn), &k, &v, flags));
}

enum err
store_put(struct txn *txn, enum table table, struct key key, struct str value)
{
	return write_row(txn, table, key, value, 0);
}

enum err
store_insert(struct txn *txn, enum table table, struct key key,
    struct str value)
{
	return write_row(txn, table, key, value, DB_NOOVERWRITE);
}

static struct str
record_pack(struct txn *txn, const ProtobufCMessage *record)
{
	size_t len = protobuf_c_message_get_packed_size(record);
	uint8_t *p = arena_raw(&txn->arena, len);

	protobuf_c_message_pack(record, p);
	return (struct str){ (const char *)p, len };
}

enum err
store_put_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessage *record)
{
	return write_row(txn, table, key, record_pack(txn, record), 0);
}

enum err
store_insert_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessage *record)
{
	return write_row(txn, table, key, record_pack(txn, record),
	    DB_NOOVERWRITE);
}

enum err
store_del(struct txn *txn, enum table table, struct key key)
{
	DB *db = store_tables()->db[table];
	DBT k = dbt_in(key.p, key.len);
	int ret;

	assert(txn != NULL);
	ret = db->del(db, txn_handle(txn), &k, 0);
	return ret == DB_NOTFOUND ? OK : txn_result(txn, ret);
}

enum err
store_next(struct txn *txn, const char *name, uint64_t *out)
{
	DB *db = store_tables()->db[T_META];
	struct key key = key_bytes(key_none(), str_c(name)), next;
	uint8_t bytes[8] = { 0 };
	DBT k = dbt_in(key.p, key.len);
	DBT v = { .data = bytes, .ulen = sizeof(bytes),
		.flags = DB_DBT_USERMEM };
	int ret;

	assert(txn != NULL);
	/* Write lock at once: a read lock would have to be raised. */
	ret = db->get(db, txn_handle(txn), &k, &v, DB_RMW);
	if (ret != 0 && ret != DB_NOTFOUND)
		return txn_result(txn, ret);
	*out = key_get_u64((struct str){ (const char *)bytes, 8 }, 0) + 1;
	next = KEY1(*out);
	return store_put(txn, T_META, key,
	    (struct str){ (const char *)next.p, next.len });
}

enum err
store_expire_at(struct txn *txn, enum table table, struct key key,
    int64_t wall_ms)
{
	struct key entry;

	assert(wall_ms >= 0);
	entry = key_u8(KEY1((uint64_t)wall_ms), (uint8_t)table);
	entry = key_bytes(entry, (struct str){ (const char *)key.p, key.len });
	return store_put(txn, T_EXPIRY, entry, STR_NONE);
}
