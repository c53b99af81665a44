/*
 * Soft state: read marks, last activity of users and sessions.
 *
 * A mark is a number under a key that only grows.  Marks live in sharded hash
 * tables; each shard has its lock, never held across a call out of this file.
 * soft_flush copies what has grown since it was last written into commands of
 * at most FLUSH_ROWS marks of one user; a command owns its copy and is freed
 * in done().  Commands only raise what is stored, so order and repetition do
 * not matter, and a failed one is simply due again.
 *
 * A mark that is written is kept for two more flushes before it is dropped:
 * a page that read the store just before the write still finds it here.
 *
 * soft_flush waits while FLUSH_WINDOW commands are on their way, so that a
 * minute's marks never crowd people's own commands out of the queue.  One
 * thread flushes; everything else may be called on any thread.
 */
#include "im/soft.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "im/account.h"
#include "im/conversation.h"

#define SHARDS 64
#define BUCKETS_FIRST 64 /* a power of two; tables double */
#define FLUSH_ROWS 200
#define FLUSH_WINDOW 64
#define KEEP_ROUNDS 2

enum kind { KIND_READ, KIND_SEEN, KIND_SESSION };

struct mark_key {
	uint64_t kind, uid, cid; /* of a session: uid is 0 */
	struct session_hash hash;
};

struct mark {
	struct mark_key key;
	uint64_t uid; /* whose command writes it */
	int64_t value, written;
	uint64_t round;	/* last flush that found it moved */
	struct mark *next;
};

struct shard {
	pthread_mutex_t lock;
	struct mark **bucket;
	size_t buckets, n;
};

static struct shard shards[SHARDS];
static uint64_t flush_round; /* the flushing thread's */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t landed;
	unsigned n;
} in_flight;

/* ---- the tables ---- */

void
soft_init(void)
{
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&shards[i].lock, NULL);
		shards[i].buckets = BUCKETS_FIRST;
		shards[i].n = 0;
		shards[i].bucket = calloc(BUCKETS_FIRST, sizeof(struct mark *));
		if (shards[i].bucket == NULL)
			abort();
	}
	pthread_mutex_init(&in_flight.lock, NULL);
	pthread_cond_init(&in_flight.landed, NULL);
	in_flight.n = 0;
}

static void
chain_free(struct mark *mark)
{
	struct mark *next;

	for (; mark != NULL; mark = next) {
		next = mark->next;
		free(mark);
	}
}

void
soft_fini(void)
{
	assert(in_flight.n == 0);
	for (size_t i = 0; i < SHARDS; i++) {
		for (size_t b = 0; b < shards[i].buckets; b++)
			chain_free(shards[i].bucket[b]);
		free(shards[i].bucket);
		shards[i].bucket = NULL;
		pthread_mutex_destroy(&shards[i].lock);
	}
	pthread_mutex_destroy(&in_flight.lock);
	pthread_cond_destroy(&in_flight.landed);
}

static uint64_t
hash_of(const struct mark_key *key)
{
	return secret_siphash(key, sizeof(*key));
}

/* The shard of a hash, locked; its buckets go by the hash's other bits. */
static struct shard *
shard_lock(uint64_t hash)
{
	struct shard *shard = &shards[hash % SHARDS];

	pthread_mutex_lock(&shard->lock);
	return shard;
}

static struct mark **
bucket_of(struct shard *shard, uint64_t hash)
{
	return &shard->bucket[(hash / SHARDS) & (shard->buckets - 1)];
}

static struct mark *
find(struct shard *shard, uint64_t hash, const struct mark_key *key)
{
	struct mark *mark = *bucket_of(shard, hash);

	while (mark != NULL && memcmp(&mark->key, key, sizeof(*key)) != 0)
		mark = mark->next;
	return mark;
}

