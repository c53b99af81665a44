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

#define AUDIT_CACHE (UINT64_C(32) << 20)

struct verifier {
	int report_fd;
	struct audit *audit;
};

/* The library's words have the page, its prefix is the file: a line per fault, but
 * for those that only say that there was one. */
static void
verify_said(const DB_ENV *env, const char *prefix, const char *text)
{
	static const char *const empty[] = { "DB_VERIFY_BAD", "DB_RUNRECOVERY",
		"BDB3016 ", "BDB0061 " };
	const struct verifier *verifier = env->app_private;

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		if (strstr(text, empty[i]) != NULL)
			return;
	dprintf(verifier->report_fd, "%s: %s\n", prefix, text);
	verifier->audit->faults++;
}

/* 0, or the library's word for what is wrong with the file. */
static int
file_verify(struct verifier *verifier, const char *dir, const char *file)
{
	char path[PATH_MAX];
	DB *db;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if ((ret = db_create(&db, NULL, 0)) != 0)
		return ret;
	db->get_env(db)->app_private = verifier;
	db->set_errcall(db, verify_said);
	db->set_errpfx(db, file);
	db->set_cachesize(db, 0, AUDIT_CACHE, 1);
	return db->verify(db, path, NULL, NULL, 0); /* also closes */
}

static void
files_verify(const char *dir, int report_fd, struct audit *out)
{
	struct verifier verifier = { report_fd, out };
	uint64_t before;
	int ret;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		before = out->faults;
		ret = file_verify(&verifier, dir, table_info[i].file);
		if (ret == 0 || out->faults > before)
			continue;
		out->faults++;
		dprintf(report_fd, "%s: %s\n", table_info[i].file,
		    db_strerror(ret));
	}
}

static int
dir_open(const struct env_options *options, struct tables *tables)
{
	int ret;

	*tables = (struct tables){ .env = NULL };
	if ((ret = env_open(options, &tables->env)) != 0)
		return ret;
	if ((ret = tables_open(tables)) != 0)
		tables->env->close(tables->env, 0);
	return ret;
}

/* Opens (with recovery) and closes again, so that the files say what the logs
 * say. */
static int
dir_recover(const struct env_options *options)
{
	struct tables tables;
	int ret, closed;

	if ((ret = dir_open(options, &tables)) != 0)
		return ret;
	ret = tables.env->txn_checkpoint(tables.env, 0, 0, DB_FORCE);
	closed = tables_close(&tables);
	return ret != 0 ? ret : closed;
}

static enum err
dir_promises(const struct env_options *options, int report_fd,
    struct audit *out)
{
	struct tables tables;
	enum err err;
	int ret;

	if ((ret = dir_open(options, &tables)) != 0)
		return fault_tell(options->fault, ret);
	err = audit_tables(&tables, report_fd, out);
	if ((ret = tables_close(&tables)) != 0 && err == OK)
		err = err_of(ret);
	return err;
}

enum err
audit_dir(const char *dir, uint32_t recover, int report_fd, struct audit *out)
{
	struct fault fault = { .dir = dir, .alone = true, .opening = true };
	struct env_options options = { .fault = &fault,
		.cache_bytes = AUDIT_CACHE, .recover = recover };
	enum err err;
	int ret;

	*out = (struct audit){ 0 };
	if ((err = mark_holds(dir)) != OK) {
		out->faults++;
		return err;
	}
	if ((ret = dir_recover(&options)) != 0) {
		err = fault_tell(&fault, ret);
		if (err == ERR_DISK)
			return err;
		out->faults++;
		/* For the pages: what was not recovered may look odd too. */
		files_verify(dir, report_fd, out);
		return err;
	}
	files_verify(dir, report_fd, out);
	if (out->faults > 0)
		return ERR_INTERNAL;
	options.recover = DB_RECOVER;
	err = dir_promises(&options, report_fd, out);
	if (err != OK)
		return err;
	if (out->faults > 0)
		return ERR_INTERNAL;
	fault_note_remove(dir);
	return OK;
}
