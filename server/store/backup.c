/*
 * Hot backup.  The library copies tables first and logs last; were old logs
 * removed meanwhile, the copy could not be recovered (measured), so removal is
 * off until the copy is complete.  A copy counts only after recovery and the
 * audit have passed on it.
 */
#include "store/internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

static atomic_flag backup_running = ATOMIC_FLAG_INIT;

static enum err
backup_copy(const char *dir)
{
	DB_ENV *env = store_tables()->env;
	int ret, on;

	if ((ret = env->log_set_config(env, DB_LOG_AUTO_REMOVE, 0)) != 0)
		return store_err(ret);
	ret = env->backup(env, dir, DB_CREATE);
	if ((on = env->log_set_config(env, DB_LOG_AUTO_REMOVE, 1)) != 0)
		store_err(on);
	if (ret == EPERM) /* the library's word for a write that failed */
		ret = ENOSPC;
	if (ret != 0)
		log_error("%s: %s", dir, db_strerror(ret));
	return store_err(ret);
}

static enum err
backup_check(const char *dir)
{
	struct audit audit;
	enum err err;
	int fd;

	if ((err = dir_lock(dir, &fd)) != OK)
		return err;
	err = audit_dir(dir, DB_RECOVER_FATAL, STDERR_FILENO, &audit);
	close(fd);
	if (err == OK)
		log_info("%s: %ju users, %ju conversations, %ju messages", dir,
		    (uintmax_t)audit.users, (uintmax_t)audit.conversations,
		    (uintmax_t)audit.messages);
	return err;
}

static enum err
backup_into(const char *dir)
{
	enum err err;
	bool made;

	if ((err = dir_empty(dir)) != OK || (err = dir_make(dir, &made)) != OK)
		return err;
	if ((err = backup_copy(dir)) == OK)
		err = backup_check(dir);
	if (err == OK)
		err = dir_sync(dir);
	if (err != OK)
		dir_clear(dir, made);
	return err;
}

enum err
store_backup(const char *dir)
{
	enum err err;

	if (atomic_flag_test_and_set(&backup_running))
		return ERR_BUSY;
	log_debug("backup begins");
	err = backup_into(dir);
	log_debug("backup ends");
	atomic_flag_clear(&backup_running);
	return err;
}

enum err
store_verify(const char *dir, int report_fd, struct audit *out)
{
	enum err err;
	int fd;

	*out = (struct audit){ 0 };
	if (dir_count(dir, file_is_table) == 0) {
		log_error("%s: no database", dir);
		return ERR_NOT_FOUND;
	}
	if ((err = dir_lock(dir, &fd)) != OK)
		return err;
	err = audit_dir(dir, DB_RECOVER, report_fd, out);
	close(fd);
	return err;
}

enum err
store_restore(const char *from, const char *dir, int report_fd)
{
	struct audit audit;
	enum err err;
	bool made;

	if (dir_count(from, file_is_table) == 0) {
		log_error("%s: no backup", from);
		return ERR_NOT_FOUND;
	}
	if ((err = dir_empty(dir)) != OK || (err = dir_make(dir, &made)) != OK)
		return err;
	if ((err = dir_copy(from, dir)) == OK)
		err = store_verify(dir, report_fd, &audit);
	if (err != OK)
		dir_clear(dir, made);
	return err;
}
