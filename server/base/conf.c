/*
 * The option table and what reads by it.
 *
 * Each option is one row: where it lies in struct conf, how its text is read
 * and which range it has.  Every kind has one reader, which also says what it
 * expects, so that a wrong value is answered with the right one.  A value is
 * checked whole before anything is changed.
 */
#include "base/conf.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tree.h"

enum kind { TEXT, CHOICE, NUMBER, SIGNED, YES_NO, LISTEN, ADDRESSES, ORIGINS };

struct option {
	const char *name;
	enum kind kind;
	size_t offset;	      /* into struct conf */
	const char *initial;
	const char *expected; /* CHOICE: the words; numbers: the unit, or "" */
	int64_t min, max;     /* TEXT: of its length in bytes */
};

#define OPTION(field, kind_, ...) \
	{ .name = #field, .kind = kind_, .offset = offsetof(struct conf, field), \
	  __VA_ARGS__ }
#define RANGE(a, b, unit) .min = (a), .max = (b), .expected = (unit)

/* In the order in which the manual page has them. */
static const struct option options[] = {
	OPTION(listen, LISTEN, .initial = "127.0.0.1:8080"),
	OPTION(dir, TEXT, .initial = "data/db", RANGE(1, 4000, "a directory")),
	OPTION(share, TEXT, .initial = "", RANGE(0, 400, "a directory")),
	OPTION(origins, ORIGINS, .initial = ""),
	OPTION(proxies, ADDRESSES, .initial = ""),
	OPTION(lang, CHOICE, .initial = "zh-CN", .expected = "zh-CN zh-TW en"),
	OPTION(zone_minutes, SIGNED, .initial = "480", RANGE(-720, 840, "minutes")),
	OPTION(log_level, CHOICE, .initial = "info",
	    .expected = "error warn info debug"),
	OPTION(threads, NUMBER, .initial = "8", RANGE(1, 256, "")),
	OPTION(pw_threads, NUMBER, .initial = "1", RANGE(1, 64, "")),
	OPTION(connections, NUMBER, .initial = "19500", RANGE(16, 1000000, "")),
	OPTION(connections_address, NUMBER, .initial = "0", RANGE(0, 1000000, "")),
	OPTION(connection_bytes, NUMBER, .initial = "5632",
	    RANGE(4096, 1 << 20, "bytes")),
	OPTION(idle_s, NUMBER, .initial = "60", RANGE(1, 3600, "seconds")),
	OPTION(hold_s, NUMBER, .initial = "25", RANGE(1, 3600, "seconds")),
	OPTION(hold_max_s, NUMBER, .initial = "50", RANGE(1, 3600, "seconds")),
	OPTION(stream_s, NUMBER, .initial = "240", RANGE(1, 3600, "seconds")),
	OPTION(holds, NUMBER, .initial = "19000", RANGE(0, 1000000, "")),
	OPTION(body_max, NUMBER, .initial = "262144",
	    RANGE(1024, 64 << 20, "bytes")),
	OPTION(cache_mb, NUMBER, .initial = "64", RANGE(1, 65536, "megabytes")),
	OPTION(checkpoint_kb, NUMBER, .initial = "4096",
	    RANGE(64, 1 << 20, "kilobytes")),
	OPTION(queue, NUMBER, .initial = "4096", RANGE(128, 1000000, "")),
	OPTION(queue_user, NUMBER, .initial = "64", RANGE(1, 1000000, "")),
	OPTION(registration, YES_NO, .initial = "1"),
	OPTION(test_clock, YES_NO, .initial = "0"),
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* ---- one reader per kind: false, and nothing stored, when it does not fit ---- */

static bool
address_valid(struct str text)
{
	unsigned char bytes[16];
	char z[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(z))
		return false;
	memcpy(z, text.p, text.len);
	z[text.len] = '\0';
	return inet_pton(AF_INET, z, bytes) == 1 ||
	    inet_pton(AF_INET6, z, bytes) == 1;
}

static bool
listen_valid(struct str text)
{
	struct str host = text;
	uint64_t port;

	while (host.len != 0 && host.p[host.len - 1] != ':')
		host.len--;
	if (host.len < 2 || !str_u64(str_from(text, host.len), &port) ||
	    port > 65535)
		return false;
	host.len--;
	if (host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = (struct str){ host.p + 1, host.len - 2 };
	else if (memchr(host.p, ':', host.len) != NULL)
		return false; /* which colon would be the port's? */
	return address_valid(host);
}

static bool
origin_valid(struct str text)
{
	struct str host = STR_NONE;

	if (str_starts(text, STR("http://")))
		host = str_from(text, 7);
	else if (str_starts(text, STR("https://")))
		host = str_from(text, 8);
	for (size_t i = 0; i < host.len; i++)
		if (strchr("/?#@\\\"<>", host.p[i]) != NULL)
			return false;
	return host.len != 0;
}

static bool
choice_valid(struct str words, struct str text)
{
	while (words.len != 0)
		if (str_eq(str_split(&words, ' '), text))
			return true;
	return false;
}

static bool
each_valid(struct str list, bool (*valid)(struct str))
{
	while (list.len != 0) {
		struct str word = str_split(&list, ' ');

		if (word.len != 0 && !valid(word))
			return false;
	}
	return true;
}

static bool
text_valid(const struct option *option, struct str text)
{
	switch (option->kind) {
	case TEXT:
		return (int64_t)text.len >= option->min &&
		    (int64_t)text.len <= option->max;
	case CHOICE:
		return choice_valid(str_c(option->expected), text);
	case LISTEN:
		return listen_valid(text);
	case ADDRESSES:
		return each_valid(text, address_valid);
	case ORIGINS:
		return each_valid(text, origin_valid);
	case NUMBER:
	case SIGNED:
	case YES_NO:
		break;
	}
	return false;
}

static bool
number_read(const struct option *option, struct str text, int64_t *out)
{
	bool minus = option->kind == SIGNED && str_starts(text, STR("-"));
	uint64_t n;

	if (!str_u64(str_from(text, minus), &n) || n > INT64_MAX)
		return false;
	*out = minus ? -(int64_t)n : (int64_t)n;
	return option->kind == YES_NO ? n <= 1 :
	    *out >= option->min && *out <= option->max;
}

static bool
option_set(struct conf *conf, const struct option *option, struct str text)
{
	char *field = (char *)conf + option->offset;
	int64_t n = 0;
	bool is_text = option->kind != NUMBER && option->kind != SIGNED &&
	    option->kind != YES_NO;

	/* A NUL or a line break would change meaning on the way out. */
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.p[i] < ' ')
			return false;
	if (is_text ? !text_valid(option, text) : !number_read(option, text, &n))
		return false;
	switch (option->kind) {
	case NUMBER:
		*(unsigned *)(void *)field = (unsigned)n;
		break;
	case SIGNED:
		*(int *)(void *)field = (int)n;
		break;
	case YES_NO:
		*(bool *)field = n != 0;
		break;
	default:
		*(struct str *)(void *)field = str_dup(&conf->arena, text);
	}
	return true;
}

/* ---- what is said about a wrong value ---- */

static struct str
option_expects(struct arena *arena, const struct option *option)
{
	switch (option->kind) {
	case TEXT:
		return str_c(option->expected);
	case CHOICE:
		return str_fmt(arena, "one of: %s", option->expected);
	case NUMBER:
	case SIGNED:
		return str_fmt(arena, "a number from %lld to %lld%s%s",
		    (long long)option->min, (long long)option->max,
		    option->expected[0] != '\0' ? ", in " : "", option->expected);
	case YES_NO:
		return STR("0 or 1");
	case LISTEN:
		return STR("ADDRESS:PORT or [ADDRESS]:PORT, the address in digits");
	case ADDRESSES:
		return STR("IP addresses with spaces between");
	case ORIGINS:
		return STR("http://host[:port] or https://host[:port], no path, "
		    "with spaces between");
	}
	return STR("something else");
}

static const struct option *
option_find(struct str name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (str_eq(str_c(options[i].name), name))
			return &options[i];
	return NULL;
}

/* ---- the interface ---- */

void
conf_init(struct conf *conf)
{
	*conf = (struct conf){ 0 };
	arena_init(&conf->arena, 0);
	for (size_t i = 0; i < OPTIONS; i++) {
		bool fits = option_set(conf, &options[i],
		    str_c(options[i].initial));

		assert(fits);
	}
}

void
conf_fini(struct conf *conf)
{
	arena_fini(&conf->arena);
}

enum err
conf_set(struct conf *conf, struct str name, struct str value, const char **why)
{
	const struct option *option = option_find(name);
	struct arena *arena = &conf->arena;

	if (option == NULL) {
		*why = str_fmt(arena, "no option is called \"%.*s\"",
		    STR_ARGS(str_head(name, 80))).p;
		return ERR_NOT_FOUND;
	}
	if (!option_set(conf, option, str_trim(value))) {
		*why = str_fmt(arena, "%s = \"%.*s\": should be %s", option->name,
		    STR_ARGS(str_head(value, 200)),
		    option_expects(arena, option).p).p;
		return ERR_FIELD_BAD;
	}
	return OK;
}

enum err
conf_read(struct conf *conf, const char *path)
{
	struct tree *tree;
	struct str text;
	const char *why;
	enum err err = tree_read(&conf->arena, path, &tree, &text);

	if (err != OK) {
		dprintf(STDERR_FILENO, "zhitiao: %.*s\n", STR_ARGS(text));
		return err;
	}
	for (const struct tree *at = tree->child; at != NULL; at = at->next) {
		enum err one = ERR_FIELD_BAD;

		why = "an option has no parts in braces or behind a dot";
		if (at->child == NULL)
			one = conf_set(conf, at->name, at->value, &why);
		if (one != OK)
			dprintf(STDERR_FILENO, "zhitiao: %s: %.*s: %s\n", path,
			    STR_ARGS(at->name), why);
		err = err == OK ? one : err;
	}
	return err;
}

void
conf_print(const struct conf *conf, int fd)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const char *field = (const char *)conf + options[i].offset;
		const char *name = options[i].name;

		switch (options[i].kind) {
		case NUMBER:
			dprintf(fd, "%s = %u\n", name,
			    *(const unsigned *)(const void *)field);
			break;
		case SIGNED:
			dprintf(fd, "%s = %d\n", name,
			    *(const int *)(const void *)field);
			break;
		case YES_NO:
			dprintf(fd, "%s = %d\n", name, *(const bool *)field);
			break;
		default:
			dprintf(fd, "%s = %.*s\n", name,
			    STR_ARGS(*(const struct str *)(const void *)field));
		}
	}
}
