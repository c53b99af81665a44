/*
 * Telling the story of data/demo.hdf.
 *
 * `people` has who they are; each line of `story` is "AGO WHO VERB WHOM TEXT",
 * AGO in minutes before the start, never growing.  Each line becomes the command
 * that a request of that person would have become, at the time it tells of:
 * the clock starts that far back and walks to now.
 */
#include "ctl/demo.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "im/account.h"
#include "im/contact.h"
#include "im/conversation.h"
#include "im/message.h"
#include "im/soft.h"
#include "live/presence.h"
#include "text/utf8.h"

#define PEOPLE_MAX 32
#define MINUTE_MS INT64_C(60000)

struct person {
	struct str key;	 /* what the story calls them */
	struct str name; /* what everybody else does */
	uint64_t uid;
};

struct story {
	struct arena arena;
	struct person people[PEOPLE_MAX];
	size_t n;
	struct str text; /* the rest of the line that is told */
	const struct person *who, *whom;
};

/* ---- the directory ---- */

static bool
story_begins(const struct tree *data, int64_t *back_ms)
{
	struct str text = str_trim(tree_value(data, "story"));
	uint64_t ago;

	if (!str_u64(str_split(&text, ' '), &ago) || ago > 100000)
		return false;
	*back_ms = (int64_t)ago * MINUTE_MS;
	return true;
}

