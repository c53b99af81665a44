/*
 * What the bench does below HTTP, with the server's own layers.
 *
 *	inside fill DIR PAIRS SIGNED MESSAGES
 *		makes PAIRS pairs of friends, the first SIGNED of them with an open
 *		session each, and MESSAGES messages in the first pair's talk;
 *		prints "cid uid token" for each person who has a session
 *	inside post DIR DEPTH SECONDS [CHECKPOINT_KB] < lines of that shape
 *		the committer alone: DEPTH messages always on their way, by the
 *		people listed in turn; prints "name value" lines
 *	inside read DIR SECONDS < lines of that shape
 *		the newest 20 messages of their talks in turn: CPU of one such
 *		reading, which is what a page needs of the messages
 *	inside deck < deck
 *		compiled size of a WML deck
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/secret.h"
#include "im/account.h"
#include "im/contact.h"
#include "im/conversation.h"
#include "im/message.h"
#include "im/session.h"
#include "im/soft.h"
#include "store/committer.h"
#include "text/wmlsize.h"

#include "series.h"

#define DEPTH_MAX 256
#define CHECKPOINT_KB 4096 /* log between checkpoints, the server's default */
#define CHUNK 16 /* messages that one command of `fill` stores */

static const struct committer_hooks no_hooks;

static void
open_all(const char *dir, unsigned checkpoint_kb)
{
	/* Else as the sample configuration has them. */
	const struct store_config config = { .dir = dir, .cache_bytes = 64 << 20,
	    .checkpoint_kb = checkpoint_kb, .queue_max = 4096,
	    .queue_user_max = 4096 };

	log_set_level(LOG_WARN);
	secret_init();
	if (store_open(&config) != OK)
		exit(1);
	soft_init();
	if (committer_start(&no_hooks) != OK)
		exit(1);
}

static void
close_all(void)
{
	soft_flush(true);
	committer_stop();
	soft_fini();
	store_close();
}

static void
submit(struct command *command)
{
	const struct timespec moment = { .tv_nsec = 200000 };

	while (committer_submit(command) != OK)
		nanosleep(&moment, NULL);
}

static enum err
nothing_run(struct txn *txn, struct command *command)
{
	(void)txn;
	(void)command;
	return OK;
}

/* All that was submitted before is done. */
static void
wait_all(void)
{
	struct command last = { .run = nothing_run };

	while (committer_run(&last) != OK)
		;
}

static void
must(const struct command *command, const char *what)
{
	if (command->err == OK)
		return;
	fprintf(stderr, "inside: %s: %s\n", what, err_name(command->err));
	exit(1);
}

/* ---- fill ---- */

struct person {
	char name[32];
	struct account_register reg;
	struct contact_change ask;
	struct session_open open;
	char token[TOKEN_LEN + 1];
	uint64_t cid;
};

static void
people_register(struct arena *arena, struct person *people, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct person *p = &people[i];

		snprintf(p->name, sizeof(p->name), "bench-%zu-", i);
		p->reg.command.run = account_register_run;
		/* Nobody signs in by password here. */
		p->reg.password_hash = STR("!");
		if (account_check(arena, str_c(p->name), STR("long enough"),
		    &p->reg.name, &p->reg.folded) != OK)
			exit(1);
		submit(&p->reg.command);
	}
	wait_all();
	for (size_t i = 0; i < n; i++)
		must(&people[i].reg.command, "register");
}

static void
people_befriend(struct person *people, size_t n)
{
	for (int accept = 0; accept < 2; accept++) {
		for (size_t i = 0; i < n; i += 2) {
			struct person *who = &people[i + (size_t)accept];
			struct person *whom = &people[i + 1 - (size_t)accept];

			who->ask.command.run = contact_change_run;
			who->ask.action = accept ? CONTACT_ACCEPT : CONTACT_ASK;
			who->ask.uid = who->reg.uid;
			who->ask.peer = whom->reg.uid;
			if (!accept)
				who->ask.name = str_c(whom->name);
			submit(&who->ask.command);
		}
		wait_all();
		for (size_t i = (size_t)accept; i < n; i += 2)
			must(&people[i].ask.command, "befriend");
	}
}

