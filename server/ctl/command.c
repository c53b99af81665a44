/*
 * The operator's commands, one row each, and what they do inside the server.
 *
 * They run on a thread of the control socket, so they may be slow (a password
 * hash, a backup); all that they change goes through the committer.  Everything
 * lives in the arena of the call.
 */
#include "ctl/command.h"

#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "ctl/import.h"
#include "im/account.h"
#include "im/admin.h"
#include "im/notice.h"
#include "live/hold.h"
#include "live/presence.h"
#include "store/backup.h"
#include "text/utf8.h"
#include "web/auth.h"
#include "web/web.h"

#define PASSWORD_CHARS 12 /* of a made one: 31^12, about 59 bits */
#define ADVANCE_MAX_MS (INT64_C(400) * 86400000)

static enum err
refuse(struct call *call, enum err err, struct str why)
{
	call->why = why;
	return err;
}

/* ---- status, stop, backup, clock ---- */

static enum err
run_status(struct call *call)
{
	struct web_stats web;
	struct hold_stats hold;
	struct store_stats store;

	web_stats(&web);
	hold_stats(&hold);
	store_stats(&store);
	const struct {
		const char *name;
		uint64_t value;
	} lines[] = {
		{ "port", web_port() },
		{ "connections", web.connections },
		{ "held", hold.held },
		{ "requests", web.requests },
		{ "posts", web.posts },
		{ "renders", web.renders },
		{ "memo_hits", web.memo_hits },
		{ "not_modified", web.not_modified },
		{ "errors_5xx", web.errors_5xx },
		{ "resumed", hold.resumed },
		{ "hangups", hold.hangups },
		{ "evicted", hold.evicted },
		{ "users", store.users },
		{ "conversations", store.conversations },
		{ "commands", store.commands },
		{ "batches", store.batches },
		{ "flushes", store.flushes },
		{ "failures", store.failures },
		{ "refused", store.refused },
		{ "queue", store.queue },
		{ "data_bytes", store.data_bytes },
		{ "log_bytes", store.log_bytes },
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		sbuf_fmt(call->out, "%s = %llu\n", lines[i].name,
		    (unsigned long long)lines[i].value);
	return OK;
}

static enum err
run_stop(struct call *call)
{
	call->stop = true;
	return OK;
}

static enum err
run_backup(struct call *call)
{
	enum err err = store_backup(str_dup(call->arena, call->arg[0]).p);

	switch (err) {
	case ERR_EXISTS:
		return refuse(call, err, STR("the directory is not empty"));
	case ERR_BUSY:
		return refuse(call, err, STR("another backup is running"));
	case ERR_INTERNAL:
		return refuse(call, err,
		    STR("the copy did not pass; the server's log says why"));
	default:
		return err;
	}
}

static enum err
run_clock_advance(struct call *call)
{
	uint64_t ms;

	if (!call->conf->test_clock)
		return refuse(call, ERR_METHOD, STR("test_clock is 0"));
	if (!str_u64(call->arg[0], &ms) || ms > ADVANCE_MAX_MS)
		return refuse(call, ERR_FIELD_BAD,
		    STR("the clock goes forward, by milliseconds"));
	clock_advance((int64_t)ms);
	return OK;
}

/* ---- people ---- */

/* No letter that can be taken for another, all of one case: for phones. */
static struct str
password_make(struct arena *arena)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	char *p = arena_alloc(arena, PASSWORD_CHARS + 1);

	for (size_t i = 0; i < PASSWORD_CHARS; i++)
		p[i] = letters[secret_random_u64() % (sizeof(letters) - 1)];
	return (struct str){ p, PASSWORD_CHARS };
}

/* The password of the call, or a new one, which is then told. */
static struct str
password_take(struct call *call)
{
	struct str password = call->arg[1];

	if (password.len == 0) {
		password = password_make(call->arena);
		sbuf_fmt(call->out, "password: %s\n", password.p);
		return password;
	}
	if (utf8_valid(password))
		password = utf8_halfwidth(call->arena, password);
	return password;
}

static enum err
password_hash(struct call *call, struct str password, struct str *out)
{
	char *hash = arena_alloc(call->arena, SECRET_PWHASH_LEN);
	enum err err = secret_pwhash(password, hash);

	*out = str_c(hash);
	return err;
}