enum err
demo_open(struct conf *conf, struct demo *demo)
{
	const char *tmp = getenv("TMPDIR");
	struct str path = str_fmt(&conf->arena, "%s/data/demo.hdf", conf->share.p);
	struct str dir = str_fmt(&conf->arena, "%s/zhitiao-demo.XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	struct str why;
	struct tree *data;
	enum err err = tree_read(&conf->arena, path.p, &data, &why);

	if (err != OK) {
		log_error("%s", why.p);
		return err;
	}
	if (!story_begins(data, &demo->back_ms)) {
		log_error("%s: the story has no beginning", path.p);
		return ERR_FIELD_BAD;
	}
	if (mkdtemp((char *)(uintptr_t)dir.p) == NULL) {
		log_error("%s: %s", dir.p, strerror(errno));
		return ERR_DISK;
	}
	conf->dir = dir;
	demo->data = data;
	clock_advance(-demo->back_ms);
	return OK;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
demo_close(const struct conf *conf)
{
	if (nftw(conf->dir.p, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		log_warn("%s: %s", conf->dir.p, strerror(errno));
}

/* ---- people ---- */

static enum err
person_add(struct story *story, const struct tree *tree, struct str hash)
{
	struct account_register reg = { .command.run = account_register_run,
		.password_hash = hash };
	struct account_prefs prefs = { .command.run = account_prefs_run,
		.set = PREFS_LANG, .lang = tree_value(tree, "lang") };
	enum err err = account_check(&story->arena, tree_value(tree, "name"),
	    STR("long enough"), &reg.name, &reg.folded);

	if (err == OK && story->n == PEOPLE_MAX)
		err = ERR_LIMIT;
	if (err == OK)
		err = committer_run(&reg.command);
	if (err == OK && prefs.lang.len != 0) {
		prefs.uid = reg.uid;
		err = committer_run(&prefs.command);
	}
	if (err == OK)
		story->people[story->n++] =
		    (struct person){ tree->name, reg.name, reg.uid };
	return err;
}

static const struct person *
person_find(const struct story *story, struct str key)
{
	for (size_t i = 0; i < story->n; i++)
		if (str_eq(story->people[i].key, key))
			return &story->people[i];
	return NULL;
}

/* ---- verbs ---- */

static enum err
contact(const struct story *story, enum contact_action action)
{
	struct contact_change change = { .command.run = contact_change_run,
		.action = action, .uid = story->who->uid,
		.remark = story->text };

	/* As typed into the form, or by the button beside a person. */
	if (action == CONTACT_ASK)
		change.name = story->whom->name;
	else
		change.peer = story->whom->uid;
	return committer_run(&change.command);
}

static enum err
asks(struct story *story)
{
	return contact(story, CONTACT_ASK);
}

static enum err
accepts(struct story *story)
{
	return contact(story, CONTACT_ACCEPT);
}

static enum err
calls(struct story *story)
{
	return contact(story, CONTACT_REMARK);
}

/* Whoever says something has read what was said before. */
static enum err
says(struct story *story)
{
	struct message_send send = { .command.run = message_send_run,
		.uid = story->who->uid, .form.page = FORM_TALK };
	struct conversation talk;
	uint64_t cid;
	enum err err = conversation_find(NULL, &story->arena, story->who->uid,
	    story->whom->uid, &cid);

	if (err == OK)
		err = conversation_get(&story->arena, cid, story->who->uid,
		    &talk);
	if (err != OK)
		return err;
	soft_read(story->who->uid, cid, talk.last_seq, talk.read_seq, NULL);
	presence_active(story->who->uid, false);
	send.form.page_id = cid;
	send.text = utf8_clean(&story->arena, story->text);
	err = committer_run(&send.command);
	if (err == OK)
		message_sent_read(&send);
	return err;
}

static const struct {
	struct str name;
	enum err (*run)(struct story *story);
} verbs[] = {
	{ { "asks", 4 }, asks },
	{ { "accepts", 7 }, accepts },
	{ { "calls", 5 }, calls },
	{ { "says", 4 }, says },
};

static enum err
verb_run(struct story *story, struct str name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (str_eq(verbs[i].name, name))
			return verbs[i].run(story);
	return ERR_FIELD_BAD;
}

/* ---- the story ---- */

/* `*left_ms` is how far behind the present the clock is. */
static enum err
line_tell(struct story *story, struct str line, int64_t *left_ms)
{
	struct str verb;
	uint64_t ago;

	if (!str_u64(str_split(&line, ' '), &ago) ||
	    ago > (uint64_t)*left_ms / MINUTE_MS)
		return ERR_FIELD_BAD;
	clock_advance(*left_ms - (int64_t)ago * MINUTE_MS);
	*left_ms = (int64_t)ago * MINUTE_MS;
	story->who = person_find(story, str_split(&line, ' '));
	verb = str_split(&line, ' ');
	story->whom = person_find(story, str_split(&line, ' '));
	story->text = line;
	if (story->who == NULL || story->whom == NULL)
		return ERR_NO_SUCH_NAME;
	return verb_run(story, verb);
}

static enum err
story_tell(struct story *story, struct demo *demo)
{
	struct str text = tree_value(demo->data, "story");
	char hash[SECRET_PWHASH_LEN];
	enum err err = secret_pwhash(tree_value(demo->data, "password"), hash);
	const struct tree *people = tree_find(demo->data, "people");
	const struct tree *person = people != NULL ? people->child : NULL;

	for (; err == OK && person != NULL; person = person->next)
		err = person_add(story, person, str_c(hash));
	while (err == OK && text.len != 0) {
		struct str line = str_trim(str_split(&text, '\n'));

		if (line.len != 0)
			err = line_tell(story, line, &demo->back_ms);
		if (err != OK)
			log_error("demo.hdf: %s: %.*s", err_name(err),
			    STR_ARGS(line));
	}
	return err;
}

enum err
demo_load(struct demo *demo)
{
	struct story story = { .n = 0 };
	enum err err;

	arena_init(&story.arena, 0);
	err = story_tell(&story, demo);
	arena_fini(&story.arena);
	clock_advance(demo->back_ms);
	demo->back_ms = 0;
	return err;
}

void
demo_say(const struct conf *conf, const struct demo *demo, const char *url)
{
	struct str try = tree_value(demo->data, "try");
	struct str one = str_split(&try, ' ');

	printf("\nA small community lives in %s until this server stops.\n"
	    "Be %.*s in one window and %.*s in another; the password of both is "
	    "%.*s\n\n    lynx %s\n\nWhat a phone gets:\n\n"
	    "    curl -H 'Accept: text/vnd.wap.wml' %s\n", conf->dir.p,
	    STR_ARGS(one), STR_ARGS(try),
	    STR_ARGS(tree_value(demo->data, "password")), url, url);
}