static void
people_sign_in(struct person *people, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct person *p = &people[i];

		secret_token(p->token);
		p->open = (struct session_open){
			.command.run = session_open_run,
			.hash = session_hash_of(str_c(p->token)),
			.uid = p->reg.uid,
			.kind = SESSION_COOKIE,
		};
		submit(&p->open.command);
	}
	wait_all();
	for (size_t i = 0; i < n; i++)
		must(&people[i].open.command, "session");
}

struct chunk {
	struct command command;
	uint64_t uid[2], cid;
	size_t first, n;
};

static enum err
chunk_run(struct txn *txn, struct command *command)
{
	struct chunk *chunk = (struct chunk *)command;
	enum err err = OK;

	for (size_t i = 0; i < chunk->n && err == OK; i++) {
		size_t number = chunk->first + i;
		struct message_send send = {
			.uid = chunk->uid[number % 2],
			.form = { .page = FORM_TALK, .page_id = chunk->cid },
			.text = str_fmt(txn_arena(txn), "message %zu and some forty "
			    "more bytes as people write them", number),
		};

		err = message_send_run(txn, &send.command);
	}
	return err;
}

static void
talk_fill(const struct person *pair, size_t messages)
{
	size_t n = (messages + CHUNK - 1) / CHUNK;
	struct chunk *chunks = calloc(n + 1, sizeof(*chunks));

	for (size_t i = 0; i < n; i++) {
		chunks[i] = (struct chunk){
			.command.run = chunk_run,
			.uid = { pair[0].reg.uid, pair[1].reg.uid },
			.cid = pair[0].cid,
			.first = i * CHUNK,
			.n = messages - i * CHUNK < CHUNK ? messages - i * CHUNK : CHUNK,
		};
		submit(&chunks[i].command);
	}
	wait_all();
	for (size_t i = 0; i < n; i++)
		must(&chunks[i].command, "message");
	free(chunks);
}

static void
fill(size_t pairs, size_t pairs_signed, size_t messages)
{
	size_t n = 2 * pairs, shown = 2 * (pairs_signed < pairs ? pairs_signed : pairs);
	struct person *people = calloc(n, sizeof(*people));
	struct arena arena;

	arena_init(&arena, 0);
	people_register(&arena, people, n);
	people_befriend(people, n);
	people_sign_in(people, shown);
	for (size_t i = 0; i < shown; i++)
		if (conversation_find(NULL, &arena, people[i].reg.uid,
		    people[i ^ 1].reg.uid, &people[i].cid) != OK)
			exit(1);
	talk_fill(people, messages);
	for (size_t i = 0; i < shown; i++)
		printf("%llu %llu %s\n", (unsigned long long)people[i].cid,
		    (unsigned long long)people[i].reg.uid, people[i].token);
	arena_fini(&arena);
	free(people);
}

/* ---- post ---- */

struct poster {
	struct message_send send;
	char text[96];
	int64_t begun;
};

static struct {
	struct {
		uint64_t cid, uid;
	} *people;
	size_t n, next;
	bool over, counting;
	uint64_t number, failed;
	struct series series;
} alone;

static void
poster_next(struct poster *poster)
{
	size_t who = alone.next++ % alone.n;
	int len = snprintf(poster->text, sizeof(poster->text),
	    "#%llu! fifty bytes of text as people may write it",
	    (unsigned long long)++alone.number);
	void (*done)(struct command *) = poster->send.command.done;

	poster->send = (struct message_send){
		.command = { .run = message_send_run, .done = done,
		    .user = alone.people[who].uid },
		.uid = alone.people[who].uid,
		.form = { .page = FORM_TALK, .page_id = alone.people[who].cid,
		    .once = true },
		.text = { poster->text, (size_t)len },
	};
	poster->begun = now_ns();
	submit(&poster->send.command);
}

