/*
 * Makes a community of any size, by the commands the server itself runs.
 *
 *	grow DIR USERS MESSAGES [SEED]
 *		prints who may look at it: lines of "KIND CID UID PEER COUNT TOKEN"
 *
 *	KIND	big	one side of one of the ten biggest talks, COUNT messages
 *		any	of a talk drawn as messages are, with a page or more
 *		few	somebody with COUNT talks, a handful
 *		list	people with more and more talks, the last with the most
 *
 * Shapes: how many friends somebody has and how many messages a talk has follow
 * Zipf's law (some people know everybody, a few talks have most of the
 * messages); lengths are log-normal, many short and few long; three talks of
 * five are Chinese.  Who writes has mostly read; the other side reads later.
 * Messages come in the order of their times, so talks interleave in the tables
 * as they do in life: an hour for each thousand, up to now.  Those of the last
 * four days are remembered with their forms, as the server does.  At the end six
 * talks of seven have been read by both.
 *
 * All is drawn from SEED and the number of the thing that is drawn, never from a
 * running state: a command that is run twice does the same twice.
 */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "im/account.h"
#include "im/contact.h"
#include "im/conversation.h"
#include "im/message.h"
#include "im/session.h"
#include "im/soft.h"
#include "store/committer.h"

#define PEOPLE_STEP 200	   /* done by one command */
#define MESSAGES_STEP 1000 /* the same, and of one moment */
#define STEP_MS INT64_C(3600000)
#define FRIENDS_EACH 10	   /* on average */
#define TALKS_BIG 10
#define TALKS_ANY 500
#define FEW_TALKS 7	   /* one more or less */
#define PEOPLE_FEW 500
#define PAGE_MESSAGES 20
#define TEXT_WORDS 6	   /* or short Chinese words: the median */

static const struct committer_hooks no_hooks;

struct person {
	struct str name;
	uint64_t uid;
	unsigned talks;
	char token[TOKEN_LEN + 1]; /* of a session, or empty */
};

struct pair {
	uint32_t person[2];
	uint64_t cid; /* 0: they are no friends, or not any more */
};

static struct {
	uint64_t seed;
	size_t users, pairs, talks, messages, once_from;
	struct person *person;
	struct pair *pair;
	uint32_t *talk;	   /* pairs that talk, the biggest first */
	double *user_sum;  /* running sums of weights: see draw */
	double *talk_sum;
	struct arena arena;
} world;

/* ---- chance ---- */

enum matter { OF_PAIR, OF_FATE, OF_SHUFFLE, OF_MESSAGE, OF_TEXT, OF_READING,
	OF_PICK };

