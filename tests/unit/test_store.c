/* The store in ordinary times: keys, reads, commands, queue. */
#include "store_test.h"

#include <pthread.h>
#include <signal.h>

struct fixture {
	char dir[64];
	struct arena arena;
};

static int
setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	test_dir_make(fixture->dir);
	arena_init(&fixture->arena, 0);
	test_start(fixture->dir);
	*state = fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fixture = *state;

	test_stop();
	test_dir_remove(fixture->dir);
	arena_fini(&fixture->arena);
	free(fixture);
	return 0;
}

/* ---- reads and writes ---- */

static void
test_keys(void **state)
{
	struct key key = key_u8(key_u32(KEY1(0x0102030405060708), 0x0a0b0c0d),
	    0xff);

	(void)state;
	assert_int_equal(key.len, 13);
	assert_memory_equal(key.p, "\1\2\3\4\5\6\7\10\12\13\14\15\377", 13);
	assert_true(key_get_u64((struct str){ (char *)key.p, 13 }, 0) ==
	    0x0102030405060708);
	assert_int_equal(key_get_u32((struct str){ (char *)key.p, 13 }, 8),
	    0x0a0b0c0d);
}

static void
test_put_get(void **state)
{
	struct fixture *f = *state;
	struct str out;
	char *large = calloc(1, 100000);

	memset(large, 'x', 100000);
	assert_int_equal(store_get(NULL, T_META, KEY1(9), &f->arena, &out),
	    ERR_NOT_FOUND);
	assert_int_equal(test_put(T_META, KEY1(9), STR("nine")), OK);
	assert_int_equal(test_put(T_META, KEY1(10), STR_NONE), OK);
	assert_int_equal(test_put(T_META, KEY1(11),
	    (struct str){ large, 100000 }), OK);
	assert_int_equal(store_get(NULL, T_META, KEY1(9), &f->arena, &out), OK);
	assert_true(str_eq(out, STR("nine")));
	assert_int_equal(store_get(NULL, T_META, KEY1(10), &f->arena, &out),
	    OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(store_get(NULL, T_META, KEY1(11), &f->arena, &out),
	    OK);
	assert_true(str_eq(out, (struct str){ large, 100000 }));
	assert_int_equal(test_step((struct step){ .kind = STEP_INSERT,
	    .table = T_META, .key = KEY1(9), .value = STR("no") }), ERR_EXISTS);
	assert_int_equal(test_step((struct step){ .kind = STEP_DEL,
	    .table = T_META, .key = KEY1(9) }), OK);
	assert_int_equal(test_step((struct step){ .kind = STEP_DEL,
	    .table = T_META, .key = KEY1(9) }), OK);
	assert_false(test_has(T_META, KEY1(9)));
	free(large);
}

/* cid 1..3, each with 1000 messages of many sizes. */
struct fill {
	struct command command;
	uint64_t cid;
	uint32_t first;
};

static size_t
fill_len(uint64_t cid, uint32_t seq)
{
	return seq == 500 ? 40000 : (cid * 7 + seq * 13) % 300;
}

static enum err
fill_run(struct txn *txn, struct command *command)
{
	struct fill *fill = (struct fill *)command;
	char *text = arena_alloc(txn_arena(txn), 40000);
	enum err err = OK;

	memset(text, 'a' + (int)fill->cid, 40000);
	for (uint32_t seq = fill->first; seq < fill->first + 100; seq++)
		if (err == OK)
			err = store_put(txn, T_MSG,
			    key_u32(KEY1(fill->cid), seq), (struct str){ text,
			    fill_len(fill->cid, seq) });
	return err;
}

static void
fill_messages(void)
{
	for (uint64_t cid = 1; cid <= 3; cid++)
		for (uint32_t first = 1; first <= 901; first += 100) {
			struct fill fill = { .command = { .run = fill_run },
				.cid = cid, .first = first };

			assert_int_equal(committer_run(&fill.command), OK);
		}
}

static void
expect_rows(const struct rows *rows, uint64_t cid, uint32_t first, size_t n)
{
	assert_int_equal(rows->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows->row[i].key.len, 12);
		assert_true(key_get_u64(rows->row[i].key, 0) == cid);
		assert_int_equal(key_get_u32(rows->row[i].key, 8), first + i);
		assert_int_equal(rows->row[i].value.len,
		    fill_len(cid, first + (uint32_t)i));
		if (rows->row[i].value.len > 0)
			assert_int_equal(rows->row[i].value.p[0],
			    'a' + (int)cid);
	}
}

