/*
 * What one post reads and writes (message_send_run in server/im/message.c), done
 * by SQLite and by LMDB: the same rows with keys and values of the same sizes in
 * the same order, BATCH posts to a transaction that is durable when it ends.
 * One thread without waiting, so that their rate is the most they give; values are
 * ready-made bytes, where the server's committer packs records and checks rights.
 *
 *	peers sqlite|lmdb DIR TALKS BATCH SECONDS
 *		prints posts, per_s, cpu_us and the times of a transaction
 */
#include <endian.h>
#include <lmdb.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "series.h"

#define KEY_MAX 40
#define MAP_BYTES ((size_t)16 << 30)
#define TALKS_EACH 1000 /* made in one transaction */

enum table { FRIEND, CONV, MEMBER, MSG, SENT, EXPIRY, DRAFT, TABLES };
static const char *const table_names[TABLES] = { "friend", "conv", "member",
	"msg", "sent", "expiry", "draft" };

/* What a key is made of, in this order. */
enum part { END, CID, ME, PEER, SEQ, KIND, HASH, TIME };
static const unsigned part_len[] = { 0, 8, 8, 8, 4, 1, 8, 8 };

struct step {
	enum table table;
	enum part key[8];
	unsigned value; /* bytes to put; 0: get */
	bool empty;	/* put an empty value */
};

/* A post, in the order of message_send_run. */
static const struct step post_steps[] = {
	{ SENT, { ME, KIND, CID, SEQ, HASH }, 0, false },
	{ CONV, { CID }, 0, false },
	{ FRIEND, { PEER, ME }, 0, false },
	{ FRIEND, { ME, PEER }, 0, false },
	{ CONV, { CID }, 0, false },
	{ CONV, { CID }, 75, false },
	{ MSG, { CID, SEQ }, 66, false },
	{ MEMBER, { CID, ME }, 0, false },
	{ MEMBER, { CID, ME }, 14, false },
	{ MEMBER, { CID, PEER }, 0, false },
	{ SENT, { ME, KIND, CID, SEQ, HASH }, 22, false },
	{ EXPIRY, { TIME, KIND, ME, KIND, CID, SEQ, HASH }, 0, true },
	{ DRAFT, { ME, KIND, CID }, 0, false },
};
/* What stands there before the first. */
static const struct step talk_steps[] = {
	{ FRIEND, { PEER, ME }, 30, false },
	{ FRIEND, { ME, PEER }, 30, false },
	{ CONV, { CID }, 75, false },
	{ MEMBER, { CID, ME }, 14, false },
	{ MEMBER, { CID, PEER }, 14, false },
};

struct bytes {
	const void *p;
	size_t len;
};

struct engine {
	const char *name;
	void (*open)(const char *dir);
	void (*begin)(void);
	void (*get)(enum table table, struct bytes key);
	void (*put)(enum table table, struct bytes key, struct bytes value);
	void (*commit)(void);
};

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "peers: %s\n", what);
	exit(1);
}

/* ---- SQLite: WAL, synchronous=FULL ---- */

static struct {
	sqlite3 *db;
	sqlite3_stmt *get[TABLES], *put[TABLES], *begin, *commit;
} lite;

static sqlite3_stmt *
lite_prepare(const char *before, const char *table, const char *after)
{
	sqlite3_stmt *statement;
	char text[160];

	snprintf(text, sizeof(text), "%s%s%s", before, table, after);
	must(sqlite3_prepare_v2(lite.db, text, -1, &statement, NULL) ==
	    SQLITE_OK, text);
	return statement;
}

static void
lite_open(const char *dir)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s/peer.sqlite", dir);
	must(sqlite3_open(text, &lite.db) == SQLITE_OK, text);
	must(sqlite3_exec(lite.db, "PRAGMA page_size=8192;"
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	    "PRAGMA cache_size=-65536", NULL, NULL, NULL) == SQLITE_OK, "pragma");
	for (int i = 0; i < TABLES; i++) {
		snprintf(text, sizeof(text), "CREATE TABLE %s (k BLOB PRIMARY "
		    "KEY, v BLOB) WITHOUT ROWID", table_names[i]);
		must(sqlite3_exec(lite.db, text, NULL, NULL, NULL) == SQLITE_OK,
		    text);
		lite.get[i] = lite_prepare("SELECT v FROM ", table_names[i],
		    " WHERE k = ?");
		lite.put[i] = lite_prepare("INSERT OR REPLACE INTO ",
		    table_names[i], " VALUES (?, ?)");
	}
	lite.begin = lite_prepare("BEGIN IMMEDIATE", "", "");
	lite.commit = lite_prepare("COMMIT", "", "");
}

static void
lite_step(sqlite3_stmt *statement, int expected)
{
	int ret = sqlite3_step(statement);

	must(ret == expected || (expected == SQLITE_ROW && ret == SQLITE_DONE),
	    sqlite3_errmsg(lite.db));
	sqlite3_reset(statement);
}

static void
lite_begin(void)
{
	lite_step(lite.begin, SQLITE_DONE);
}

static void
lite_commit(void)
{
	lite_step(lite.commit, SQLITE_DONE);
}

static void
lite_get(enum table table, struct bytes key)
{
	sqlite3_bind_blob(lite.get[table], 1, key.p, (int)key.len, SQLITE_STATIC);
	lite_step(lite.get[table], SQLITE_ROW);
}

static void
lite_put(enum table table, struct bytes key, struct bytes value)
{
	sqlite3_bind_blob(lite.put[table], 1, key.p, (int)key.len, SQLITE_STATIC);
	sqlite3_bind_blob(lite.put[table], 2, value.p, (int)value.len,
	    SQLITE_STATIC);
	lite_step(lite.put[table], SQLITE_DONE);
}

