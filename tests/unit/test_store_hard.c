/* The store in hard times: contention, kill -9, a full disk. */
#include "store_test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* ---- readers beside writers ---- */

#define TALKS 20
#define WRITES 1500

static _Atomic bool writing;

/* Puts one row into several talks at once, so that it holds many pages. */
struct spread {
	struct command command;
	uint32_t seq;
};

static enum err
spread_run(struct txn *txn, struct command *command)
{
	struct spread *spread = (struct spread *)command;
	struct str text = STR("0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890");
	enum err err = OK;

	for (uint64_t i = 0; i < 8 && err == OK; i++)
		err = store_put(txn, T_MSG, key_u32(KEY1((spread->seq * 7 +
		    (spread->seq & 1 ? i : 8 - i) * 3) % TALKS), spread->seq),
		    text);
	return err;
}

static void *
spread_main(void *arg)
{
	struct spread spread = { .command = { .run = spread_run } };
	uint32_t first = *(const uint32_t *)arg;

	for (uint32_t i = 0; i < WRITES; i++) {
		spread.seq = first + i * 2;
		if (committer_run(&spread.command) != OK)
			return arg;
	}
	return NULL;
}

static bool
rows_ascend(const struct rows *rows)
{
	for (size_t i = 1; i < rows->n; i++)
		if (memcmp(rows->row[i - 1].key.p, rows->row[i].key.p, 12) >= 0)
			return false;
	return true;
}

static void *
reader_main(void *arg)
{
	struct arena arena;
	struct rows rows;
	uint64_t cid = 0;
	void *failed = NULL;

	arena_init(&arena, 0);
	while (atomic_load(&writing) && failed == NULL) {
		cid = (cid + 1) % TALKS;
		if (store_scan(NULL, T_MSG, KEY1(cid), KEY1(cid), 2000,
		    &arena, &rows) != OK || !rows_ascend(&rows))
			failed = arg;
		arena_fini(&arena);
	}
	return failed;
}

static unsigned
deadlocks(void)
{
	DB_ENV *env = store_tables()->env;
	DB_LOCK_STAT *stat;
	unsigned n;

	assert_int_equal(env->lock_stat(env, &stat, 0), 0);
	n = (unsigned)stat->st_ndeadlocks;
	free(stat);
	return n;
}

static void
test_readers_and_writers(void **state)
{
	pthread_t reader[3], writer[2];
	uint32_t first[2] = { 0, 1 };
	void *failed;
	char dir[64];

	(void)state;
	test_dir_make(dir);
	test_start(dir);
	atomic_store(&writing, true);
	for (int i = 0; i < 2; i++)
		pthread_create(&writer[i], NULL, spread_main, &first[i]);
	for (int i = 0; i < 3; i++)
		pthread_create(&reader[i], NULL, reader_main, dir);
	for (int i = 0; i < 2; i++) {
		pthread_join(writer[i], &failed);
		assert_null(failed);
	}
	atomic_store(&writing, false);
	for (int i = 0; i < 3; i++) {
		pthread_join(reader[i], &failed);
		assert_null(failed);
	}
	print_message("%u deadlocks\n", deadlocks());
	test_stop();
	test_dir_remove(dir);
}

/* ---- kill -9 ---- */

#define ROUNDS 6
#define WRITERS 4
#define ACKS_BEFORE_KILL 400

struct ack {
	uint32_t round, writer, number;
};

static struct key
ack_key(struct ack ack, uint8_t half)
{
	return key_u8(key_u32(key_u32(key_u32(key_none(), ack.round),
	    ack.writer), ack.number), half);
}

struct twin {
	struct command command;
	struct ack ack;
};

/* Two rows in far places: both or neither. */
static enum err
twin_run(struct txn *txn, struct command *command)
{
	struct twin *twin = (struct twin *)command;
	enum err err;

	err = store_put(txn, T_META, ack_key(twin->ack, 0), STR("12345678"));
	if (err == OK)
		err = store_put(txn, T_UNAME, ack_key(twin->ack, 1),
		    STR("12345678"));
	return err;
}

static int ack_fd;

static void *
victim_main(void *arg)
{
	struct twin twin = { .command = { .run = twin_run } };

	for (twin.ack = *(struct ack *)arg;; twin.ack.number++) {
		if (committer_run(&twin.command) != OK)
			_exit(1);
		if (write(ack_fd, &twin.ack, sizeof(twin.ack)) < 0)
			_exit(1);
	}
}

