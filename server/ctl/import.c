/*
 * `zhitiao import`: an export's JSON into the store.
 *
 * The file is read twice.  The first time nothing is stored: all of it must be
 * of the format, and every talk that is here already must agree with it, so a
 * file that is refused has changed nothing.  The second time it is brought in by
 * commands of at most IMPORT_GROUP messages, while people go on writing; should
 * one of them be refused then (somebody wrote into that very talk meanwhile),
 * what came before it stays, and is found again when the import is repeated.
 */
#include "ctl/import.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/control.h"
#include "ctl/importjson.h"
#include "im/account.h"
#include "im/conversation.h"
#include "im/import.h"
#include "im/prefs.h"
#include "text/utf8.h"

#define READ_BYTES 65536
#define FUTURE_MS (INT64_C(86400000)) /* clocks differ */

struct import {
	bool dry;		/* the first time: only look */
	struct arena whole;	/* until the end of the file */
	struct arena part;	/* of the talk, or of its messages at hand */
	int64_t latest_ms;	/* no time of the file is behind this */
	struct str me, me_folded;
	uint64_t uid;		/* 0: dry, and not here yet */

	struct str peer;	/* of the talk at hand; none: before the first */
	uint64_t peer_uid, cid;
	uint32_t read_seq, last_seq;
	struct message group[IMPORT_GROUP];
	size_t n;

	struct {
		size_t people, contacts, talks, messages;
	} fresh;
};

static enum err
refuse(struct str *why, struct str sentence)
{
	*why = sentence;
	return ERR_REQUEST;
}

static bool
time_ok(const struct import *import, int64_t ms)
{
	return ms >= 0 && ms <= import->latest_ms;
}

/* A name as this server writes it, so that it is one of an export. */
static bool
name_ok(struct import *import, struct str name, struct str *folded)
{
	struct str shown;

	return utf8_name(&import->part, name, &shown, folded) == OK &&
	    str_eq(shown, name);
}

/* Who has that name; when nobody has, a new account, or 0 if dry. */
static enum err
person(struct import *import, struct import_user *user, uint64_t *uid)
{
	enum err err;

	*uid = 0;
	user->command.run = import_user_run;
	if (import->dry) {
		err = account_find(&import->part, user->name, uid);
		return err == ERR_NOT_FOUND ? OK : err;
	}
	err = committer_run(&user->command);
	*uid = user->uid;
	import->fresh.people += err == OK && user->made;
	return err;
}

/* The other side of a friendship or talk. */
static enum err
other(struct import *import, struct str name, uint64_t *uid, struct str *why)
{
	struct import_user user = { .name = name };
	struct str folded;

	if (!name_ok(import, name, &folded))
		return refuse(why, STR("not a name"));
	if (str_eq(folded, import->me_folded))
		return refuse(why, STR("somebody with themselves"));
	return person(import, &user, uid);
}

/* ---- what the file says, in its order ---- */

static enum err
take_profile(void *to, const struct import_profile *profile, struct str *why)
{
	struct import *import = to;
	struct import_user user = { .name = profile->name,
		.prefs = profile->prefs, .created_ms = profile->created_ms };

	struct str folded;

	if (!name_ok(import, profile->name, &folded))
		return refuse(why, STR("not a name"));
	if (!time_ok(import, profile->created_ms))
		return refuse(why, STR("a time that is to come"));
	if (!prefs_within(profile->prefs))
		return refuse(why, STR("a setting out of range"));
	import->me = str_dup(&import->whole, profile->name);
	import->me_folded = str_dup(&import->whole, folded);
	return person(import, &user, &import->uid);
}

static enum err
take_friend(void *to, const struct import_friend *friend, struct str *why)
{
	struct import *import = to;
	struct import_contact contact = { .command.run = import_contact_run,
		.uid = import->uid, .state = friend->state,
		.remark = friend->remark, .since_ms = friend->since_ms };
	enum err err;

	arena_fini(&import->part);
	if (utf8_chars(friend->remark) > REMARK_MAX_CHARS ||
	    !str_eq(utf8_clean_line(&import->part, friend->remark),
	    friend->remark))
		return refuse(why, STR("a remark that nobody can have typed"));
	if (!time_ok(import, friend->since_ms))
		return refuse(why, STR("a time that is to come"));
	err = other(import, friend->name, &contact.peer, why);
	if (err != OK || import->dry)
		return err;
	err = committer_run(&contact.command);
	import->fresh.contacts += err == OK && contact.changed;
	return err;
}

static enum err
open_talk(struct import *import, int64_t since_ms)
{
	struct import_talk talk = { .command.run = import_talk_run,
		.uid = import->uid, .peer = import->peer_uid,
		.since_ms = since_ms };
	enum err err;

	import->cid = 0;
	if (import->dry) {
		err = conversation_find(NULL, &import->part, import->uid,
		    import->peer_uid, &import->cid);
		return err == ERR_NOT_FOUND ? OK : err;
	}
	err = committer_run(&talk.command);
	import->cid = talk.cid;
	import->fresh.talks += err == OK && talk.made;
	return err;
}

