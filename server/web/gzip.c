/* One packer per serving thread: setting one up costs more than a page. */
#include "web/gzip.h"

#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

#define LEVEL 4 /* between speed and size; pages are small */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void
packer_free(void *packer)
{
	deflateEnd(packer);
	free(packer);
}

static void
make_key(void)
{
	if (pthread_key_create(&key, packer_free) != 0)
		abort();
}

static z_stream *
packer_get(void)
{
	z_stream *packer;

	pthread_once(&once, make_key);
	packer = pthread_getspecific(key);
	if (packer != NULL)
		return packer;
	packer = calloc(1, sizeof(*packer));
	if (packer == NULL)
		abort();
	if (deflateInit2(packer, LEVEL, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK) {
		free(packer);
		return NULL;
	}
	pthread_setspecific(key, packer);
	return packer;
}

bool
gzip_pack(struct arena *arena, struct str *body)
{
	z_stream *packer = packer_get();
	bool whole;
	char *out;
	size_t len;

	if (packer == NULL)
		return false;
	out = arena_raw(arena, body->len);
	packer->next_in = (unsigned char *)body->p;
	packer->avail_in = (unsigned)body->len;
	packer->next_out = (unsigned char *)out;
	packer->avail_out = (unsigned)body->len;
	whole = deflate(packer, Z_FINISH) == Z_STREAM_END;
	len = body->len - packer->avail_out;
	deflateReset(packer);
	if (whole)
		*body = (struct str){ out, len };
	return whole;
}