/* The process that dies: logs and checkpoints are small to be in its way. */
static void
victim(const char *dir, uint32_t round)
{
	struct store_config config = { .dir = dir, .cache_bytes = 16 << 20,
		.checkpoint_kb = 64, .queue_max = 100, .queue_user_max = 100 };
	struct committer_hooks hooks = { NULL, NULL };
	struct ack ack[WRITERS];
	pthread_t thread;

	if (store_open(&config) != OK || committer_start(&hooks) != OK)
		_exit(1);
	for (uint32_t i = 0; i < WRITERS; i++) {
		ack[i] = (struct ack){ round, i, 0 };
		pthread_create(&thread, NULL, victim_main, &ack[i]);
	}
	for (;;)
		pause();
}

/* Appends the acknowledgements of one life, which ends with kill -9. */
static size_t
live_and_die(const char *dir, uint32_t round, struct ack *acks, size_t max)
{
	size_t n = 0;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	assert_true((pid = fork()) >= 0);
	if (pid == 0) {
		ack_fd = fds[1];
		victim(dir, round);
	}
	close(fds[1]);
	while (n < max && read(fds[0], &acks[n], sizeof(*acks)) ==
	    sizeof(*acks))
		if (++n == ACKS_BEFORE_KILL + round * 37)
			kill(pid, SIGKILL);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return n;
}

static void
expect_twins(const struct ack *acks, size_t n)
{
	struct arena arena;
	struct rows rows;
	struct key twin;

	for (size_t i = 0; i < n; i++) {
		assert_true(test_has(T_META, ack_key(acks[i], 0)));
		assert_true(test_has(T_UNAME, ack_key(acks[i], 1)));
	}
	arena_init(&arena, 0);
	assert_int_equal(store_scan(NULL, T_UNAME, key_none(), key_none(),
	    SIZE_MAX, &arena, &rows), OK);
	assert_true(rows.n >= n);
	for (size_t i = 0; i < rows.n; i++) {
		twin = key_bytes(key_none(), rows.row[i].key);
		twin.p[12] = 0;
		assert_true(test_has(T_META, twin));
	}
	arena_fini(&arena);
}

static void
test_kill(void **state)
{
	size_t max = 1000000, n = 0;
	struct ack *acks = malloc(max * sizeof(*acks));
	char dir[64];

	(void)state;
	test_dir_make(dir);
	test_dir_config(dir);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		n += live_and_die(dir, round, acks + n, max - n);
		test_start(dir);
		expect_twins(acks, n);
		test_stop();
	}
	print_message("%zu acknowledged, none missing\n", n);
	test_dir_remove(dir);
	free(acks);
}

/* ---- ends: exit code 3, and the next start recovers ---- */

static void
expect_end(void (*run)(const char *dir), const char *dir)
{
	int status;
	pid_t pid;

	assert_true((pid = fork()) >= 0);
	if (pid == 0) {
		run(dir);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void
read_damaged(const char *dir)
{
	test_start(dir);
	test_has(T_CONV, KEY1(1));
}

static int flush_code;

static int
flush_fails(DB_ENV *env, const DB_LSN *lsn)
{
	(void)env;
	(void)lsn;
	return flush_code;
}

static void
write_unflushed(const char *dir)
{
	test_start(dir);
	test_barrier();
	store_tables()->env->log_flush = flush_fails;
	(void)!test_put(T_CONV, KEY1(2), STR("x"));
}

static void
test_ends(void **state)
{
	char dir[64], path[96];
	int fd;

	(void)state;
	test_dir_make(dir);
	flush_code = EIO;
	expect_end(write_unflushed, dir);
	/* A file system that turned read-only need not tell by fdatasync. */
	flush_code = EROFS;
	expect_end(write_unflushed, dir);
	test_start(dir);
	assert_int_equal(test_put(T_CONV, KEY1(1), STR("x")), OK);
	test_stop();
	snprintf(path, sizeof(path), "%s/conv.db", dir);
	assert_true((fd = open(path, O_RDWR)) >= 0);
	assert_int_equal(pwrite(fd, "damage", 6, 8192 + 5000), 6);
	close(fd);
	expect_end(read_damaged, dir);
	test_dir_remove(dir);
}

/* ---- a full disk ---- */

#define DISK_BYTES "size=16m"

/* Fills what is left; the size differs each time, so that the end of space
 * meets commits, log files and tables at different places. */
static void
ballast_put(const char *dir, size_t leave)
{
	static char block[4096];
	char path[96];
	int fd;

	memset(block, 'b', sizeof(block));
	snprintf(path, sizeof(path), "%s/ballast", dir);
	assert_true((fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600)) >= 0);
	while (write(fd, block, sizeof(block)) == sizeof(block))
		continue;
	assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) / 4096 * 4096 -
	    (off_t)leave), 0);
	close(fd);
}

static void
ballast_remove(const char *dir)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/ballast", dir);
	assert_int_equal(unlink(path), 0);
}

static enum err
put_number(uint32_t number)
{
	static char text[3000];

	memset(text, 't', sizeof(text));
	return test_put(T_META, key_u32(key_none(), number * 2654435761U),
	    (struct str){ text, sizeof(text) });
}

