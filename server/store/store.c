/*
 * Opening and closing: lock, environment, tables, what a new database begins
 * with, maintenance.  The rest of the folder finds the open store here.
 */
#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "store/stats.h"

#define SECRET_LEN 32

/* Constant between store_open and store_close. */
static struct {
	bool is_open;
	int lock_fd;
	char *dir;
	struct store_config config;
	struct fault fault;
	struct tables tables;
	char secret[SECRET_LEN];
} store;

const struct tables *
store_tables(void)
{
	assert(store.is_open);
	return &store.tables;
}

const struct store_config *
store_limits(void)
{
	assert(store.is_open);
	return &store.config;
}

struct str
store_secret(void)
{
	assert(store.is_open);
	return (struct str){ store.secret, sizeof(store.secret) };
}

bool
thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, old;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	ret = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret != 0)
		log_error("%s", strerror(ret));
	return ret == 0;
}

/* ---- what a database begins with ---- */

static enum err
meta_get(struct str name, struct arena *arena, struct str *out)
{
	struct place place = { store.tables.db[T_META], NULL,
		key_bytes(key_none(), name) };

	return store_err(place_get(&place, arena, out));
}

static int
meta_put(DB_TXN *txn, struct str name, struct str value, u_int32_t flags)
{
	DB *db = store.tables.db[T_META];
	DBT k = dbt_in(name.p, name.len), v = dbt_in(value.p, value.len);

	return db->put(db, txn, &k, &v, flags);
}

static int
meta_put_schema(DB_TXN *txn, u_int32_t flags)
{
	struct key schema = KEY1(STORE_SCHEMA);

	return meta_put(txn, STR("schema"),
	    (struct str){ (const char *)schema.p, schema.len }, flags);
}

/* Schema and secret in one transaction: a database has both or neither. */
static enum err
meta_create(void)
{
	DB_ENV *env = store.tables.env;
	char secret[SECRET_LEN];
	DB_TXN *txn;
	int ret;

	secret_random(secret, sizeof(secret));
	if ((ret = env->txn_begin(env, NULL, &txn, 0)) != 0)
		return store_err(ret);
	ret = meta_put_schema(txn, DB_NOOVERWRITE);
	if (ret == 0)
		ret = meta_put(txn, STR("secret"),
		    (struct str){ secret, sizeof(secret) }, DB_NOOVERWRITE);
	if (ret == 0)
		return store_err(txn->commit(txn, DB_TXN_SYNC));
	txn->abort(txn);
	return store_err(ret);
}

/*
 * What an older database needs before this program may write to it, a row for
 * each schema that there was.  Never a walk through a table: records are
 * upgraded one by one, when they are read.
 */
static const struct upgrade {
	uint64_t from;
	int (*run)(DB_TXN *txn); /* NULL: nothing to do at open */
} upgrades[] = {
	{ 1, NULL }, /* DevicePrefs: im/prefs.c */
};
#define UPGRADES (sizeof(upgrades) / sizeof(upgrades[0]))
_Static_assert(UPGRADES == STORE_SCHEMA - 1, "a row for each older schema");

/* One transaction: the number says what was done, and keeps out older programs,
 * which would misread what is written from now on. */
static enum err
meta_upgrade(uint64_t from)
{
	DB_ENV *env = store.tables.env;
	DB_TXN *txn;
	int ret;

	if ((ret = env->txn_begin(env, NULL, &txn, 0)) != 0)
		return store_err(ret);
	for (size_t i = 0; ret == 0 && i < UPGRADES; i++)
		if (upgrades[i].from >= from && upgrades[i].run != NULL)
			ret = upgrades[i].run(txn);
	if (ret == 0)
		ret = meta_put_schema(txn, 0);
	if (ret != 0) {
		txn->abort(txn);
		return store_err(ret);
	}
	if ((ret = txn->commit(txn, DB_TXN_SYNC)) == 0)
		log_info("%s: schema %ju is now %d", store.dir, (uintmax_t)from,
		    STORE_SCHEMA);
	return store_err(ret);
}

/* Is nothing in any table?  Without a schema only a new database may be. */
static enum err
tables_empty(struct arena *arena)
{
	struct rows rows = { .n = 0 };
	enum err err = OK;

	for (size_t i = 0; i < TABLE_COUNT && err == OK && rows.n == 0; i++) {
		struct range range = { .db = store.tables.db[i], .max = 1 };
		int ret = range_read(&range, arena, &rows);

		err = ret == DB_NOTFOUND ? OK : store_err(ret);
		if (rows.n > 0)
			log_line(LOG_ERROR, "store", "%s/%s says no schema, but "
			    "there are rows in %s: " RESTORE, store.dir,
			    table_info[T_META].file, table_info[i].file);
	}
	return rows.n > 0 ? ERR_INTERNAL : err;
}

