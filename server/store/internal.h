#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <db.h>

#include <pthread.h>
#include <stdatomic.h>

#include "store/backup.h"
#include "store/committer.h"
#include "store/store.h"

/*
 * What the files of this folder share; nobody else includes it (but the unit
 * test of the store, to slow a backup down).
 */

/*
 * What records mean (T_META "schema").  A higher number is a change that an
 * older program would misread; so is each row of `upgrades` in store.c, and a
 * database in tests/fixtures.
 *	1  the first
 *	2  DevicePrefs.mode
 */
#define STORE_SCHEMA 2

/* ---- tables.c ---- */

struct table_info {
	const char *file;
	uint8_t key_len; /* bytes of every key, 0: they differ */
	const ProtobufCMessageDescriptor *type; /* NULL: no records */
};
extern const struct table_info table_info[TABLE_COUNT];

/* An open environment with its tables: the store's, or a copy being audited. */
struct tables {
	DB_ENV *env;
	DB *db[TABLE_COUNT];
};
/* Opens; makes them in a new database and in one of another schema, else all must
 * be there.  BDB codes; on failure only env is open, and its fault has the file. */
int tables_open(struct tables *tables);
int tables_close(struct tables *tables); /* the tables and the environment */

/* ---- fault.c ---- */

/* What the library said about one environment; the caller's, as long as that is
 * open. */
struct fault {
	const char *dir;
	bool alone;	  /* a copy nobody serves from: a panic is an error */
	bool opening;	  /* lines are kept for fault_tell, not logged */
	atomic_flag found; /* the library gave the environment up */
	pthread_t finder;  /* in this thread; valid when `lost` */
	_Atomic bool lost;
	int code;	  /* what the system said, if it has a remedy; or 0 */
	char said[160];	  /* its first line */
	char file[32];	  /* that is damaged or missing; empty: not known */
	char where[24];	  /* in it: " (page 3)", or empty */
};
#define RESTORE "stop, then: zhitiao restore BACKUP NEWDIR"
#define DAMAGED "%s/%s%s is damaged: " RESTORE /* directory, file, where */

/* For DB_ENV; its app_private is the fault. */
void fault_said(const DB_ENV *env, const char *prefix, const char *text);
void fault_event(DB_ENV *env, u_int32_t event, void *info);
/* The environment people are served from; NULL: none. */
void fault_serve(struct fault *fault);
/* What to do about an error of the system; NULL: nothing special. */
const char *fault_remedy(int code);
/* Says in one line why the opening failed: ERR_DISK or ERR_INTERNAL. */
enum err fault_tell(const struct fault *fault, int ret);
/* Says it and fails when a server has ended because of a damaged page. */
enum err fault_note(const char *dir);
void fault_note_remove(const char *dir);

/* ---- mark.c ---- */

#define MARK "mark" /* the file */
/* Does the log reach as far as was ever acknowledged?  Before any recovery, which
 * would cut it off; says it and fails. */
enum err mark_holds(const char *dir);
enum err mark_open(const char *dir);
void mark_close(void);
/* Flushes the log and then notes how far it is on disk: what was committed with
 * DB_TXN_WRITE_NOSYNC is safe.  BDB code. */
int mark_flush(DB_ENV *env);

/* ---- env.c ---- */

struct env_options {
	struct fault *fault; /* names the directory */
	uint64_t cache_bytes;
	uint32_t recover; /* DB_RECOVER or DB_RECOVER_FATAL */
};
int env_open(const struct env_options *options, DB_ENV **out);

/* Maps a BDB or errno code.  For the store's own tables a lost environment
 * ends the process instead: _exit(3), the supervisor restarts with recovery. */
enum err err_of(int ret);
enum err store_err(int ret);
bool is_deadlock(int ret);
void store_die(const char *what, int ret) __attribute__((noreturn));

/* ---- files.c ---- */

/* Makes `dir` and its parents (0700); *made tells whether it was missing. */
enum err dir_make(const char *dir, bool *made);
enum err dir_empty(const char *dir); /* OK: absent or empty; ERR_EXISTS */
/* May every table and log be read and written? */
enum err dir_usable(const char *dir);
/* Takes DIR/lock for as long as `*out` is open; ERR_BUSY. */
enum err dir_lock(const char *dir, int *out);
/* Removes the plain files in `dir`, and `dir` itself if `all`. */
void dir_clear(const char *dir, bool all);
/* Is `name` one of our tables or log files? */
bool file_is_table(const char *name);
bool file_is_log(const char *name);
/* Copies tables, logs and the mark if there is one (backups have none), each
 * fsync'd, then the directory. */
enum err dir_copy(const char *from, const char *to);
/* Makes what the files in `dir` say survive a power cut. */
enum err dir_sync(const char *dir);
void dir_sizes(const char *dir, uint64_t *tables, uint64_t *logs);
/* How many files of that kind are there: file_is_table, file_is_log. */
size_t dir_count(const char *dir, bool (*is)(const char *name));
enum err file_error(const char *what, const char *path); /* logs errno */

/* ---- store.c ---- */

const struct tables *store_tables(void); /* asserts that the store is open */
const struct store_config *store_limits(void);
unsigned committer_waiting(void); /* committer.c: length of the queue */
/* pthread_create with all signals blocked: they belong to main. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

/* ---- maintain.c ---- */

enum err maintain_start(DB_ENV *env, unsigned checkpoint_kb);
void maintain_stop(void);

/* ---- read.c ---- */

struct place {
	DB *db;
	DB_TXN *txn;
	struct key key;
};
/* One attempt; BDB codes.  `out` NULL: existence only. */
int place_get(const struct place *place, struct arena *arena, struct str *out);

struct range {
	DB *db;
	DB_TXN *txn;
	struct key prefix, from;
	size_t max;
};
int range_read(const struct range *range, struct arena *arena,
    struct rows *out);

/* ---- committer.c ---- */

/* The batch that is running, seen from the command that is running. */
struct txn {
	DB_TXN *child;
	struct arena arena;
	int64_t now_ms;
	int fault; /* first BDB code that was no answer; latched per command */
	struct object *touched;
	size_t n_touched, touched_size;
};
/* The handle for a call under `txn`: asserts what store.h promises. */
DB_TXN *txn_handle(struct txn *txn);
/* Maps the code and, if it is no answer to the caller, latches it. */
enum err txn_result(struct txn *txn, int ret);

/* ---- sweep.c ---- */

int64_t sweep_wait_ms(void); /* until the next is due; 0: now */
struct command *sweep_command(void);
void sweep_reset(void);

/* ---- audit.c, backup.c ---- */

/* Audits tables that are open and quiet: the promises between them. */
enum err audit_tables(const struct tables *tables, int report_fd,
    struct audit *out);
/* Recovers, verifies structure and promises in a locked directory. */
enum err audit_dir(const char *dir, uint32_t recover, int report_fd,
    struct audit *out);

static inline DBT
dbt_in(const void *p, size_t len)
{
	return (DBT){ .data = (void *)(uintptr_t)p, .size = (u_int32_t)len };
}

#endif
