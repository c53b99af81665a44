/*
 * What the library says went wrong, and how the process ends.
 *
 * The library tells one fault in many lines, and never what to do.  While a
 * directory is being opened its lines are only kept: whoever opens then says one
 * line, with the file and the remedy.  Later they are logged as they come.
 *
 * A damaged page: the library calls the environment lost in the thread that read
 * it and names the file a little later, in the same thread.  The end waits for
 * that name, leaves it in DIR/damaged and exits with 3.  A start that finds the
 * note refuses, because recovery reads few pages and would leave the damage to be
 * met by the next reader again.  The auditor removes it when all is well.
 */
#include "store/internal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define NOTE "damaged"
#define NAMING_TRIES 100 /* of 10 ms */
#define REPEAT_MS 60000
#define FOREIGN_LOG "BDB2506 " /* and no write works any more */

/* ---- remedies ---- */

/* Errors of the system that have a remedy of their own. */
static const struct {
	int code;
	const char *remedy;
} remedies[] = {
	{ EACCES, "the directory and all in it must belong to the user that "
	    "runs zhitiao" },
	{ EPERM, "the directory and all in it must belong to the user that "
	    "runs zhitiao" },
	{ EROFS, "choose a directory that can be written to" },
	{ ENOSPC, "make room, then start again" },
	{ EDQUOT, "make room, then start again" },
	{ EMFILE, "raise the limit on open files" },
	{ ENFILE, "raise the limit on open files" },
};
#define REMEDIES (sizeof(remedies) / sizeof(remedies[0]))

const char *
fault_remedy(int code)
{
	for (size_t i = 0; i < REMEDIES; i++)
		if (remedies[i].code == code)
			return remedies[i].remedy;
	return NULL;
}

/* ---- what the library says ---- */

/* The messages that tell of damage, by number; `log`: what follows is the number
 * of a log file, else the name of a table stands in it. */
static const struct {
	const char *number;
	bool log;
} damages[] = {
	{ "BDB3016 ", false }, /* FILE: pgin failed for page N */
	{ "BDB0210 ", false }, /* PATH: metadata page checksum error */
	{ FOREIGN_LOG, false }, /* file FILE has LSN N/M, past end of log */
	{ "BDB1522 ", true },  /* Log file corrupt at LSN: [N][M] */
	{ "BDB2527 ", true },  /* Invalid log file: log.N */
	{ "BDB2578 ", true },  /* log record LSN N/M: checksum mismatch */
	{ "BDB2580 ", true },  /* LSN N/M: invalid log record header */
	{ "BDB2582 ", true },  /* LSN: N/M: short read */
	{ "BDB2583 ", true },  /* Log file N not found */
};

static void
learn_log(struct fault *fault, const char *text)
{
	unsigned number = 0;

	text += strcspn(text, "0123456789");
	for (; isdigit((unsigned char)*text); text++)
		number = number * 10 + (unsigned)(*text - '0');
	if (number != 0)
		snprintf(fault->file, sizeof(fault->file), "log.%010u", number);
}

/* Does this name stand at `at`?  "sess.db" stands in "usess.db" too, and a
 * directory may be called like a table. */
static bool
named_at(const char *text, const char *at, const char *name)
{
	return at != NULL && at[strlen(name)] != '/' &&
	    (at == text || !isalnum((unsigned char)at[-1]));
}

static void
learn_table(struct fault *fault, const char *text)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		const char *name = table_info[i].file;

		if (!named_at(text, strstr(text, name), name))
			continue;
		snprintf(fault->file, sizeof(fault->file), "%s", name);
		return;
	}
}

/* The library calls the environment lost and forgets that the disk was full. */
static void
learn_code(struct fault *fault, const char *text)
{
	for (size_t i = 0; i < REMEDIES && fault->code == 0; i++)
		if (strstr(text, strerror(remedies[i].code)) != NULL)
			fault->code = remedies[i].code;
}

static void
learn_page(struct fault *fault, const char *text)
{
	const char *at = strstr(text, "for page ");
	unsigned page;

	if (at != NULL && sscanf(at, "for page %u", &page) == 1)
		snprintf(fault->where, sizeof(fault->where), " (page %u)", page);
}

/* The first file named counts: what follows are consequences. */
static void
learn(struct fault *fault, const char *text)
{
	if (fault->said[0] == '\0')
		snprintf(fault->said, sizeof(fault->said), "%s", text);
	learn_code(fault, text);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		size_t len = strlen(damages[i].number);

		if (fault->file[0] != '\0' ||
		    strncmp(text, damages[i].number, len) != 0)
			continue;
		if (damages[i].log)
			learn_log(fault, text + len);
		else
			learn_table(fault, text + len);
		learn_page(fault, text);
	}
}

