/*
 * Collecting a form.  libmicrohttpd's post processor takes it apart; every
 * length is checked where the bytes arrive.
 */
#include "web/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/http.h"

struct body {
	struct MHD_PostProcessor *processor;
	struct arena *arena;
	size_t total;
	bool too_long, bad;
	struct sbuf field[FIELD_COUNT];
	bool started[FIELD_COUNT], closed[FIELD_COUNT];
};

static enum MHD_Result
take_value(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *filename, const char *type, const char *encoding,
    const char *data, uint64_t offset, size_t size)
{
	struct body *body = cls;
	enum field_name name = field_find(str_c(key));

	(void)kind;
	(void)type;
	(void)encoding;
	if (name == FIELD_COUNT || filename != NULL)
		return MHD_YES;
	/* The first value of a name counts. */
	if (offset == 0 && body->started[name])
		body->closed[name] = true;
	if (body->closed[name])
		return MHD_YES;
	body->started[name] = true;
	sbuf_add(&body->field[name], (struct str){ data, size });
	return MHD_YES;
}

struct body *
body_new(struct request *request)
{
	struct body *body = calloc(1, sizeof(*body));

	if (body == NULL)
		abort();
	body->arena = &request->arena;
	body->processor = MHD_create_post_processor(request->connection, 4096,
	    take_value, body);
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		sbuf_init(&body->field[i], &request->arena, field_max(i));
	if (body->processor == NULL)
		request->err = ERR_TYPE;
	return body;
}

void
body_feed(struct request *request, const char *data, size_t len)
{
	struct body *body = request->body;

	body->total += len;
	if (body->total > http_conf->body_max)
		body->too_long = true;
	if (body->too_long || body->bad || body->processor == NULL)
		return;
	if (MHD_post_process(body->processor, data, len) != MHD_YES)
		body->bad = true;
}

static struct str
content_charset(struct str type)
{
	size_t at;
	struct str value;

	if (!str_find_nocase(type, STR("charset="), &at))
		return STR_NONE;
	value = str_from(type, at + 8);
	value = str_trim(str_split(&value, ';'));
	if (value.len >= 2 && value.p[0] == '"')
		value = (struct str){ value.p + 1, value.len - 2 };
	return value;
}

void
body_end(struct request *request)
{
	struct body *body = request->body;

	if (body->processor != NULL &&
	    MHD_destroy_post_processor(body->processor) != MHD_YES)
		body->bad = true;
	body->processor = NULL;
	/* Other values over their length are told when they are decoded. */
	body->too_long = body->too_long || body->field[FIELD_M].failed;
	if (request->err == OK && body->too_long)
		request->err = ERR_BODY_LONG;
	else if (request->err == OK && body->bad)
		request->err = ERR_REQUEST;
}

void
body_decode(struct request *request)
{
	struct body *body = request->body;
	struct str raw[FIELD_COUNT];
	struct form_charset how = {
		.content_type_charset =
		    content_charset(request->header[HEADER_CONTENT_TYPE]),
		.page = request->key.charset,
	};

	if (body == NULL || request->err != OK)
		return;
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		raw[i] = sbuf_str(&body->field[i]);
	request->field_err = field_decode(&request->arena, &how, raw,
	    request->field);
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		if (body->field[i].failed && field_is_text(i))
			request->field_err = ERR_TEXT_LONG;
}

void
body_free(struct body *body)
{
	if (body == NULL)
		return;
	if (body->processor != NULL)
		MHD_destroy_post_processor(body->processor);
	free(body);
}
