/*
 * The auditor of a directory nobody has open: recovers it, has Berkeley DB
 * verify the structure of each file, then checks the promises (promises.c).
 *
 * Structure is verified file by file without an environment, because a damaged
 * page inside of one would end the environment at the first read.
 */
#include "store/internal.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define AUDIT_CACHE (UINT64_C(32) << 20)

static void
verify_error(const DB_ENV *env, const char *prefix, const char *message)
{
	(void)env;
	(void)prefix;
	log_line(LOG_ERROR, "audit", "%s", message);
}

/* 0, or the library's word for what is wrong with the file. */
static int
file_verify(const char *dir, const char *file)
{
	char path[PATH_MAX];
	DB *db;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if ((ret = db_create(&db, NULL, 0)) != 0)
		return ret;
	db->set_errcall(db, verify_error);
	db->set_cachesize(db, 0, AUDIT_CACHE, 1);
	return db->verify(db, path, NULL, NULL, 0); /* also closes */
}

static void
files_verify(const char *dir, int report_fd, struct audit *out)
{
	int ret;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		ret = file_verify(dir, table_info[i].file);
		if (ret == 0)
			continue;
		out->faults++;
		dprintf(report_fd, "%s: %s\n", table_info[i].file,
		    db_strerror(ret));
	}
}

/* Opens (with recovery, and making missing tables) and closes again, so that
 * the files say what the logs say. */
static int
dir_recover(const struct env_options *options)
{
	struct tables tables = { .env = NULL };
	int ret, closed;

	if ((ret = env_open(options, &tables.env)) != 0)
		return ret;
	if ((ret = tables_open(&tables)) == 0)
		ret = tables.env->txn_checkpoint(tables.env, 0, 0, DB_FORCE);
	closed = tables_close(&tables);
	return ret != 0 ? ret : closed;
}

static enum err
dir_promises(const struct env_options *options, int report_fd,
    struct audit *out)
{
	struct tables tables = { .env = NULL };
	enum err err;
	int ret;

	if ((ret = env_open(options, &tables.env)) != 0)
		return err_of(ret);
	if ((ret = tables_open(&tables)) != 0) {
		tables.env->close(tables.env, 0);
		return err_of(ret);
	}
	err = audit_tables(&tables, report_fd, out);
	if ((ret = tables_close(&tables)) != 0 && err == OK)
		err = err_of(ret);
	return err;
}

enum err
audit_dir(const char *dir, uint32_t recover, int report_fd, struct audit *out)
{
	struct env_options options = { .dir = dir, .cache_bytes = AUDIT_CACHE,
		.recover = recover, .alone = true };
	enum err err;
	int ret;

	*out = (struct audit){ 0 };
	if ((ret = dir_recover(&options)) != 0) {
		dprintf(report_fd, "recovery: %s\n", db_strerror(ret));
		out->faults++;
		return err_of(ret) == ERR_DISK ? ERR_DISK : ERR_INTERNAL;
	}
	files_verify(dir, report_fd, out);
	if (out->faults > 0)
		return ERR_INTERNAL;
	options.recover = DB_RECOVER;
	err = dir_promises(&options, report_fd, out);
	if (err != OK)
		return err;
	return out->faults == 0 ? OK : ERR_INTERNAL;
}
