#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/object.h"

/*
 * The Berkeley DB environment and its tables.  One process owns it (flock on
 * DIR/lock).  Reads may come from any thread with txn == NULL; writes only
 * from commands on the committer thread (store/committer.h).  A NULL txn on
 * the committer thread is a programmer error and asserts.
 *
 * Keys are big-endian tuples (store/key.h), values protobuf records
 * (store/records.proto) or, for pure index rows, empty or 8 bytes.
 */
enum table {
	T_META,	  /* name -> bytes: "schema", "next_uid", "next_cid", "secret",
		     "notice" */
	T_USER,	  /* uid8 -> User */
	T_UNAME,  /* folded name (bytes) -> uid8 */
	T_SESS,	  /* sha256-size token hash (32) -> Session */
	T_USESS,  /* uid8 hash32 -> empty: sessions of a user */
	T_FRIEND, /* uid8 peer8 -> Friend */
	T_CONV,	  /* cid8 -> Conversation */
	T_PAIR,	  /* lower uid8, higher uid8 -> cid8 */
	T_MEMBER, /* cid8 uid8 -> Member */
	T_INBOX,  /* uid8 cid8 -> Inbox */
	T_MSG,	  /* cid8 seq4 -> Message */
	T_SENT,	  /* uid8 kind1 page8 count4 texthash8 -> Sent */
	T_DRAFT,  /* uid8 kind1 page8 -> Draft */
	T_EXPIRY, /* time8 (wall ms) table1 key... -> empty; swept */
	TABLE_COUNT
};

/* Of Conversation.snippet, as utf8_snippet makes it.  The auditor compares: other
 * snippets would be another schema. */
#define SNIPPET_CHARS 40

struct store_config {
	const char *dir;	 /* created when missing, mode 0700 */
	uint64_t cache_bytes;	 /* >= 64 MB recommended */
	unsigned checkpoint_kb;	 /* log written between checkpoints */
	unsigned queue_max;	 /* commands waiting for the committer */
	unsigned queue_user_max; /* of them per user (0 = anonymous has the same) */
};

struct txn; /* the batch that the committer is running */

/*
 * Opens (with recovery) and starts the maintenance thread.  On failure logs
 * the cause: ERR_BUSY another process holds the lock, ERR_DISK no space or
 * read-only, ERR_INTERNAL else (also: schema newer than this program).
 */
enum err store_open(const struct store_config *config) MUST_USE;
/* Stops maintenance, checkpoints, closes.  The committer must be stopped. */
void store_close(void);

struct key {
	uint8_t p[96];
	uint8_t len;
};
#include "store/key.h"

/*
 * One value by key, copied into the arena.  ERR_NOT_FOUND; ERR_INTERNAL after
 * bounded retries of a deadlock.  `out` may be NULL to ask for existence.
 */
enum err store_get(struct txn *txn, enum table table, struct key key,
    struct arena *arena, struct str *out) MUST_USE;

/* The same, unpacked as a record; lives in the arena.  A record that does not
 * unpack is logged and ERR_INTERNAL. */
enum err store_get_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessageDescriptor *type, struct arena *arena, void *out_ptr)
    MUST_USE;

/*
 * Up to `max` rows of `table` whose key starts with `prefix` and is >= `from`
 * (`from` itself must start with `prefix`; pass prefix twice for all), in key
 * order, by a bulk cursor that is closed before returning.  With txn == NULL
 * no lock is held afterwards.  Rows live in the arena.
 */
struct row {
	struct str key, value;
};
struct rows {
	struct row *row;
	size_t n;
};
enum err store_scan(struct txn *txn, enum table table, struct key prefix,
    struct key from, size_t max, struct arena *arena, struct rows *out) MUST_USE;

/* Unpacks a row's value; NULL (logged) when it is damaged. */
void *store_unpack(struct str value, const ProtobufCMessageDescriptor *type,
    struct arena *arena);

/* ---- inside commands only ---- */

enum err store_put(struct txn *txn, enum table table, struct key key,
    struct str value) MUST_USE;
/* ERR_EXISTS when the key is there. */
enum err store_insert(struct txn *txn, enum table table, struct key key,
    struct str value) MUST_USE;
enum err store_put_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessage *record) MUST_USE;
enum err store_insert_record(struct txn *txn, enum table table, struct key key,
    const ProtobufCMessage *record) MUST_USE;
/* Deleting what is not there is OK. */
enum err store_del(struct txn *txn, enum table table, struct key key) MUST_USE;
/* Next value of the counter `name` in T_META, from 1 on. */
enum err store_next(struct txn *txn, const char *name, uint64_t *out) MUST_USE;
/* Puts (table, key) on the expiry list: the row is deleted by the sweeper
 * (commands of its own, small batches) once `wall_ms` has passed. A row that was
 * given a later time meanwhile must not go early: the sweeper compares the
 * entry with the record's own `expires_ms` (Session, Sent and Draft have one). */
enum err store_expire_at(struct txn *txn, enum table table, struct key key,
    int64_t wall_ms) MUST_USE;

/* A 32-byte secret made at the first start of this database, then constant
 * (T_META "secret"); base of all MAC keys.  Valid after store_open. */
struct str store_secret(void);

struct store_stats {
	uint64_t commands, batches, flushes, failures, refused;
	uint64_t queue, queue_max, users, conversations;
	uint64_t data_bytes, log_bytes;
};
void store_stats(struct store_stats *out);

#endif