static void
test_scan(void **state)
{
	struct fixture *f = *state;
	struct rows rows;

	fill_messages();
	assert_int_equal(store_scan(NULL, T_MSG, KEY1(2), KEY1(2), 2000,
	    &f->arena, &rows), OK);
	expect_rows(&rows, 2, 1, 1000);
	assert_int_equal(store_scan(NULL, T_MSG, KEY1(2),
	    key_u32(KEY1(2), 981), 2000, &f->arena, &rows), OK);
	expect_rows(&rows, 2, 981, 20);
	assert_int_equal(store_scan(NULL, T_MSG, KEY1(1),
	    key_u32(KEY1(1), 490), 20, &f->arena, &rows), OK);
	expect_rows(&rows, 1, 490, 20);
	assert_int_equal(store_scan(NULL, T_MSG, KEY1(4), KEY1(4), 10,
	    &f->arena, &rows), OK);
	assert_int_equal(rows.n, 0);
	assert_int_equal(store_scan(NULL, T_MSG, KEY1(0), KEY1(0), 10,
	    &f->arena, &rows), OK);
	assert_int_equal(rows.n, 0);
	assert_int_equal(store_scan(NULL, T_MSG, key_none(), key_none(), 5000,
	    &f->arena, &rows), OK);
	assert_int_equal(rows.n, 3000);
	assert_int_equal(store_scan(NULL, T_MSG, key_none(), key_none(), 0,
	    &f->arena, &rows), OK);
	assert_int_equal(rows.n, 0);
	assert_int_equal(store_scan(NULL, T_DRAFT, key_none(), key_none(), 5,
	    &f->arena, &rows), OK);
	assert_int_equal(rows.n, 0);
}

struct record_put {
	struct command command;
	uint64_t uid;
	bool insert;
	uint64_t number; /* out */
};

static enum err
record_put_run(struct txn *txn, struct command *command)
{
	struct record_put *self = (struct record_put *)command;
	Rec__User user = REC__USER__INIT, *back;
	enum err err;

	user.name = (ProtobufCBinaryData){ 7, (uint8_t *)"\xe7\xba\xb8\0abc" };
	user.created_ms = 77;
	if ((err = store_next(txn, "test", &self->number)) != OK)
		return err;
	err = self->insert ?
	    store_insert_record(txn, T_USER, KEY1(self->uid), &user.base) :
	    store_put_record(txn, T_USER, KEY1(self->uid), &user.base);
	if (err != OK)
		return err;
	/* Its own write is visible to a command. */
	err = store_get_record(txn, T_USER, KEY1(self->uid),
	    &rec__user__descriptor, txn_arena(txn), &back);
	return err == OK && back->created_ms == 77 ? OK : ERR_INTERNAL;
}

static void
test_records(void **state)
{
	struct fixture *f = *state;
	struct record_put put = { .command = { .run = record_put_run },
		.uid = 5 };
	Rec__User *user;

	assert_int_equal(committer_run(&put.command), OK);
	assert_int_equal(put.number, 1);
	put.insert = true;
	assert_int_equal(committer_run(&put.command), ERR_EXISTS);
	put.uid = 6;
	assert_int_equal(committer_run(&put.command), OK);
	assert_int_equal(put.number, 2); /* the failed one gave its back */
	assert_int_equal(store_get_record(NULL, T_USER, KEY1(5),
	    &rec__user__descriptor, &f->arena, &user), OK);
	assert_int_equal(user->name.len, 7);
	assert_memory_equal(user->name.data, "\xe7\xba\xb8\0abc", 7);
	assert_int_equal(test_put(T_USER, KEY1(7), STR("\xff\xff\xff")), OK);
	assert_int_equal(store_get_record(NULL, T_USER, KEY1(7),
	    &rec__user__descriptor, &f->arena, &user), ERR_INTERNAL);
}

static void
test_reopen(void **state)
{
	struct fixture *f = *state;
	char secret[32];

	assert_int_equal(store_secret().len, 32);
	memcpy(secret, store_secret().p, 32);
	assert_int_equal(test_put(T_CONV, KEY1(1), STR("x")), OK);
	test_stop();
	test_start(f->dir);
	assert_memory_equal(store_secret().p, secret, 32);
	assert_true(test_has(T_CONV, KEY1(1)));
	assert_int_equal(test_put(T_META, key_bytes(key_none(), STR("schema")),
	    STR("\0\0\0\0\0\0\0\3")), OK);
	test_stop();
	assert_int_equal(test_store_open(f->dir), ERR_INTERNAL);
	test_dir_remove(f->dir);
	test_start(f->dir); /* teardown stops it */
	assert_memory_not_equal(store_secret().p, secret, 32);
}

