/*
 * Directories as this folder needs them: made, locked, measured, copied and
 * cleared.  Knows which files are tables and which are logs, nothing else.
 */
#include "store/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define COPY_BYTES (256 * 1024)

enum err
file_error(const char *what, const char *path)
{
	int saved = errno;
	const char *remedy = fault_remedy(saved);

	log_line(LOG_ERROR, "store", "%s %s: %s%s%s", what, path,
	    strerror(saved), remedy != NULL ? ": " : "",
	    remedy != NULL ? remedy : "");
	return err_of(saved);
}

/* Makes one level; a directory that is there is fine. */
static enum err
dir_make_one(const char *dir, bool *made)
{
	struct stat st;

	*made = mkdir(dir, 0700) == 0;
	if (*made || (errno == EEXIST && stat(dir, &st) == 0 &&
	    S_ISDIR(st.st_mode)))
		return OK;
	return file_error("mkdir", dir);
}

enum err
dir_make(const char *dir, bool *made)
{
	char path[PATH_MAX];
	size_t len = strlen(dir);
	enum err err;

	*made = false;
	if (len == 0 || len >= sizeof(path)) {
		errno = len == 0 ? ENOENT : ENAMETOOLONG;
		return file_error("mkdir", dir);
	}
	memcpy(path, dir, len + 1);
	for (size_t i = 1; i < len; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		if ((err = dir_make_one(path, made)) != OK)
			return err;
		path[i] = '/';
	}
	return dir_make_one(path, made);
}

/* The next entry other than "." and ".."; NULL at the end. */
static const char *
dir_next(DIR *handle)
{
	struct dirent *entry;

	while ((entry = readdir(handle)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			return entry->d_name;
	}
	return NULL;
}

enum err
dir_empty(const char *dir)
{
	DIR *handle = opendir(dir);
	enum err err;

	if (handle == NULL)
		return errno == ENOENT ? OK : file_error("open", dir);
	err = dir_next(handle) == NULL ? OK : ERR_EXISTS;
	closedir(handle);
	return err;
}

enum err
dir_lock(const char *dir, int *out)
{
	char path[PATH_MAX];
	int fd;
	enum err err;

	snprintf(path, sizeof(path), "%s/lock", dir);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return file_error("open", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		err = errno == EWOULDBLOCK ? ERR_BUSY :
		    file_error("lock", path);
		if (err == ERR_BUSY)
			log_line(LOG_ERROR, "store", "%s is in use by another "
			    "process: stop it, or choose another directory", dir);
		close(fd);
		return err;
	}
	*out = fd;
	return OK;
}

void
dir_clear(const char *dir, bool all)
{
	DIR *handle = opendir(dir);
	const char *name;

	if (handle == NULL)
		return;
	while ((name = dir_next(handle)) != NULL)
		if (unlinkat(dirfd(handle), name, 0) != 0)
			file_error("unlink", name);
	closedir(handle);
	if (all)
		rmdir(dir);
}

bool
file_is_table(const char *name)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (strcmp(table_info[i].file, name) == 0)
			return true;
	return false;
}

bool
file_is_log(const char *name)
{
	return strncmp(name, "log.", 4) == 0 && strlen(name) == 14;
}

static enum err
file_copy_bytes(int from, int to, const char *name)
{
	static const size_t size = COPY_BYTES;
	struct arena arena;
	char *buf;
	ssize_t n, done = 0;

	arena_init(&arena, 0);
	buf = arena_raw(&arena, size);
	while ((n = read(from, buf, size)) > 0) {
		for (ssize_t at = 0; at < n; at += done)
			if ((done = write(to, buf + at, (size_t)(n - at))) < 0)
				break;
		if (done < 0)
			break;
	}
	arena_fini(&arena);
	return n == 0 && fsync(to) == 0 ? OK : file_error("copy", name);
}

static enum err
file_copy(int from_dir, int to_dir, const char *name)
{
	int from, to = -1;
	enum err err;

	from = openat(from_dir, name, O_RDONLY | O_CLOEXEC);
	if (from >= 0)
		to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC, 0600);
	err = to >= 0 ? file_copy_bytes(from, to, name) :
	    file_error("open", name);
	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	return err;
}

enum err
dir_copy(const char *from, const char *to)
{
	DIR *source = opendir(from);
	const char *name;
	int target;
	enum err err = OK;

	if (source == NULL)
		return file_error("open", from);
	if ((target = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		closedir(source);
		return file_error("open", to);
	}
	while (err == OK && (name = dir_next(source)) != NULL)
		if (file_is_table(name) || file_is_log(name) ||
		    strcmp(name, MARK) == 0)
			err = file_copy(dirfd(source), target, name);
	if (err == OK && fsync(target) != 0)
		err = file_error("fsync", to);
	close(target);
	closedir(source);
	return err;
}

enum err
dir_sync(const char *dir)
{
	DIR *handle = opendir(dir);
	const char *name;
	int fd, failed = 0;

	if (handle == NULL)
		return file_error("open", dir);
	while (failed == 0 && (name = dir_next(handle)) != NULL) {
		fd = openat(dirfd(handle), name, O_RDONLY | O_CLOEXEC);
		failed = fd < 0 || fsync(fd) != 0;
		if (fd >= 0)
			close(fd);
	}
	if (failed == 0)
		failed = fsync(dirfd(handle)) != 0;
	closedir(handle);
	return failed == 0 ? OK : file_error("fsync", dir);
}

enum err
dir_usable(const char *dir)
{
	DIR *handle = opendir(dir);
	const char *name;
	char path[PATH_MAX];
	enum err err = OK;

	if (handle == NULL)
		return file_error("open", dir);
	while (err == OK && (name = dir_next(handle)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if ((file_is_table(name) || file_is_log(name)) &&
		    faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0)
			err = file_error("open", path);
	}
	closedir(handle);
	return err;
}

void
dir_sizes(const char *dir, uint64_t *tables, uint64_t *logs)
{
	DIR *handle = opendir(dir);
	const char *name;
	struct stat st;

	*tables = *logs = 0;
	if (handle == NULL)
		return;
	while ((name = dir_next(handle)) != NULL) {
		if (fstatat(dirfd(handle), name, &st, 0) != 0)
			continue;
		if (file_is_table(name))
			*tables += (uint64_t)st.st_blocks * 512;
		else if (file_is_log(name))
			*logs += (uint64_t)st.st_blocks * 512;
	}
	closedir(handle);
}

size_t
dir_count(const char *dir, bool (*is)(const char *name))
{
	DIR *handle = opendir(dir);
	const char *name;
	size_t n = 0;

	if (handle == NULL)
		return 0;
	while ((name = dir_next(handle)) != NULL)
		n += is(name);
	closedir(handle);
	return n;
}