static enum err
take_talk(void *to, const struct import_peer *peer, struct str *why)
{
	struct import *import = to;
	enum err err;

	arena_fini(&import->part);
	if (!time_ok(import, peer->since_ms))
		return refuse(why, STR("a time that is to come"));
	/* So no talk comes twice, which could only be told when it is stored. */
	if (import->peer.len != 0 && str_cmp(import->peer, peer->name) >= 0)
		return refuse(why, STR("talks are not sorted by peer"));
	err = other(import, peer->name, &import->peer_uid, why);
	if (err != OK)
		return err;
	import->peer = str_dup(&import->whole, peer->name);
	import->read_seq = peer->read_seq;
	import->last_seq = 0;
	import->n = 0;
	return open_talk(import, peer->since_ms);
}

/* The messages at hand, against what is here or into it. */
static enum err
put_group(struct import *import, struct str *why)
{
	struct import_messages messages = { .command.run = import_messages_run,
		.cid = import->cid, .list = import->group, .n = import->n };
	enum err err = import->dry ?
	    import_compare(&import->part, &messages) :
	    committer_run(&messages.command);

	if (err == ERR_EXISTS)
		*why = str_fmt(&import->whole, "message %u of %.*s and %.*s is "
		    "not what this server has", messages.differs,
		    STR_ARGS(import->me), STR_ARGS(import->peer));
	if (err == OK && !import->dry)
		import->fresh.messages += messages.fresh;
	import->n = 0;
	arena_fini(&import->part);
	if (err == OK && control_stopping()) {
		*why = STR("the server is stopping");
		return ERR_BUSY;
	}
	return err;
}

/* Fit for the store, and one that the export of this store could hold? */
static enum err
check_line(struct import *import, const struct import_line *line,
    struct str *why)
{
	bool mine = str_eq(line->from, import->me);

	if (line->seq != import->last_seq + 1)
		return refuse(why, STR("messages are not numbered 1, 2, 3"));
	if (!mine && !str_eq(line->from, import->peer))
		return refuse(why, STR("a message from neither of the two"));
	if (!time_ok(import, line->sent_ms))
		return refuse(why, STR("a time that is to come"));
	if (message_check(line->text) != OK ||
	    !str_eq(utf8_clean(&import->part, line->text), line->text))
		return refuse(why, STR("a text that nobody can have typed"));
	return OK;
}

static enum err
take_message(void *to, const struct import_line *line, struct str *why)
{
	struct import *import = to;
	enum err err = check_line(import, line, why);

	if (err != OK)
		return err;
	import->last_seq = line->seq;
	import->group[import->n++] = (struct message){
		.seq = line->seq,
		.sender = str_eq(line->from, import->me) ? import->uid :
		    import->peer_uid,
		.sent_ms = line->sent_ms,
		.text = str_dup(&import->part, line->text),
	};
	return import->n == IMPORT_GROUP ? put_group(import, why) : OK;
}

static enum err
end_talk(void *to, struct str *why)
{
	struct import *import = to;
	struct import_read read = { .command.run = import_read_run,
		.cid = import->cid, .uid = import->uid,
		.seq = import->read_seq };
	enum err err = put_group(import, why);

	return err != OK || import->dry ? err : committer_run(&read.command);
}

/* ---- the file ---- */

static enum err
feed(int fd, struct import_json *json)
{
	char bytes[READ_BYTES];
	enum err err = OK;
	ssize_t n;

	while (err == OK && (n = read(fd, bytes, sizeof(bytes))) > 0)
		err = import_json_feed(json, (struct str){ bytes, (size_t)n });
	return err != OK ? err : import_json_end(json);
}

/* The sentence of a refusal, with the line that it is about; empty when it is
 * the store's, not the file's. */
static struct str
fault_text(struct call *call, struct import_json *json)
{
	struct import_fault fault = import_json_fault(json);

	return fault.why.len == 0 ? STR_NONE : str_fmt(call->arena,
	    "line %llu: %.*s", (unsigned long long)fault.line,
	    STR_ARGS(fault.why));
}

static enum err
read_once(struct call *call, int fd, struct import *import)
{
	const struct import_sink sink = { import, take_profile, take_friend,
		take_talk, take_message, end_talk };
	struct import_json *json = import_json_open(&sink);
	enum err err;

	arena_init(&import->whole, 0);
	arena_init(&import->part, 0);
	import->latest_ms = clock_wall_ms() + FUTURE_MS;
	import->peer = STR_NONE;
	err = lseek(fd, 0, SEEK_SET) == 0 ? feed(fd, json) : ERR_REQUEST;
	if (err != OK)
		call->why = fault_text(call, json);
	import_json_close(json);
	arena_fini(&import->whole);
	arena_fini(&import->part);
	return err;
}

static enum err
read_twice(struct call *call, int fd)
{
	struct import *import = ARENA_NEW(call->arena, struct import);
	enum err err;

	import->dry = true;
	err = read_once(call, fd, import);
	if (err != OK)
		return err;
	import->dry = false;
	err = read_once(call, fd, import);
	if (err == OK)
		sbuf_fmt(call->out, "new people = %zu\nnew friends = %zu\n"
		    "new talks = %zu\nnew messages = %zu\n",
		    import->fresh.people, import->fresh.contacts,
		    import->fresh.talks, import->fresh.messages);
	return err;
}

enum err
import_run(struct call *call)
{
	struct str path = str_dup(call->arena, call->arg[0]);
	struct stat st;
	int fd = open(path.p, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	enum err err;

	if (fd < 0) {
		call->why = str_fmt(call->arena, "%s (for the server)",
		    strerror(errno));
		return ERR_NOT_FOUND;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		err = read_twice(call, fd);
	} else {
		call->why = STR("not a file");
		err = ERR_REQUEST;
	}
	close(fd);
	return err;
}
