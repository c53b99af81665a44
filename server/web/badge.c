/*
 * Presence images.  All replies are made at start, one for each state and
 * format and its 304, and constant afterwards; an answer finds the one that the
 * name leads to: two MACs, the remembered choice and the state in memory.  The
 * store is read once for a person (live/shown.h).
 */
#include "web/badge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "live/shown.h"
#include "web/badgeid.h"
#include "web/file.h"

#define PREFIX "/p/"
/* Ageing takes 90 s and more, so this adds little to what a reader waits. */
#define CACHING "public, max-age=30"

static const char *const words[PRESENCE_STATES] = {
	[PRESENCE_OFFLINE] = "offline",
	[PRESENCE_AWAY] = "away",
	[PRESENCE_ONLINE] = "online",
	[PRESENCE_PHONE] = "phone",
	[PRESENCE_BUSY] = "busy",
};

static const struct {
	struct str ending;
	const char *type;
} formats[] = {
	{ STR(".gif"), "image/gif" },
	{ STR(".png"), "image/png" },
	{ STR(".wbmp"), "image/vnd.wap.wbmp" },
	{ STR(".txt"), "text/plain; charset=us-ascii" },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))
#define TXT (FORMATS - 1)

static struct badge {
	struct str body;
	char etag[16];
	struct MHD_Response *whole, *unmodified;
} badges[PRESENCE_STATES][FORMATS];

/* ---- start ---- */

static enum err
read_body(struct str share, unsigned state, unsigned format, struct str *out)
{
	char path[512];

	if (format == TXT) {
		snprintf(path, sizeof(path), "%s\n", words[state]);
		*out = (struct str){ strdup(path), strlen(path) };
		return OK;
	}
	snprintf(path, sizeof(path), "%.*s/data/presence/%s%s", STR_ARGS(share),
	    words[state], formats[format].ending.p);
	return file_read(path, out);
}

static bool
add(struct MHD_Response *response, const char *name, const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

/* `type` NULL: a 304.  Other sites may show it, whatever their policy. */
static struct MHD_Response *
make_response(const struct badge *badge, const char *type)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    type != NULL ? badge->body.len : 0, (void *)badge->body.p,
	    MHD_RESPMEM_PERSISTENT);

	if (response == NULL)
		return NULL;
	if (add(response, "ETag", badge->etag) &&
	    add(response, "Cache-Control", CACHING) && (type == NULL ||
	    (add(response, "Content-Type", type) &&
	    add(response, "Cross-Origin-Resource-Policy", "cross-origin"))))
		return response;
	MHD_destroy_response(response);
	return NULL;
}

static enum err
make_badge(struct str share, unsigned state, unsigned format)
{
	struct badge *badge = &badges[state][format];
	unsigned char hash[16];
	enum err err = read_body(share, state, format, &badge->body);

	if (err != OK)
		return err;
	secret_hash(hash, sizeof(hash), STR_NONE, badge->body);
	snprintf(badge->etag, sizeof(badge->etag), "\"%02x%02x%02x%02x\"",
	    hash[0], hash[1], hash[2], hash[3]);
	badge->whole = make_response(badge, formats[format].type);
	badge->unmodified = make_response(badge, NULL);
	return badge->whole != NULL && badge->unmodified != NULL ? OK :
	    ERR_INTERNAL;
}

enum err
badge_start(struct str share)
{
	enum err err = OK;

	badgeid_start();
	for (unsigned state = 0; state < PRESENCE_STATES; state++)
		for (unsigned format = 0; format < FORMATS; format++)
			if (err == OK)
				err = make_badge(share, state, format);
	return err;
}

void
badge_stop(void)
{
	struct badge *all = &badges[0][0];

	for (unsigned i = 0; i < PRESENCE_STATES * FORMATS; i++) {
		if (all[i].whole != NULL)
			MHD_destroy_response(all[i].whole);
		if (all[i].unmodified != NULL)
			MHD_destroy_response(all[i].unmodified);
		free((char *)all[i].body.p);
		all[i] = (struct badge){ 0 };
	}
}

/* ---- answers ---- */

/* "/p/NAME.gif?anything" into name and format; FORMATS: no image. */
static unsigned
split_target(const char *target, struct str *name)
{
	struct str path = { target, strcspn(target, "?") };

	if (!str_starts(path, STR(PREFIX)))
		return FORMATS;
	path = str_from(path, sizeof(PREFIX) - 1);
	*name = str_split(&path, '.');
	for (unsigned i = 0; i < FORMATS; i++)
		if (str_eq(path, str_from(formats[i].ending, 1)))
			return i;
	return FORMATS;
}

bool
badge_is(const struct request *request)
{
	struct str name;

	return request->method <= METHOD_HEAD && request->target[0] == '/' &&
	    request->target[1] == 'p' &&
	    split_target(request->target, &name) != FORMATS;
}

static enum presence
state_of(struct str name)
{
	struct showing showing;
	enum presence state;
	uint32_t generation;
	uint64_t uid;

	if (!badgeid_read(name, &uid, &generation))
		return PRESENCE_OFFLINE;
	state = shown_presence(uid, &showing);
	return showing.image % 2 == 1 &&
	    (showing.image & BADGEID_GENERATIONS) == generation ? state : PRESENCE_OFFLINE;
}

unsigned
badge_answer(const struct request *request, enum MHD_Result *result)
{
	struct str name;
	unsigned format = split_target(request->target, &name);
	const struct badge *badge = &badges[state_of(name)][format];
	struct str known = str_c(MHD_lookup_connection_value(
	    request->connection, MHD_HEADER_KIND, "If-None-Match"));
	unsigned status = str_find(known, str_c(badge->etag), NULL) ? 304 : 200;

	*result = MHD_queue_response(request->connection, status,
	    status == 304 ? badge->unmodified : badge->whole);
	return status;
}