/* ---- LMDB: as it comes, every commit synced ---- */

static struct {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi[TABLES];
} lm;

static void
lm_begin(void)
{
	must(mdb_txn_begin(lm.env, NULL, 0, &lm.txn) == 0, "lmdb begin");
}

static void
lm_commit(void)
{
	must(mdb_txn_commit(lm.txn) == 0, "lmdb commit");
}

static void
lm_open(const char *dir)
{
	must(mdb_env_create(&lm.env) == 0, "lmdb");
	must(mdb_env_set_maxdbs(lm.env, TABLES) == 0 &&
	    mdb_env_set_mapsize(lm.env, MAP_BYTES) == 0 &&
	    mdb_env_open(lm.env, dir, 0, 0600) == 0, "lmdb open");
	lm_begin();
	for (int i = 0; i < TABLES; i++)
		must(mdb_dbi_open(lm.txn, table_names[i], MDB_CREATE,
		    &lm.dbi[i]) == 0, "lmdb table");
	lm_commit();
}

static MDB_val
lm_val(struct bytes bytes)
{
	return (MDB_val){ .mv_size = bytes.len,
		.mv_data = (void *)(uintptr_t)bytes.p };
}

static void
lm_get(enum table table, struct bytes key)
{
	MDB_val k = lm_val(key), v;
	int ret = mdb_get(lm.txn, lm.dbi[table], &k, &v);

	must(ret == 0 || ret == MDB_NOTFOUND, "lmdb get");
}

static void
lm_put(enum table table, struct bytes key, struct bytes value)
{
	MDB_val k = lm_val(key), v = lm_val(value);

	must(mdb_put(lm.txn, lm.dbi[table], &k, &v, 0) == 0, "lmdb put");
}

static const struct engine engines[] = {
	{ "sqlite", lite_open, lite_begin, lite_get, lite_put, lite_commit },
	{ "lmdb", lm_open, lm_begin, lm_get, lm_put, lm_commit },
};

/* ---- posts ---- */

struct post {
	uint64_t cid, me, peer, time, hash;
	uint32_t seq;
};

static size_t
key_make(const struct post *post, const enum part *parts, uint8_t *out)
{
	size_t len = 0;

	for (; *parts != END; len += part_len[*parts++]) {
		const uint64_t value[] = { [CID] = htobe64(post->cid),
		    [ME] = htobe64(post->me), [PEER] = htobe64(post->peer),
		    [SEQ] = htobe64((uint64_t)post->seq << 32), [KIND] = 1,
		    [HASH] = post->hash, [TIME] = htobe64(post->time) };

		memcpy(out + len, &value[*parts], part_len[*parts]);
	}
	return len;
}

static void
steps_do(const struct engine *engine, const struct post *post,
    const struct step *steps, size_t n)
{
	static const char text[128] = "fifty bytes of text as people may write it";
	uint8_t key[KEY_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct step *step = &steps[i];
		struct bytes k = { key, key_make(post, step->key, key) };

		if (step->value == 0 && !step->empty)
			engine->get(step->table, k);
		else
			engine->put(step->table, k,
			    (struct bytes){ text, step->value });
	}
}

#define STEPS(steps) steps, sizeof(steps) / sizeof((steps)[0])

static struct post
post_of(uint64_t number, unsigned talks)
{
	struct timespec now;
	uint64_t talk = number % talks;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct post){ .cid = 1 + talk, .me = 1 + 2 * talk,
		.peer = 2 + 2 * talk, .seq = (uint32_t)(number / talks),
		.time = (uint64_t)now.tv_sec * 1000 +
		    (uint64_t)now.tv_nsec / 1000000,
		.hash = number * UINT64_C(0x9e3779b97f4a7c15) };
}

static void
talks_make(const struct engine *engine, unsigned talks)
{
	for (unsigned i = 0; i < talks; i++) {
		struct post post = post_of(i, talks);

		if (i % TALKS_EACH == 0)
			engine->begin();
		steps_do(engine, &post, STEPS(talk_steps));
		if (i % TALKS_EACH == TALKS_EACH - 1 || i == talks - 1)
			engine->commit();
	}
}

/* ---- measuring ---- */

static void
measure(const struct engine *engine, unsigned talks, unsigned batch,
    double seconds)
{
	int64_t begun = now_ns(), now = begun, last;
	int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	int64_t end = begun + (int64_t)(seconds * SECOND);
	struct series times = { .n = 0 };
	uint64_t posts = 0;

	for (; now < end; posts += batch) {
		last = now;
		engine->begin();
		for (unsigned i = 0; i < batch; i++) {
			struct post post = post_of(talks + posts + i, talks);

			steps_do(engine, &post, STEPS(post_steps));
		}
		engine->commit();
		now = now_ns();
		series_add(&times, now - last);
	}
	cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("posts %llu\nper_s %.1f\ncpu_us %.3f\n",
	    (unsigned long long)posts, (double)posts * 1e9 /
	    (double)(now - begun), (double)cpu / 1e3 / (double)posts);
	series_say("post", &times);
}

int
main(int argc, char **argv)
{
	unsigned talks, batch;

	if (argc != 6)
		return 2;
	talks = (unsigned)strtoul(argv[3], NULL, 10);
	batch = (unsigned)strtoul(argv[4], NULL, 10);
	must(mkdir(argv[2], 0700) == 0, argv[2]);
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (strcmp(engines[i].name, argv[1]) != 0)
			continue;
		engines[i].open(argv[2]);
		talks_make(&engines[i], talks);
		measure(&engines[i], talks, batch, strtod(argv[5], NULL));
		return 0;
	}
	return 2;
}
