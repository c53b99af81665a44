/*
 * The Berkeley DB environment.  Private to this process (no shared regions:
 * nothing to be left behind by a kill, no SIGBUS on a full disk), recovered at
 * every open.  Settings and their reasons: measured, see doc/design.md.
 *
 * When the library says that the environment is lost, the only right thing is
 * to end (fault.c): _exit(3), and the next start recovers.
 */
#include "store/internal.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

#define LOG_BUFFER (4U << 20)
#define LOG_FILE_MAX (32U << 20)
#define LOCKS_MAX 40000
#define LOCKERS_MAX 4000
#define TXNS_MAX 1000
#define LOCK_TIMEOUT_US (5U * 1000 * 1000)

bool
is_deadlock(int ret)
{
	return ret == DB_LOCK_DEADLOCK || ret == DB_LOCK_NOTGRANTED;
}

enum err
err_of(int ret)
{
	switch (ret) {
	case 0:
		return OK;
	case DB_NOTFOUND:
		return ERR_NOT_FOUND;
	case DB_KEYEXIST:
		return ERR_EXISTS;
	case DB_LOCK_DEADLOCK:
	case DB_LOCK_NOTGRANTED:
		return ERR_BUSY;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EROFS:
		return ERR_DISK;
	default:
		return ERR_INTERNAL;
	}
}

enum err
store_err(int ret)
{
	enum err err = err_of(ret);

	if (ret == DB_RUNRECOVERY)
		store_die("environment", ret);
	if (err == ERR_INTERNAL)
		log_line(LOG_ERROR, "store", "%s", db_strerror(ret));
	return err;
}

static int
env_set_locks(DB_ENV *env)
{
	int ret;

	if ((ret = env->set_lk_max_locks(env, LOCKS_MAX)) != 0 ||
	    (ret = env->set_lk_max_objects(env, LOCKS_MAX)) != 0 ||
	    (ret = env->set_lk_max_lockers(env, LOCKERS_MAX)) != 0 ||
	    (ret = env->set_tx_max(env, TXNS_MAX)) != 0 ||
	    /* A reader loses against the committer, which holds write locks. */
	    (ret = env->set_lk_detect(env, DB_LOCK_MINWRITE)) != 0)
		return ret;
	/* For maintain.c, which ends a thread's wait for itself. */
	return env->set_timeout(env, LOCK_TIMEOUT_US, DB_SET_LOCK_TIMEOUT);
}

static int
env_set_logs(DB_ENV *env, bool alone)
{
	int ret;

	if ((ret = env->set_lg_bsize(env, LOG_BUFFER)) != 0 ||
	    (ret = env->set_lg_max(env, LOG_FILE_MAX)) != 0 || alone)
		return ret;
	return env->log_set_config(env, DB_LOG_AUTO_REMOVE, 1);
}

static int
env_set(DB_ENV *env, const struct env_options *options)
{
	uint64_t gigabyte = UINT64_C(1) << 30;
	int ret;

	env->app_private = options->fault;
	env->set_errcall(env, fault_said);
	if ((ret = env->set_event_notify(env, fault_event)) != 0 ||
	    (ret = env->set_cachesize(env,
	     (u_int32_t)(options->cache_bytes / gigabyte),
	     (u_int32_t)(options->cache_bytes % gigabyte), 1)) != 0 ||
	    (ret = env_set_locks(env)) != 0)
		return ret;
	return env_set_logs(env, options->fault->alone);
}

int
env_open(const struct env_options *options, DB_ENV **out)
{
	DB_ENV *env;
	int ret;

	if ((ret = db_env_create(&env, 0)) != 0)
		return ret;
	if ((ret = env_set(env, options)) == 0)
		ret = env->open(env, options->fault->dir,
		    DB_CREATE | DB_INIT_TXN | DB_INIT_LOCK | DB_INIT_LOG |
		    DB_INIT_MPOOL | DB_THREAD | DB_PRIVATE | options->recover,
		    0600);
	if (ret != 0) {
		env->close(env, 0);
		env = NULL;
	}
	*out = env;
	return ret;
}