/* On a full disk each page that cannot be written says so, each second: one line
 * a minute is enough. */
static bool
repeats(const char *text)
{
	static _Atomic int64_t next_ms;
	int64_t now_ms = clock_mono_ms(), due_ms = atomic_load(&next_ms);

	if (strstr(text, strerror(ENOSPC)) == NULL &&
	    strncmp(text, "BDB3015 ", 8) != 0 &&
	    strncmp(text, "BDB3027 ", 8) != 0)
		return false;
	return now_ms < due_ms || !atomic_compare_exchange_strong(&next_ms,
	    &due_ms, now_ms + REPEAT_MS);
}

void
fault_said(const DB_ENV *env, const char *prefix, const char *text)
{
	struct fault *fault = env->app_private;

	(void)prefix;
	if (fault->opening) {
		learn(fault, text);
		return;
	}
	if (!repeats(text))
		log_line(LOG_ERROR, "store", "%s", text);
	if (fault->alone || !(atomic_load(&fault->lost) ||
	    strncmp(text, FOREIGN_LOG, strlen(FOREIGN_LOG)) == 0))
		return;
	learn(fault, text);
	if (fault->file[0] != '\0')
		store_die("a page", DB_RUNRECOVERY);
}

/* ---- the end ---- */

static struct fault *serving; /* of the store's own environment; NULL: closed */

void
fault_serve(struct fault *fault)
{
	serving = fault;
}

void
fault_event(DB_ENV *env, u_int32_t event, void *info)
{
	struct fault *fault = env->app_private;

	(void)info;
	if (event != DB_EVENT_PANIC || atomic_flag_test_and_set(&fault->found))
		return;
	fault->finder = pthread_self();
	atomic_store(&fault->lost, true);
}

/* Another thread has met the damage and is about to name the file. */
static void
await_name(const struct fault *fault)
{
	const struct timespec wait = { 0, 10 * 1000 * 1000 };

	if (!atomic_load(&fault->lost) ||
	    pthread_equal(fault->finder, pthread_self()))
		return;
	for (int i = 0; i < NAMING_TRIES; i++)
		nanosleep(&wait, NULL);
}

static void
note_leave(const struct fault *fault)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/" NOTE, fault->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return; /* the next reader of the page ends here as well */
	dprintf(fd, "%s%s\n", fault->file, fault->where);
	fsync(fd);
	close(fd);
}

void
store_die(const char *what, int ret)
{
	const struct fault *fault = serving;

	if (fault != NULL)
		await_name(fault);
	if (fault != NULL && fault->file[0] != '\0') {
		note_leave(fault);
		log_line(LOG_ERROR, "store", DAMAGED, fault->dir, fault->file,
		    fault->where);
	} else {
		log_line(LOG_ERROR, "store", "%s: %s; ending, restart recovers",
		    what, db_strerror(ret));
	}
	_exit(3);
}

/* ---- one line for an opening that failed ---- */

enum err
fault_tell(const struct fault *fault, int ret)
{
	int code = fault->code != 0 ? fault->code : ret;
	const char *remedy = fault_remedy(code);

	if (ret == ENOENT && fault->file[0] != '\0')
		log_line(LOG_ERROR, "store", "%s/%s is missing: " RESTORE,
		    fault->dir, fault->file);
	else if (fault->file[0] != '\0')
		log_line(LOG_ERROR, "store", DAMAGED, fault->dir, fault->file,
		    fault->where);
	else if (remedy != NULL)
		log_line(LOG_ERROR, "store", "%s: %s: %s", fault->dir,
		    db_strerror(code), remedy);
	else
		log_line(LOG_ERROR, "store", "%s cannot be opened (%s): " RESTORE,
		    fault->dir, fault->said[0] != '\0' ? fault->said :
		    db_strerror(ret));
	return err_of(code) == ERR_DISK ? ERR_DISK : ERR_INTERNAL;
}

/* ---- the note ---- */

enum err
fault_note(const char *dir)
{
	char path[PATH_MAX], file[64] = "";
	FILE *note;

	snprintf(path, sizeof(path), "%s/" NOTE, dir);
	if ((note = fopen(path, "re")) == NULL)
		return errno == ENOENT ? OK : file_error("open", path);
	if (fgets(file, sizeof(file), note) != NULL)
		file[strcspn(file, "\n")] = '\0';
	fclose(note);
	/* On a full disk the note may be empty. */
	log_line(LOG_ERROR, "store", DAMAGED, dir, file[0] != '\0' ? file :
	    "*.db", "");
	return ERR_INTERNAL;
}

void
fault_note_remove(const char *dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" NOTE, dir);
	unlink(path);
}
