/*
 * How far the log is known to be on disk: DIR/mark, written after each flush.
 *
 * At its opening the library takes the first log record that does not check for
 * the end of the log.  Right after a power cut, where the last records may be
 * torn; but a damaged record before that would silently take everything behind
 * it away.  So what was once flushed must be found again.
 *
 * The mark itself is not flushed: it may be behind after a power cut, never
 * ahead.  One line of fixed length: log file, offset, check.  Without a mark (an
 * older database, a restored one) or with a damaged one nothing is known.
 */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"

#define MARK_POINT 21 /* bytes: two numbers of ten digits and a space */
#define MARK_LEN (MARK_POINT + 18)

struct point {
	uint32_t file, offset;
};

static int mark_fd = -1; /* the store's; the flushing thread's, and main's */

static void
mark_check(const char *line, char out[17])
{
	uint8_t hash[16];

	secret_hash(hash, sizeof(hash), STR_NONE,
	    (struct str){ line, MARK_POINT });
	snprintf(out, 17, "%016llx", (unsigned long long)key_get_u64(
	    (struct str){ (const char *)hash, 8 }, 0));
}

static bool
mark_read(const char *dir, struct point *out)
{
	char path[PATH_MAX], line[MARK_LEN + 1] = "", check[17];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/" MARK, dir);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	n = read(fd, line, MARK_LEN);
	close(fd);
	if (n == 0)
		return false; /* made, and killed before the first flush */
	mark_check(line, check);
	if (n == MARK_LEN && memcmp(line + MARK_POINT + 1, check, 16) == 0 &&
	    sscanf(line, "%10u %10u", &out->file, &out->offset) == 2)
		return true;
	log_line(LOG_WARN, "store", "%s is damaged and not used", path);
	return false;
}

/* Where the log ends as the library sees it, without recovering anything. */
static int
log_end(const char *dir, struct point *out)
{
	struct fault fault = { .dir = dir, .alone = true, .opening = true };
	DB_LOG_STAT *stat;
	DB_ENV *env;
	int ret;

	if ((ret = db_env_create(&env, 0)) != 0)
		return ret;
	env->app_private = &fault;
	env->set_errcall(env, fault_said);
	ret = env->open(env, dir, DB_CREATE | DB_INIT_LOG | DB_PRIVATE, 0600);
	if (ret == 0 && (ret = env->log_stat(env, &stat, 0)) == 0) {
		*out = (struct point){ stat->st_cur_file, stat->st_cur_offset };
		free(stat);
	}
	env->close(env, 0);
	return ret;
}

enum err
mark_holds(const char *dir)
{
	struct point mark, end = { 0, 0 };

	if (!mark_read(dir, &mark))
		return OK;
	if (dir_count(dir, file_is_log) > 0 && log_end(dir, &end) != 0)
		return OK; /* the opening that follows tells why */
	if (end.file > mark.file ||
	    (end.file == mark.file && end.offset >= mark.offset))
		return OK;
	log_line(LOG_ERROR, "store", "%s/log.%010u is damaged (the log ends at "
	    "%u/%u, what was acknowledged at %u/%u): " RESTORE, dir,
	    end.file != 0 ? end.file : mark.file, end.file, end.offset,
	    mark.file, mark.offset);
	return ERR_INTERNAL;
}

enum err
mark_open(const char *dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" MARK, dir);
	mark_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return mark_fd >= 0 ? OK : file_error("open", path);
}

void
mark_close(void)
{
	if (mark_fd >= 0)
		close(mark_fd);
	mark_fd = -1;
}

/* Not EROFS: on a file system that was made read-only by a fault, fdatasync may
 * succeed without having written anything. */
static bool
no_room(int ret)
{
	return ret == ENOSPC || ret == EDQUOT || ret == EFBIG;
}

/* A disk that is full keeps the library from writing what its buffer still holds,
 * of transactions that failed: nobody was told of those.  What was committed is
 * written already (DB_TXN_WRITE_NOSYNC); it only has to be safe. */
static int
sync_written(DB_ENV *env)
{
	const struct fault *fault = env->app_private;
	DB_LOG_STAT *stat;
	char path[PATH_MAX];
	int fd, ret;

	if ((ret = env->log_stat(env, &stat, 0)) != 0)
		return ret;
	snprintf(path, sizeof(path), "%s/log.%010u", fault->dir,
	    stat->st_cur_file);
	free(stat);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return errno;
	ret = fdatasync(fd) == 0 ? 0 : errno;
	close(fd);
	return ret;
}

int
mark_flush(DB_ENV *env)
{
	char line[MARK_LEN + 1], check[17];
	DB_LOG_STAT *stat;
	int ret;

	if ((ret = env->log_flush(env, NULL)) != 0)
		return no_room(ret) ? sync_written(env) : ret;
	if ((ret = env->log_stat(env, &stat, 0)) != 0)
		return ret;
	snprintf(line, sizeof(line), "%010u %010u", stat->st_disk_file,
	    stat->st_disk_offset);
	free(stat);
	mark_check(line, check);
	snprintf(line + MARK_POINT, sizeof(line) - MARK_POINT, " %s\n", check);
	/* Where that fails an older mark stays, which is true as well. */
	if (pwrite(mark_fd, line, MARK_LEN, 0) != MARK_LEN)
		log_warn("not written");
	return 0;
}