static enum err
run_user_add(struct call *call)
{
	struct account_register reg = { .command.run = account_register_run };
	struct str password = password_take(call);
	enum err err = account_check(call->arena, call->arg[0], password,
	    &reg.name, &reg.folded);

	if (err == OK)
		err = password_hash(call, password, &reg.password_hash);
	if (err == OK)
		err = committer_run(&reg.command);
	return err;
}

static enum err
user_find(struct call *call, uint64_t *uid)
{
	if (!utf8_valid(call->arg[0]))
		return ERR_NOT_FOUND;
	return account_find(call->arena, call->arg[0], uid);
}

static enum err
run_user_passwd(struct call *call)
{
	struct account_password change = { .command.run = account_password_run };
	struct str password;
	enum err err = user_find(call, &change.uid);

	if (err != OK)
		return err;
	password = password_take(call);
	if (password.len < PASSWORD_MIN)
		return ERR_PASSWORD_SHORT;
	if (password.len > PASSWORD_MAX)
		return ERR_PASSWORD_LONG;
	err = password_hash(call, password, &change.password_hash);
	if (err == OK)
		err = committer_run(&change.command);
	if (err != OK)
		return err;
	ticket_forget(change.uid);
	presence_gone(change.uid);
	return OK;
}

static enum err
run_user_admin(struct call *call)
{
	struct admin_set set = { .command.run = admin_set_run, .admin = true };
	enum err err = user_find(call, &set.uid);

	return err != OK ? err : committer_run(&set.command);
}

static enum err
run_notice(struct call *call)
{
	struct notice_set set = { .command.run = notice_set_run };

	if (!utf8_valid(call->arg[0]))
		return ERR_TEXT_BYTES;
	set.text = utf8_clean_line(call->arena, call->arg[0]);
	return committer_run(&set.command);
}

/* ---- the table ---- */

static const struct verb {
	const char *name;
	size_t args;
	enum err (*run)(struct call *call);
} verbs[] = {
	{ "status", 0, run_status },
	{ "stop", 0, run_stop },
	{ "backup", 1, run_backup },
	{ "import", 1, import_run },
	{ "user add", 2, run_user_add },
	{ "user passwd", 2, run_user_passwd },
	{ "user admin", 1, run_user_admin },
	{ "notice", 1, run_notice },
	{ "clock advance", 1, run_clock_advance },
};

static const struct {
	enum err err;
	const char *text;
} sentences[] = {
	{ ERR_NOT_FOUND, "nobody has that name" },
	{ ERR_NAME_BAD, "a name is 2 to 32 letters, digits, _ or -" },
	{ ERR_NAME_TAKEN, "that name is taken" },
	{ ERR_PASSWORD_SHORT, "a password has at least 8 bytes" },
	{ ERR_PASSWORD_LONG, "a password has at most 1024 bytes" },
	{ ERR_TEXT_LONG, "a notice has at most 300 bytes" },
	{ ERR_TEXT_BYTES, "the text is not UTF-8" },
	{ ERR_BUSY, "too much to do at this moment: try again" },
	{ ERR_DISK, "no space on the disk: nothing was stored" },
};

static struct str
sentence(struct arena *arena, enum err err)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (sentences[i].err == err)
			return str_c(sentences[i].text);
	return str_fmt(arena, "failed (%s); the server's log says why",
	    err_name(err));
}

static const struct verb *
verb_find(struct str name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (str_eq(str_c(verbs[i].name), name))
			return &verbs[i];
	return NULL;
}

enum err
command_run(struct call *call, struct str line)
{
	const struct verb *verb = verb_find(str_split(&line, '\t'));
	enum err err;

	if (verb == NULL)
		return refuse(call, ERR_REQUEST, STR("no such command"));
	for (size_t i = 0; i < verb->args; i++) {
		call->arg[i] = line;
		if (i + 1 < verb->args)
			call->arg[i] = str_split(&line, '\t');
	}
	err = verb->run(call);
	if (err != OK && call->why.len == 0)
		call->why = sentence(call->arena, err);
	return err;
}