static void
grow(struct shard *shard)
{
	struct mark **old = shard->bucket, *mark, *next, **bucket;
	size_t buckets = shard->buckets;

	shard->bucket = calloc(buckets * 2, sizeof(*old));
	if (shard->bucket == NULL)
		abort();
	shard->buckets = buckets * 2;
	for (size_t b = 0; b < buckets; b++) {
		for (mark = old[b]; mark != NULL; mark = next) {
			next = mark->next;
			bucket = bucket_of(shard, hash_of(&mark->key));
			mark->next = *bucket;
			*bucket = mark;
		}
	}
	free(old);
}

static struct mark *
add(struct shard *shard, uint64_t hash, const struct mark_key *key)
{
	struct mark *mark = calloc(1, sizeof(*mark)), **bucket;

	if (mark == NULL)
		abort();
	if (shard->n >= shard->buckets)
		grow(shard);
	bucket = bucket_of(shard, hash);
	mark->key = *key;
	mark->next = *bucket;
	*bucket = mark;
	shard->n++;
	return mark;
}

/* Raises a mark to `value`; returns what it was, at least `floor`. */
static int64_t
raise_mark(const struct mark_key *key, uint64_t uid, int64_t value,
    int64_t floor)
{
	uint64_t hash = hash_of(key);
	struct shard *shard = shard_lock(hash);
	struct mark *mark = find(shard, hash, key);
	int64_t was = floor;

	if (mark != NULL && mark->value > was)
		was = mark->value;
	if (value > was) {
		if (mark == NULL)
			mark = add(shard, hash, key);
		mark->uid = uid;
		mark->value = value;
	}
	pthread_mutex_unlock(&shard->lock);
	return was;
}

static int64_t
get(const struct mark_key *key, int64_t floor)
{
	uint64_t hash = hash_of(key);
	struct shard *shard = shard_lock(hash);
	struct mark *mark = find(shard, hash, key);
	int64_t value = mark != NULL && mark->value > floor ? mark->value : floor;

	pthread_mutex_unlock(&shard->lock);
	return value;
}

/* ---- what the rest of the program sees ---- */

bool
soft_read(uint64_t uid, uint64_t cid, uint32_t seq, uint32_t stored_read,
    uint32_t *was)
{
	struct mark_key key = { .kind = KIND_READ, .uid = uid, .cid = cid };
	int64_t before = raise_mark(&key, uid, seq, stored_read);

	if (was != NULL)
		*was = (uint32_t)before;
	return seq > before;
}

uint32_t
soft_read_get(uint64_t uid, uint64_t cid, uint32_t stored_read)
{
	struct mark_key key = { .kind = KIND_READ, .uid = uid, .cid = cid };

	return (uint32_t)get(&key, stored_read);
}

void
soft_seen(uint64_t uid, const struct session_hash *session, int64_t now_ms)
{
	struct mark_key user = { .kind = KIND_SEEN, .uid = uid };
	struct mark_key key = { .kind = KIND_SESSION };

	raise_mark(&user, uid, now_ms, 0);
	if (session == NULL)
		return;
	key.hash = *session;
	raise_mark(&key, uid, now_ms, 0);
}

int64_t
soft_session_used(const struct session_hash *session, int64_t stored_ms)
{
	struct mark_key key = { .kind = KIND_SESSION, .hash = *session };

	return get(&key, stored_ms);
}

/* ---- writing ---- */

struct flush {
	struct command command;
	size_t n;
	struct mark mark[]; /* copies */
};

static enum err
write_mark(struct txn *txn, const struct mark *mark)
{
	struct member_id id = { mark->key.cid, mark->uid };

	switch ((enum kind)mark->key.kind) {
	case KIND_READ:
		return conversation_read(txn, id, (uint32_t)mark->value);
	case KIND_SEEN:
		return account_seen(txn, mark->uid, mark->value);
	case KIND_SESSION:
		return session_used(txn, &mark->key.hash, mark->value);
	}
	return ERR_INTERNAL;
}

