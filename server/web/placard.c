/*
 * The operator's notice, remembered for as long as it has not moved: it stands
 * on every page and changes once a month.
 */
#include "web/placard.h"

#include <pthread.h>
#include <string.h>

#include "im/notice.h"
#include "text/utf8.h"

#define DECK_MAX 60 /* bytes of it in WML */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool known;
	struct watch_set watch;
	char text[NOTICE_MAX];
	size_t len;
} last;

static bool
remembered(struct request *request, struct str *out)
{
	bool good;

	pthread_mutex_lock(&lock);
	good = last.known && !watch_stale(&last.watch, request->now_ms);
	if (good)
		*out = str_dup(&request->arena,
		    (struct str){ last.text, last.len });
	pthread_mutex_unlock(&lock);
	return good;
}

static void
remember(const struct watch_set *watch, struct str text)
{
	pthread_mutex_lock(&lock);
	last.known = true;
	last.watch = *watch;
	last.len = text.len <= sizeof(last.text) ? text.len : 0;
	if (last.len != 0)
		memcpy(last.text, text.p, last.len);
	pthread_mutex_unlock(&lock);
}

enum err
placard_get(struct request *request, struct str *out)
{
	struct object object = { .kind = OBJ_NOTICE };
	struct watch_set watch;
	enum err err = OK;

	watch_add(&request->watch, object);
	watch_begin(&watch);
	watch_add(&watch, object);
	if (!remembered(request, out)) {
		err = notice_get(&request->arena, out);
		if (err == OK)
			remember(&watch, *out);
	}
	if (err == OK && request->key.face == FACE_WML)
		*out = utf8_cut(*out, DECK_MAX);
	return err;
}