static enum err
meta_check(struct arena *arena)
{
	uint64_t schema;
	struct str value;
	enum err err;

	err = meta_get(STR("schema"), arena, &value);
	if (err == ERR_NOT_FOUND && (err = tables_empty(arena)) == OK &&
	    (err = meta_create()) == OK)
		err = meta_get(STR("schema"), arena, &value);
	if (err != OK)
		return err;
	schema = value.len == 8 ? key_get_u64(value, 0) : 0;
	if (schema == 0 || schema > STORE_SCHEMA) {
		log_line(LOG_ERROR, "store", "%s was written by a newer zhitiao "
		    "than this (%d): install that one", store.dir,
		    STORE_SCHEMA);
		return ERR_INTERNAL;
	}
	if (schema < STORE_SCHEMA && (err = meta_upgrade(schema)) != OK)
		return err;
	err = meta_get(STR("secret"), arena, &value);
	if (err != OK || value.len != SECRET_LEN) {
		log_line(LOG_ERROR, "store", "%s/%s has no secret: " RESTORE,
		    store.dir, table_info[T_META].file);
		return ERR_INTERNAL;
	}
	memcpy(store.secret, value.p, SECRET_LEN);
	return OK;
}

/* ---- open and close ---- */

/* Recovers and opens; says in one line what keeps it from that. */
static enum err
tables_recover(void)
{
	struct env_options options = { .fault = &store.fault,
		.cache_bytes = store.config.cache_bytes,
		.recover = DB_RECOVER };
	int ret;

	store.fault = (struct fault){ .dir = store.dir, .opening = true };
	log_debug("recovery begins");
	ret = env_open(&options, &store.tables.env);
	log_debug("recovery ends");
	if (ret == 0 && (ret = tables_open(&store.tables)) != 0)
		store.tables.env->close(store.tables.env, 0);
	if (ret == 0)
		return OK;
	return fault_tell(&store.fault, ret);
}

static enum err
tables_start(void)
{
	struct arena arena;
	enum err err;

	if ((err = dir_usable(store.dir)) != OK ||
	    (err = fault_note(store.dir)) != OK ||
	    (err = mark_holds(store.dir)) != OK ||
	    (err = tables_recover()) != OK)
		return err;
	arena_init(&arena, 0);
	fault_serve(&store.fault);
	err = meta_check(&arena);
	arena_fini(&arena);
	if (err == ERR_DISK)
		fault_tell(&store.fault, ENOSPC);
	store.fault.opening = false;
	if (err == OK)
		err = mark_open(store.dir);
	if (err == OK)
		err = maintain_start(store.tables.env,
		    store.config.checkpoint_kb);
	if (err == OK)
		return OK;
	fault_serve(NULL);
	mark_close();
	tables_close(&store.tables);
	return err;
}

enum err
store_open(const struct store_config *config)
{
	enum err err;
	bool made;
	int fd;

	if ((err = dir_make(config->dir, &made)) != OK ||
	    (err = dir_lock(config->dir, &fd)) != OK)
		return err;
	assert(!store.is_open); /* one store per process */
	store.dir = strdup(config->dir);
	if (store.dir == NULL)
		abort();
	store.config = *config;
	store.config.dir = store.dir;
	store.lock_fd = fd;
	if ((err = tables_start()) != OK) {
		free(store.dir);
		close(fd);
		return err;
	}
	stats_reset();
	store.is_open = true;
	return OK;
}

void
store_close(void)
{
	DB_ENV *env = store_tables()->env;
	int ret;

	log_debug("closing begins");
	maintain_stop();
	if ((ret = env->txn_checkpoint(env, 0, 0, 0)) != 0 ||
	    (ret = mark_flush(env)) != 0)
		log_error("last checkpoint: %s", db_strerror(ret));
	if ((ret = tables_close(&store.tables)) != 0)
		log_error("close: %s", db_strerror(ret));
	fault_serve(NULL);
	mark_close();
	store.is_open = false;
	free(store.dir);
	close(store.lock_fd);
}

/* ---- numbers ---- */

/* A counter of T_META: so many were made, none is ever removed. */
static uint64_t
stats_made(const char *counter)
{
	struct arena arena;
	struct str value;
	uint64_t n = 0;

	arena_init(&arena, 0);
	if (store_get(NULL, T_META, key_bytes(key_none(), str_c(counter)),
	    &arena, &value) == OK && value.len == 8)
		n = key_get_u64(value, 0);
	arena_fini(&arena);
	return n;
}

void
store_stats(struct store_stats *out)
{
	*out = (struct store_stats){
		.commands = stats_get(STAT_COMMANDS),
		.batches = stats_get(STAT_BATCHES),
		.flushes = stats_get(STAT_FLUSHES),
		.failures = stats_get(STAT_FAILURES),
		.refused = stats_get(STAT_REFUSED),
		.queue = committer_waiting(),
		.queue_max = store.config.queue_max,
		.users = stats_made("next_uid"),
		.conversations = stats_made("next_cid"),
	};
	dir_sizes(store.dir, &out->data_bytes, &out->log_bytes);
}
