/* Static files: a table, read at start, constant afterwards. */
#include "web/static.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/file.h"

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

enum err
static_start(struct str share)
{
	for (size_t i = 0; i < FILES; i++) {
		struct file *file = &files[i];
		unsigned char hash[16];
		char path[512];

		snprintf(path, sizeof(path), "%.*s/%s", STR_ARGS(share),
		    file->source);
		if (file_read(path, &file->body) != OK)
			return ERR_INTERNAL;
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
