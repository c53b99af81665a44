/* Backup and restore, while people write and when something is wrong. */
#include "store_world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define WRITERS 2
#define TEXT_LEN 2000

/* Writers put numbered rows for as long as the backup goes on. */
struct writer {
	pthread_t thread;
	struct steps steps;
	uint64_t id;
	_Atomic uint32_t acked; /* rows 0 .. acked - 1 are */
};

static _Atomic bool writing;
static char text[TEXT_LEN];

static struct key
writer_key(uint64_t id, uint32_t number)
{
	/* Scattered, so that many pages are dirty. */
	return key_u32(KEY2((number * 2654435761U) % 4096, id), number);
}

static bool
writer_put(struct writer *writer)
{
	writer->steps = (struct steps){ .command = { .run = steps_run },
		.step = { { .kind = STEP_PUT, .table = T_META,
		    .key = writer_key(writer->id, writer->acked),
		    .value = { text, TEXT_LEN } } } };
	if (committer_run(&writer->steps.command) != OK)
		return false;
	atomic_fetch_add(&writer->acked, 1);
	return true;
}

static void *
writer_main(void *arg)
{
	DB_ENV *env = store_tables()->env;
	struct writer *writer = arg;

	while (atomic_load(&writing)) {
		if (!writer_put(writer))
			return arg;
		/* Often, so that logs would be removed if that were on. */
		if (writer->acked % 300 == 0 &&
		    env->txn_checkpoint(env, 0, 0, 0) != 0)
			return arg;
	}
	return NULL;
}

static uint32_t
log_number(void)
{
	DB_ENV *env = store_tables()->env;
	DB_LOG_STAT *stat;
	uint32_t number;

	assert_int_equal(env->log_stat(env, &stat, 0), 0);
	number = stat->st_cur_file;
	free(stat);
	return number;
}

static void
names_fit(const char *dir, uint32_t acked[WRITERS])
{
	assert_int_equal(test_store_open(dir), OK);
	for (uint64_t id = 0; id < WRITERS; id++)
		for (uint32_t i = 0; i < acked[id]; i++)
			assert_true(test_has(T_META, writer_key(id, i)));
	store_close();
}

static void
writers_start(struct writer writer[WRITERS])
{
	for (uint64_t id = 0; id < WRITERS; id++) {
		writer[id].id = id;
		for (int i = 0; i < 1500; i++)
			assert_true(writer_put(&writer[id]));
	}
	atomic_store(&writing, true);
	for (int id = 0; id < WRITERS; id++)
		pthread_create(&writer[id].thread, NULL, writer_main,
		    &writer[id]);
}

static void
writers_stop(struct writer writer[WRITERS])
{
	void *failed;

	atomic_store(&writing, false);
	for (int id = 0; id < WRITERS; id++) {
		pthread_join(writer[id].thread, &failed);
		assert_null(failed);
	}
}

/* Backs up while writers go on, slower each time until ten logs have rolled,
 * most of them during the copy: those are what it would miss. */
static void
backup_under_load(const char *copy, uint32_t acked[WRITERS])
{
	static struct writer writer[WRITERS];
	DB_ENV *env = store_tables()->env;
	uint32_t log, rolled = 0;

	writers_start(writer);
	/* From here on pages are in the file, and their old logs gone. */
	assert_int_equal(env->txn_checkpoint(env, 0, 0, 0), 0);
	env->set_backup_config(env, DB_BACKUP_READ_COUNT, 8);
	for (uint32_t pause_us = 20000; rolled < 10; pause_us *= 2) {
		dir_clear(copy, false);
		env->set_backup_config(env, DB_BACKUP_READ_SLEEP, pause_us);
		for (int id = 0; id < WRITERS; id++)
			acked[id] = atomic_load(&writer[id].acked);
		log = log_number();
		assert_int_equal(store_backup(copy), OK);
		rolled = log_number() - log;
	}
	print_message("%u logs rolled during the copy\n", rolled);
	writers_stop(writer);
	assert_int_equal(store_backup(copy), ERR_EXISTS);
}

static void
test_backup(void **state)
{
	char dir[64], copy[64], back[64];
	uint32_t acked[WRITERS];

	(void)state;
	memset(text, 'n', sizeof(text));
	test_dir_make(dir);
	test_dir_config(dir);
	test_dir_make(copy);
	test_dir_make(back);
	test_start(dir);
	backup_under_load(copy, acked);
	test_stop();
	assert_int_equal(store_restore(copy, back, 2), OK);
	assert_int_equal(store_restore(copy, back, 2), ERR_EXISTS);
	names_fit(back, acked);
	test_dir_remove(dir);
	test_dir_remove(copy);
	test_dir_remove(back);
}

/* A backup that is refused leaves nothing behind. */
static void
test_backup_of_faults(void **state)
{
	char dir[64], copy[80];
	struct stat st;

	(void)state;
	test_dir_make(dir);
	world_make(dir);
	snprintf(copy, sizeof(copy), "%s-copy", dir);
	test_start(dir);
	assert_int_equal(test_step((struct step){ .kind = STEP_DEL,
	    .table = T_UNAME, .key = key_bytes(key_none(), STR("anna")) }), OK);
	assert_int_equal(store_backup(copy), ERR_INTERNAL);
	assert_int_not_equal(stat(copy, &st), 0);
	assert_int_equal(test_put(T_UNAME, key_bytes(key_none(), STR("anna")),
	    STR("\0\0\0\0\0\0\0\1")), OK);
	assert_int_equal(store_backup(copy), OK);
	test_stop();
	flip_byte(copy, "user.db", 8192 + 8100);
	test_dir_remove(dir);
	assert_int_equal(store_restore(copy, dir, 2), ERR_INTERNAL);
	assert_int_not_equal(stat(dir, &st), 0);
	test_dir_remove(copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backup),
		cmocka_unit_test(test_backup_of_faults),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