/* An older database stays as it is but for the number; see tests/fixtures. */
static void
test_older_schema(void **state)
{
	struct fixture *f = *state;
	struct key schema = key_bytes(key_none(), STR("schema"));
	struct str value;

	assert_int_equal(test_put(T_CONV, KEY1(1), STR("x")), OK);
	assert_int_equal(test_put(T_META, schema, STR("\0\0\0\0\0\0\0\1")), OK);
	test_stop();
	test_start(f->dir);
	assert_true(test_has(T_CONV, KEY1(1)));
	assert_int_equal(store_get(NULL, T_META, schema, &f->arena, &value), OK);
	assert_int_equal(key_get_u64(value, 0), STORE_SCHEMA);
	assert_int_equal(test_put(T_META, schema, STR("\0\0\0\0\0\0\0\0")), OK);
	test_stop();
	assert_int_equal(test_store_open(f->dir), ERR_INTERNAL);
	test_dir_remove(f->dir);
	test_start(f->dir); /* teardown stops it */
}

static enum err
meta_loss_run(struct txn *txn, struct command *command)
{
	(void)command;
	return store_del(txn, T_META, key_bytes(key_none(), STR("schema")));
}

/* A secret without a schema is damage, not a new database. */
static void
test_a_secret_is_never_replaced(void **state)
{
	struct fixture *f = *state;
	struct command loss = { .run = meta_loss_run };

	assert_int_equal(committer_run(&loss), OK);
	test_stop();
	assert_int_not_equal(test_store_open(f->dir), OK);
	test_dir_remove(f->dir);
	test_start(f->dir); /* teardown stops it */
}

static void
test_second_opener(void **state)
{
	struct fixture *f = *state;
	struct audit audit;

	assert_int_equal(test_store_open(f->dir), ERR_BUSY);
	assert_int_equal(store_verify(f->dir, 2, &audit), ERR_BUSY);
	assert_int_equal(test_put(T_META, KEY1(1), STR("x")), OK);
}

/* ---- batches ---- */

/* Keeps the committer busy until let go, so that a batch can gather. */
struct gate {
	struct command command;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool entered, open;
};

static void
gate_move(struct gate *gate, bool *what)
{
	pthread_mutex_lock(&gate->lock);
	*what = true;
	pthread_cond_broadcast(&gate->moved);
	pthread_mutex_unlock(&gate->lock);
}

