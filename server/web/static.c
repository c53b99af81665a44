/* Static files: a table, read at start, constant afterwards. */
#include "web/static.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static struct file {
	const char *source;	/* below the share directory */
	const char *stem, *ending, *type;
	struct str body;
	char href[48];
} files[] = {
	{ .source = "html/style.css", .stem = "style", .ending = "css",
	  .type = "text/css; charset=utf-8" },
};
#define FILES (sizeof(files) / sizeof(files[0]))

static bool
read_whole(const char *path, struct str *out)
{
	FILE *in = fopen(path, "rb");
	char *p = NULL;
	long size;

	if (in == NULL)
		return false;
	if (fseek(in, 0, SEEK_END) == 0 && (size = ftell(in)) >= 0 &&
	    fseek(in, 0, SEEK_SET) == 0 && (p = malloc((size_t)size + 1)) != NULL) {
		*out = (struct str){ p, fread(p, 1, (size_t)size, in) };
		p[out->len] = '\0';
	}
	fclose(in);
	return p != NULL;
}

enum err
static_start(struct str share)
{
	for (size_t i = 0; i < FILES; i++) {
		struct file *file = &files[i];
		unsigned char hash[16];
		char path[512];

		snprintf(path, sizeof(path), "%.*s/%s", STR_ARGS(share),
		    file->source);
		if (!read_whole(path, &file->body)) {
			log_error("cannot read %s", path);
			return ERR_INTERNAL;
		}
		secret_hash(hash, sizeof(hash), STR_NONE, file->body);
		snprintf(file->href, sizeof(file->href), "/-/%s.%02x%02x%02x%02x.%s",
		    file->stem, hash[0], hash[1], hash[2], hash[3], file->ending);
	}
	return OK;
}

void
static_stop(void)
{
	for (size_t i = 0; i < FILES; i++) {
		free((char *)files[i].body.p);
		files[i].body = STR_NONE;
	}
}

struct str
static_css(void)
{
	return str_c(files[0].href);
}

enum err
static_get(struct request *request)
{
	if (request->method == METHOD_POST || request->method == METHOD_OTHER) {
		request->reply.allow = "GET, HEAD";
		return ERR_METHOD;
	}
	for (size_t i = 0; i < FILES; i++) {
		if (!str_eq(request->path, str_c(files[i].href + 1)))
			continue;
		request->reply.body = files[i].body;
		request->reply.type = files[i].type;
		request->reply.far = true;
		return OK;
	}
	return ERR_NOT_FOUND;
}
