/* Files shipped with the server, read at start. */
#include "web/file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

enum err
file_read(const char *path, struct str *out)
{
	FILE *in = fopen(path, "rb");
	char *p = NULL;
	long size;

	if (in != NULL && fseek(in, 0, SEEK_END) == 0 &&
	    (size = ftell(in)) >= 0 && fseek(in, 0, SEEK_SET) == 0 &&
	    (p = malloc((size_t)size + 1)) != NULL) {
		*out = (struct str){ p, fread(p, 1, (size_t)size, in) };
		p[out->len] = '\0';
	}
	if (in != NULL)
		fclose(in);
	if (p != NULL)
		return OK;
	log_error("cannot read %s", path);
	return ERR_INTERNAL;
}