static bool
has_number(uint32_t number)
{
	return test_has(T_META, key_u32(key_none(), number * 2654435761U));
}

/* From full to free again: returns the next number; [stored] is appended. */
static uint32_t
disk_round(const char *dir, size_t leave, uint32_t number, bool *stored)
{
	unsigned failed = 0, tries = 0;
	enum err err;

	ballast_put(dir, leave);
	while (failed < 20) {
		assert_true(++tries < 5000);
		err = put_number(number);
		assert_true(err == OK || err == ERR_DISK);
		failed += err == ERR_DISK;
		stored[number] = err == OK;
		number++;
	}
	for (uint32_t i = 0; i < number; i++)
		assert_int_equal(has_number(i), stored[i]);
	ballast_remove(dir);
	stored[number] = put_number(number) == OK;
	assert_true(stored[number]);
	return number + 1;
}

static void
disk_rounds(const char *dir)
{
	bool *stored = calloc(100000, sizeof(*stored));
	uint32_t number = 0;

	test_dir_config(dir);
	for (size_t i = 0; i < 10; i++) {
		test_start(dir);
		number = disk_round(dir, i * 52 * 1024, number, stored);
		number = disk_round(dir, 0, number, stored);
		test_stop();
		test_start(dir);
		for (uint32_t n = 0; n < number; n++)
			assert_int_equal(has_number(n), stored[n]);
		for (uint32_t n = 0; n < number; n++)
			assert_int_equal(test_step((struct step){
			    .kind = STEP_DEL, .table = T_META,
			    .key = key_u32(key_none(), n * 2654435761U) }), OK);
		memset(stored, 0, number);
		test_stop();
	}
	free(stored);
}

/* A backup to a full disk fails as such and leaves nothing. */
static void
disk_backup(const char *dir)
{
	char home[64], copy[96];
	struct stat st;

	test_dir_make(home);
	test_dir_config(home);
	test_start(home);
	for (uint32_t i = 0; i < 300; i++)
		assert_int_equal(put_number(i), OK);
	snprintf(copy, sizeof(copy), "%s/copy", dir);
	for (size_t leave = 0; leave < 2 << 20; leave += 1 << 18) {
		ballast_put(dir, leave);
		assert_int_equal(store_backup(copy), ERR_DISK);
		assert_int_not_equal(stat(copy, &st), 0);
		ballast_remove(dir);
	}
	assert_int_equal(store_backup(copy), OK);
	assert_int_equal(put_number(1), OK);
	test_stop();
	test_dir_remove(copy);
	test_dir_remove(home);
}

static void
disk_open(const char *dir)
{
	ballast_put(dir, 0);
	assert_int_equal(test_store_open(dir), ERR_DISK);
	ballast_remove(dir);
	assert_int_equal(test_store_open(dir), OK);
	store_close();
	dir_clear(dir, false);
}

static void
test_disk_full(void **state)
{
	char dir[64];

	(void)state;
	test_dir_make(dir);
	if (unshare(CLONE_NEWNS) != 0)
		fail_msg("needs root: %s", strerror(errno));
	/* Where "/" is no mount point of ours (chroot) there is nothing to hide. */
	(void)!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (mount("tmpfs", dir, "tmpfs", 0, DISK_BYTES) != 0)
		fail_msg("cannot mount: %s", strerror(errno));
	disk_open(dir);
	disk_backup(dir);
	disk_rounds(dir);
	assert_int_equal(umount(dir), 0);
	test_dir_remove(dir);
}

static atomic_int trickles;

static int
trickle_fails(DB_ENV *env, int percent, int *written)
{
	(void)env;
	(void)percent;
	(void)written;
	atomic_fetch_add(&trickles, 1);
	return ENOSPC;
}

static size_t
count_in_file(int fd, const char *word)
{
	char text[4096] = "";
	size_t n = 0;

	assert_true(pread(fd, text, sizeof(text) - 1, 0) >= 0);
	for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
		n++;
	return n;
}

/* The log may be on that very disk: it is told once, not each second. */
static void
test_disk_that_stays_full_is_told_once(void **state)
{
	FILE *said = tmpfile();
	int before = dup(STDERR_FILENO);
	char dir[64];

	(void)state;
	assert_non_null(said);
	test_dir_make(dir);
	test_start(dir);
	dup2(fileno(said), STDERR_FILENO);
	store_tables()->env->memp_trickle = trickle_fails;
	while (atomic_load(&trickles) < 3)
		sched_yield();
	test_stop();
	dup2(before, STDERR_FILENO);
	close(before);
	assert_int_equal(count_in_file(fileno(said), "checkpoint: "), 1);
	fclose(said);
	test_dir_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers_and_writers),
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_disk_that_stays_full_is_told_once),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