static enum err
flush_run(struct txn *txn, struct command *command)
{
	struct flush *flush = (struct flush *)command;
	enum err err = OK;

	for (size_t i = 0; err == OK && i < flush->n; i++)
		err = write_mark(txn, &flush->mark[i]);
	return err;
}

static void
mark_written(const struct mark *copy)
{
	uint64_t hash = hash_of(&copy->key);
	struct shard *shard = shard_lock(hash);
	struct mark *mark = find(shard, hash, &copy->key);

	if (mark != NULL && mark->written < copy->value)
		mark->written = copy->value;
	pthread_mutex_unlock(&shard->lock);
}

static void
flush_done(struct command *command)
{
	struct flush *flush = (struct flush *)command;

	for (size_t i = 0; command->err == OK && i < flush->n; i++)
		mark_written(&flush->mark[i]);
	free(flush);
	pthread_mutex_lock(&in_flight.lock);
	in_flight.n--;
	pthread_cond_signal(&in_flight.landed);
	pthread_mutex_unlock(&in_flight.lock);
}

/* Waits until at most `n` commands are on their way. */
static void
wait_flight(unsigned n)
{
	pthread_mutex_lock(&in_flight.lock);
	while (in_flight.n > n)
		pthread_cond_wait(&in_flight.landed, &in_flight.lock);
	pthread_mutex_unlock(&in_flight.lock);
}

/* Hands over marks of one user; refused ones stay due. */
static void
submit(const struct mark *mark, size_t n)
{
	struct flush *flush = malloc(sizeof(*flush) + n * sizeof(*mark));

	if (flush == NULL)
		abort();
	flush->command = (struct command){
		.run = flush_run,
		.done = flush_done,
		.user = mark->uid,
	};
	flush->n = n;
	memcpy(flush->mark, mark, n * sizeof(*mark));
	wait_flight(FLUSH_WINDOW - 1);
	pthread_mutex_lock(&in_flight.lock);
	in_flight.n++;
	pthread_mutex_unlock(&in_flight.lock);
	if (committer_submit(&flush->command) != OK) {
		flush->command.err = ERR_BUSY;
		flush_done(&flush->command);
	}
}

/* What is due, copied out of the shards. */
struct due {
	struct mark *mark;
	size_t n, size;
};

static void
due_add(struct due *due, const struct mark *mark)
{
	if (due->n == due->size) {
		due->size = due->size != 0 ? due->size * 2 : 256;
		due->mark = realloc(due->mark, due->size * sizeof(*mark));
		if (due->mark == NULL)
			abort();
	}
	due->mark[due->n++] = *mark;
}

/* Copies the due marks of a chain, drops those written and idle. */
static void
sweep_chain(struct shard *shard, struct mark **link, struct due *due)
{
	struct mark *mark;

	while ((mark = *link) != NULL) {
		if (mark->written < mark->value) {
			mark->round = flush_round;
			due_add(due, mark);
		} else if (mark->round + KEEP_ROUNDS <= flush_round) {
			*link = mark->next;
			free(mark);
			shard->n--;
			continue;
		}
		link = &mark->next;
	}
}

static int
by_user(const void *va, const void *vb)
{
	const struct mark *a = va, *b = vb;

	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	return memcmp(&a->key, &b->key, sizeof(a->key));
}

void
soft_flush(bool all)
{
	struct due due = { 0 };
	size_t first, n;

	flush_round++;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&shards[i].lock);
		for (size_t b = 0; b < shards[i].buckets; b++)
			sweep_chain(&shards[i], &shards[i].bucket[b], &due);
		pthread_mutex_unlock(&shards[i].lock);
	}
	if (due.n != 0)
		qsort(due.mark, due.n, sizeof(*due.mark), by_user);
	for (first = 0; first < due.n; first += n) {
		n = 1;
		while (first + n < due.n && n < FLUSH_ROWS &&
		    due.mark[first + n].uid == due.mark[first].uid)
			n++;
		submit(&due.mark[first], n);
	}
	free(due.mark);
	if (all)
		wait_flight(0);
}