static void
gate_wait(struct gate *gate, const bool *what)
{
	pthread_mutex_lock(&gate->lock);
	while (!*what)
		pthread_cond_wait(&gate->moved, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static enum err
gate_run(struct txn *txn, struct command *command)
{
	struct gate *gate = (struct gate *)command;

	(void)txn;
	gate_move(gate, &gate->entered);
	gate_wait(gate, &gate->open);
	return OK;
}

static void
gate_close(struct gate *gate)
{
	*gate = (struct gate){ .command = { .run = gate_run, .user = 999 },
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.moved = PTHREAD_COND_INITIALIZER };
	assert_int_equal(committer_submit(&gate->command), OK);
	gate_wait(gate, &gate->entered);
}

/* What the committer told, in order: t3 = touched 3, d2 = done 2, e = end. */
static char told[4096];

static void
tell(char what, uint64_t number)
{
	size_t len = strlen(told);

	snprintf(told + len, sizeof(told) - len, "%c%ju ", what,
	    (uintmax_t)number);
}

static void
tell_durable(const struct object *objects, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tell('t', objects[i].a);
}

static void
tell_done(struct command *command)
{
	tell('d', command->user);
}

static void
tell_end(void)
{
	tell('e', 0);
}

static void
test_batch(void **state)
{
	struct committer_hooks hooks = { tell_durable, tell_end };
	struct steps steps[3];
	struct gate gate;

	(void)state;
	committer_stop();
	assert_int_equal(committer_start(&hooks), OK);
	gate_close(&gate);
	told[0] = '\0';
	for (uint64_t i = 0; i < 3; i++) {
		steps[i] = (struct steps){ .command = { .run = steps_run,
			.done = tell_done, .user = i }, .step = {
			{ .kind = STEP_TOUCH, .object = { OBJ_CONV, i, 0 } },
			{ .kind = STEP_PUT, .table = T_META,
			    .key = KEY1(100 + i), .value = STR("x") } } };
		steps[i].answer = i == 1 ? ERR_LIMIT : OK;
		assert_int_equal(committer_submit(&steps[i].command), OK);
	}
	gate_move(&gate, &gate.open);
	test_barrier();
	committer_stop();
	assert_int_equal(steps[0].command.err, OK);
	assert_int_equal(steps[1].command.err, ERR_LIMIT);
	assert_int_equal(steps[2].command.err, OK);
	assert_true(test_has(T_META, KEY1(100)));
	assert_false(test_has(T_META, KEY1(101)));
	assert_true(test_has(T_META, KEY1(102)));
	/* After the gate's own end; the barrier may ride in the same batch. */
	assert_non_null(strstr(told, "e0 t0 t2 d0 d1 d2 e0 "));
	assert_int_equal(committer_submit(&steps[0].command), ERR_BUSY);
	assert_int_equal(committer_start(&hooks), OK);
}

/* A command that goes on after a failed insert keeps what it did itself. */
static enum err
tolerant_run(struct txn *txn, struct command *command)
{
	enum err err;

	(void)command;
	err = store_insert(txn, T_META, KEY1(50), STR("first"));
	if (err == OK)
		err = store_insert(txn, T_META, KEY1(50), STR("second"));
	return err == ERR_EXISTS ? OK : ERR_INTERNAL;
}

static void
test_exists_is_an_answer(void **state)
{
	struct fixture *f = *state;
	struct command command = { .run = tolerant_run };
	struct str out;

	assert_int_equal(committer_run(&command), OK);
	assert_int_equal(store_get(NULL, T_META, KEY1(50), &f->arena, &out),
	    OK);
	assert_true(str_eq(out, STR("first")));
}

static void
test_queue_limits(void **state)
{
	struct fixture *f = *state;
	struct committer_hooks hooks = { NULL, NULL };
	struct store_config config = { .dir = f->dir, .cache_bytes = 16 << 20,
		.checkpoint_kb = 4096, .queue_max = 20, .queue_user_max = 4 };
	struct steps steps[22] = { { .answer = OK } };
	struct gate gate;

	test_stop();
	assert_int_equal(store_open(&config), OK);
	assert_int_equal(committer_start(&hooks), OK);
	for (size_t round = 0; round < 50; round++) {
		gate_close(&gate);
		for (size_t i = 0; i < 22; i++)
			steps[i].command = (struct command){ .run = steps_run,
				.user = round * 100 + i / 5 };
		/* 5 of each user, the fifth is over the share: 17 wait. */
		for (size_t i = 0; i < 22; i++)
			assert_int_equal(committer_submit(&steps[i].command),
			    i % 5 == 4 ? ERR_BUSY : OK);
		for (size_t i = 0; i < 4; i++) {
			steps[i * 5 + 4].command.user = 1000000 + i;
			assert_int_equal(committer_submit(
			    &steps[i * 5 + 4].command), i < 2 ? OK : ERR_BUSY);
		}
		gate_move(&gate, &gate.open);
		test_barrier();
	}
}

static void
expect_abort(void (*run)(const char *dir))
{
	char dir[64];
	int status;
	pid_t pid;

	test_dir_make(dir);
	pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		freopen("/dev/null", "w", stderr);
		signal(SIGABRT, SIG_DFL);
		run(dir);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	test_dir_remove(dir);
}

static enum err
careless_run(struct txn *txn, struct command *command)
{
	(void)txn;
	(void)command;
	return store_get(NULL, T_META, KEY1(1), NULL, NULL);
}

/* In a child with a store of its own: threads do not survive a fork. */
static void
careless_child(const char *dir)
{
	struct command command = { .run = careless_run };

	test_start(dir);
	(void)!committer_run(&command);
}

static void
test_null_txn_asserts(void **state)
{
	(void)state;
	expect_abort(careless_child);
}

static void
test_stats(void **state)
{
	struct record_put put = { .command = { .run = record_put_run },
		.uid = 5, .insert = true };
	struct store_stats before, after;

	(void)state;
	test_barrier(); /* the first sweep is over */
	store_stats(&before);
	assert_int_equal(committer_run(&put.command), OK);
	assert_int_equal(committer_run(&put.command), ERR_EXISTS);
	store_stats(&after);
	assert_int_equal(after.commands - before.commands, 2);
	assert_int_equal(after.batches - before.batches, 2);
	assert_int_equal(after.flushes - before.flushes, 1);
	assert_int_equal(after.failures, 0);
	assert_int_equal(after.queue, 0);
	assert_true(after.data_bytes > 0 && after.log_bytes > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keys), TEST(test_put_get), TEST(test_scan),
		TEST(test_records), TEST(test_reopen), TEST(test_older_schema),
		TEST(test_a_secret_is_never_replaced), TEST(test_second_opener),
		TEST(test_batch), TEST(test_exists_is_an_answer),
		TEST(test_queue_limits), TEST(test_stats),
		cmocka_unit_test(test_null_txn_asserts),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