struct chance {
	uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t
next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct chance
chance_of(enum matter matter, uint64_t number)
{
	struct chance chance = { world.seed ^ number << 4 ^ (uint64_t)matter };

	chance.state = next(&chance);
	return chance;
}

static double
unit(struct chance *chance)
{
	return (double)(next(chance) >> 11) * 0x1p-53;
}

static bool
percent(struct chance *chance, unsigned n)
{
	return next(chance) % 100 < n;
}

/* Running sums of Zipf's weights (k + shift)^-power. */
static double *
sums(size_t n, double power, double shift)
{
	double *sum = calloc(n + 1, sizeof(*sum)), total = 0;

	for (size_t k = 0; k < n; k++)
		sum[k] = total += pow((double)k + 1 + shift, -power);
	return sum;
}

static size_t
draw(struct chance *chance, const double *sum, size_t n)
{
	double at = unit(chance) * sum[n - 1];
	size_t low = 0, high = n - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sum[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* ---- running commands ---- */

struct work {
	struct command command;
	enum err (*one)(struct txn *txn, size_t number);
	size_t first, n;
};

static enum err
work_run(struct txn *txn, struct command *command)
{
	const struct work *work = (const struct work *)command;
	enum err err = OK;

	for (size_t i = 0; i < work->n && err == OK; i++)
		err = work->one(txn, work->first + i);
	return err;
}

/* `one` for all of 0..n-1, `step` by each command, the clock moved after each. */
static void
each(enum err (*one)(struct txn *txn, size_t number), size_t n, size_t step,
    int64_t step_ms)
{
	for (size_t first = 0; first < n; first += step) {
		struct work work = { .command.run = work_run, .one = one,
		    .first = first, .n = n - first < step ? n - first : step };

		if (committer_run(&work.command) != OK) {
			fprintf(stderr, "grow: %s\n", err_name(work.command.err));
			exit(1);
		}
		clock_advance(step_ms);
	}
}

/* ---- people ---- */

static const char *const given[] = { "anna", "小明", "bob", "li", "阿强", "maria",
	"tom", "王芳", "wei", "joe", "晓燕", "chen", "eva", "建国", "ivan", "mei" };

static enum err
person_register(struct txn *txn, size_t number)
{
	struct person *person = &world.person[number];
	struct account_register reg = { .password_hash = STR("!") };
	struct str name = str_fmt(&world.arena, "%s-%zx", given[number % 16], number);
	enum err err;

	/* Nobody signs in by password here. */
	err = account_check(&world.arena, name, STR("long enough"), &reg.name,
	    &reg.folded);
	if (err == OK)
		err = account_register_run(txn, &reg.command);
	person->name = reg.name;
	person->uid = reg.uid;
	return err;
}

static enum err
contact_do(struct txn *txn, struct contact_change change)
{
	return contact_change_run(txn, &change.command);
}

/* Most become friends; some requests stay open, some friendships end. */
static enum err
pair_meet(struct txn *txn, size_t number)
{
	struct pair *pair = &world.pair[number];
	const struct person *a = &world.person[pair->person[0]];
	const struct person *b = &world.person[pair->person[1]];
	struct chance fate = chance_of(OF_FATE, number);
	enum err err = contact_do(txn, (struct contact_change){
	    .action = CONTACT_ASK, .uid = a->uid, .name = b->name });

	if (err != OK || percent(&fate, 2))
		return err;
	err = contact_do(txn, (struct contact_change){ .action = CONTACT_ACCEPT,
	    .uid = b->uid, .peer = a->uid });
	if (err == OK && percent(&fate, 5))
		err = contact_do(txn, (struct contact_change){ .action =
		    CONTACT_REMARK, .uid = a->uid, .peer = b->uid,
		    .remark = STR("老同学") });
	if (err == OK && percent(&fate, 1))
		return contact_do(txn, (struct contact_change){ .action =
		    CONTACT_BLOCK, .uid = a->uid, .peer = b->uid });
	return err != OK ? err : conversation_find(txn, txn_arena(txn), a->uid,
	    b->uid, &pair->cid);
}

/* A set of pairs that were drawn: open addressing, half full at most. */
struct drawn {
	uint64_t *slot, mask;
};

static bool
drawn_add(struct drawn *drawn, uint64_t key)
{
	uint64_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> 20 & drawn->mask;

	for (; drawn->slot[at] != 0; at = (at + 1) & drawn->mask)
		if (drawn->slot[at] == key)
			return false;
	drawn->slot[at] = key;
	return true;
}

/* One side by Zipf's law, the other anybody. */
static void
pairs_draw(void)
{
	size_t possible = world.users * (world.users - 1) / 2;
	struct drawn drawn = { .mask = 1 };
	uint64_t number = 0;

	world.pairs = world.users * FRIENDS_EACH / 2;
	if (world.pairs > possible * 3 / 4)
		world.pairs = possible * 3 / 4;
	while (drawn.mask < world.pairs * 2)
		drawn.mask = drawn.mask * 2 + 1;
	drawn.slot = calloc(drawn.mask + 1, sizeof(*drawn.slot));
	world.pair = calloc(world.pairs, sizeof(*world.pair));
	world.user_sum = sums(world.users, 0.8, 50);
	for (size_t n = 0; n < world.pairs;) {
		struct chance chance = chance_of(OF_PAIR, number++);
		uint32_t a = (uint32_t)draw(&chance, world.user_sum, world.users);
		uint32_t b = (uint32_t)(next(&chance) % world.users);
		uint64_t low = a < b ? a : b, high = a < b ? b : a;

		/* Never 0: the higher one is 1 at least. */
		if (a != b && drawn_add(&drawn, low << 32 | high))
			world.pair[n++] = (struct pair){ .person = { a, b } };
	}
	free(drawn.slot);
}

/* Which talk is how big has nothing to do with its number. */
static void
talks_rank(void)
{
	struct chance chance = chance_of(OF_SHUFFLE, 0);

	world.talk = calloc(world.pairs, sizeof(*world.talk));
	for (uint32_t i = 0; i < world.pairs; i++) {
		size_t at = next(&chance) % (world.talks + 1);

		if (world.pair[i].cid == 0)
			continue;
		world.person[world.pair[i].person[0]].talks++;
		world.person[world.pair[i].person[1]].talks++;
		world.talk[world.talks++] = world.talk[at];
		world.talk[at] = i;
	}
	world.talk_sum = sums(world.talks, 1, 0);
}

/* ---- messages ---- */

static const char *const latin[] = { "ok", "the", "you", "and", "is", "it", "not",
	"I", "to", "a", "we", "see", "come", "tomorrow", "where", "today", "home",
	"bus", "please", "thanks", "haha", "later", "train", "school", "good",
	"dinner", "call", "me", "when", "there", "yes", "maybe" };
static const char *const chinese[] = { "好", "的", "我", "你", "在", "不", "是",
	"了", "吗", "哈哈", "明天", "今天", "晚上", "吃饭", "回家", "没有", "知道",
	"谢谢", "一起", "什么", "时候", "可以", "到了", "手机", "学校", "电话", "马上",
	"车站", "看看", "再见", "嗯", "，" };

/* The logarithm of lengths is normal: one of 1,000 has over 130 words. */
static size_t
text_words(struct chance *chance)
{
	double normal = sqrt(-2 * log(1 - unit(chance))) *
	    cos(2 * M_PI * unit(chance));
	double words = exp(log(TEXT_WORDS) + normal);

	return words < 1 ? 1 : words > 600 ? 600 : (size_t)words;
}

static struct str
text_make(struct arena *arena, size_t number, bool is_chinese)
{
	struct chance chance = chance_of(OF_TEXT, number);
	size_t words = text_words(&chance);
	struct sbuf text;

	sbuf_init(&text, arena, 0);
	for (size_t i = 0; i < words; i++) {
		uint64_t word = next(&chance) % 32;

		if (i > 0 && !is_chinese)
			sbuf_add(&text, STR(" "));
		sbuf_add(&text, str_c(is_chinese ? chinese[word] : latin[word]));
	}
	return sbuf_str(&text);
}

static enum err
message_write(struct txn *txn, size_t number)
{
	struct chance chance = chance_of(OF_MESSAGE, number);
	size_t rank = draw(&chance, world.talk_sum, world.talks);
	const struct pair *pair = &world.pair[world.talk[rank]];
	const struct person *person = &world.person[pair->person[percent(&chance, 50)]];
	struct message_send send = {
		.uid = person->uid,
		.form = { .page = FORM_TALK, .page_id = pair->cid,
		    .count = (uint32_t)number, .once = number >= world.once_from },
		.text = text_make(txn_arena(txn), number, rank % 5 < 3),
	};
	enum err err = OK;

	if (percent(&chance, 90))
		err = conversation_read(txn, (struct member_id){ pair->cid,
		    person->uid }, UINT32_MAX);
	return err != OK ? err : message_send_run(txn, &send.command);
}

/* Six talks of seven are read by both. */
static enum err
talk_read(struct txn *txn, size_t number)
{
	struct chance chance = chance_of(OF_READING, number);
	const struct pair *pair = &world.pair[world.talk[number]];
	enum err err = OK;

	if (next(&chance) % 7 == 0)
		return OK;
	for (size_t side = 0; side < 2 && err == OK; side++)
		err = conversation_read(txn, (struct member_id){ pair->cid,
		    world.person[pair->person[side]].uid }, UINT32_MAX);
	return err;
}

/* ---- who may look ---- */

static const char *
token_of(struct person *person)
{
	struct session_open open = {
		.command.run = session_open_run,
		.uid = person->uid,
		.kind = SESSION_COOKIE,
	};

	if (person->token[0] != '\0')
		return person->token;
	secret_token(person->token);
	open.hash = session_hash_of(str_c(person->token));
	if (committer_run(&open.command) != OK)
		exit(1);
	return person->token;
}

static uint32_t
talk_length(const struct pair *pair)
{
	Rec__Conversation *conv;

	if (conversation_head(NULL, &world.arena, pair->cid, &conv) != OK)
		exit(1);
	return conv->last_seq;
}

static void
viewer_print(const char *kind, const struct pair *pair, size_t side, size_t count)
{
	struct person *person = &world.person[pair->person[side]];

	printf("%s %llu %llu %llu %zu %s\n", kind, (unsigned long long)pair->cid,
	    (unsigned long long)person->uid,
	    (unsigned long long)world.person[pair->person[1 - side]].uid, count,
	    token_of(person));
}

static void
talks_print(void)
{
	size_t tries = 0, any = 0;

	for (size_t i = 0; i < TALKS_BIG && i < world.talks; i++)
		viewer_print("big", &world.pair[world.talk[i]], 0,
		    talk_length(&world.pair[world.talk[i]]));
	while (any < TALKS_ANY && tries < 20 * TALKS_ANY) {
		struct chance chance = chance_of(OF_PICK, tries++);
		const struct pair *pair = &world.pair[world.talk[draw(&chance,
		    world.talk_sum, world.talks)]];
		uint32_t length = talk_length(pair);

		if (length < PAGE_MESSAGES)
			continue;
		viewer_print("any", pair, any % 2, length);
		any++;
	}
}

/* Somebody who has talks, found by a talk of theirs. */
struct talker {
	const struct pair *pair;
	size_t side;
};

static unsigned
talks_of(struct talker talker)
{
	return world.person[talker.pair->person[talker.side]].talks;
}

static struct talker
talker_nth(size_t n)
{
	return (struct talker){ &world.pair[world.talk[n / 2]], n % 2 };
}

static void
few_print(void)
{
	size_t found = 0;

	for (size_t i = 0; i < 2 * world.talks && found < PEOPLE_FEW; i++) {
		struct talker talker = talker_nth(i);
		struct person *person = &world.person[talker.pair->person[talker.side]];

		if (person->token[0] != '\0' && world.users > PEOPLE_FEW)
			continue; /* once each */
		if (person->talks + 1 < FEW_TALKS || person->talks > FEW_TALKS + 1)
			continue;
		viewer_print("few", talker.pair, talker.side, person->talks);
		found++;
	}
}

/* The one with the most talks, but no more than `most`. */
static struct talker
talker_below(unsigned most)
{
	struct talker best = talker_nth(0);

	for (size_t i = 1; i < 2 * world.talks; i++) {
		struct talker talker = talker_nth(i);

		if (talks_of(talker) <= most && (talks_of(best) > most ||
		    talks_of(talker) > talks_of(best)))
			best = talker;
	}
	return best;
}

static void
lists_print(void)
{
	static const unsigned steps[] = { FEW_TALKS, 20, 60, 200, UINT_MAX };
	unsigned before = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct talker talker = talker_below(steps[i]);

		if (talks_of(talker) != before)
			viewer_print("list", talker.pair, talker.side,
			    talks_of(talker));
		before = talks_of(talker);
	}
}

/* ---- the whole ---- */

static void
open_all(const char *dir)
{
	/* Room for the tables' pages, and a checkpoint for each 64 MB of log: the
	 * server that opens this later has its own. */
	const struct store_config config = { .dir = dir,
	    .cache_bytes = UINT64_C(2) << 30, .checkpoint_kb = 64 << 10,
	    .queue_max = 64, .queue_user_max = 64 };

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
	committer_stop();
	soft_fini();
	store_close();
}

static void
grow(void)
{
	size_t remembered = (size_t)(SENT_KEEP_MS / STEP_MS) * MESSAGES_STEP;

	arena_init(&world.arena, 0);
	world.once_from = world.messages > remembered ? world.messages - remembered : 0;
	world.person = calloc(world.users, sizeof(*world.person));
	each(person_register, world.users, PEOPLE_STEP, 0);
	pairs_draw();
	each(pair_meet, world.pairs, PEOPLE_STEP, 0);
	talks_rank();
	each(message_write, world.messages, MESSAGES_STEP, STEP_MS);
	each(talk_read, world.talks, PEOPLE_STEP, 0);
	talks_print();
	few_print();
	lists_print();
	arena_fini(&world.arena);
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	world.users = strtoul(argv[2], NULL, 10);
	world.messages = strtoul(argv[3], NULL, 10);
	world.seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	if (world.users < 2)
		return 2;
	/* Before anything reads the clock: the last messages are of now. */
	clock_advance(-STEP_MS * (int64_t)((world.messages + MESSAGES_STEP - 1) /
	    MESSAGES_STEP));
	open_all(argv[1]);
	grow();
	close_all();
	return 0;
}