/* Committer thread: keeps it as busy as it can be. */
static void
poster_done(struct command *command)
{
	struct poster *poster = (struct poster *)command;

	if (poster->send.command.err != OK || poster->send.repeated)
		alone.failed++;
	else
		message_sent_read(&poster->send);
	if (alone.counting)
		series_add(&alone.series, now_ns() - poster->begun);
	if (!alone.over)
		poster_next(poster);
}

static void
read_people(void)
{
	char text[512];
	unsigned long long cid, uid;

	alone.people = calloc(DEPTH_MAX * 16, sizeof(*alone.people));
	while (alone.n < DEPTH_MAX * 16 && fgets(text, sizeof(text), stdin) != NULL)
		if (sscanf(text, "%llu %llu", &cid, &uid) == 2) {
			alone.people[alone.n].cid = cid;
			alone.people[alone.n++].uid = uid;
		}
	/* Texts of an earlier run under the same form would be repeats. */
	alone.number = secret_random_u64() >> 16;
}

static void
nap(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds,
	    .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) };

	nanosleep(&t, NULL);
}

static void
post(size_t depth, double seconds)
{
	static struct poster posters[DEPTH_MAX];
	int64_t begun, cpu;
	double took;
	uint64_t posts;

	read_people();
	for (size_t i = 0; i < depth && i < DEPTH_MAX; i++) {
		posters[i].send.command.done = poster_done;
		poster_next(&posters[i]);
	}
	nap(0.3);
	cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	begun = now_ns();
	alone.counting = true;
	nap(seconds);
	alone.counting = false;
	took = (double)(now_ns() - begun) / SECOND;
	cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	alone.over = true;
	wait_all();
	posts = alone.series.n;
	printf("posts %llu\nfailed %llu\nper_s %.1f\ncpu_us %.3f\n",
	    (unsigned long long)posts, (unsigned long long)alone.failed,
	    (double)posts / took, (double)cpu / 1e3 / (double)posts);
	series_say("post", &alone.series);
}

/* ---- read ---- */

#define READ_ROWS 20

static size_t
read_newest(struct arena *arena, size_t who)
{
	struct conversation talk;
	struct message *messages;
	size_t n;

	if (conversation_get(arena, alone.people[who].cid, alone.people[who].uid,
	    &talk) != OK || message_list(arena, alone.people[who].cid,
	    talk.last_seq > READ_ROWS ? talk.last_seq - READ_ROWS + 1 : 1,
	    talk.last_seq, &messages, &n) != OK)
		exit(1);
	return n;
}

static void
read_talks(double seconds)
{
	struct arena arena;
	int64_t end = now_ns() + (int64_t)(seconds * SECOND), cpu;
	size_t reads = 0, rows = 0;

	read_people();
	arena_init(&arena, 0);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (; now_ns() < end; reads++) {
		rows += read_newest(&arena, reads % alone.n);
		arena_fini(&arena);
	}
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	printf("reads %zu\nrows %.1f\ncpu_us %.3f\n", reads,
	    (double)rows / (double)reads, (double)cpu / 1e3 / (double)reads);
}

static void
deck(void)
{
	static char text[65536];

	printf("%zu\n", wmlsize((struct str){ text,
	    fread(text, 1, sizeof(text), stdin) }));
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "deck") == 0) {
		deck();
		return 0;
	}
	if (argc < 4)
		return 2;
	open_all(argv[2], strcmp(argv[1], "post") == 0 && argc == 6 ?
	    (unsigned)strtoul(argv[5], NULL, 10) : CHECKPOINT_KB);
	if (strcmp(argv[1], "fill") == 0 && argc == 6)
		fill(strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10),
		    strtoul(argv[5], NULL, 10));
	else if (strcmp(argv[1], "read") == 0)
		read_talks(strtod(argv[3], NULL));
	else if (strcmp(argv[1], "post") == 0 && argc >= 5)
		post(strtoul(argv[3], NULL, 10), strtod(argv[4], NULL));
	close_all();
	return 0;
}
