/*
 * Templates and catalogues, one set per serving thread.
 *
 * A set is parsed when a thread first renders and again when the generation
 * has moved (SIGHUP); if the new one does not parse, the thread goes on with
 * the old one.  view_start parses one set at start, so that a broken template
 * stops the daemon before it listens.
 */
#include "web/template.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/view.h"

static const char *const page_names[] = {
	"signin", "register", "inbox", "friends", "blocked", "person",
	"conversation", "write", "message", "resend", "settings", "live",
	"password", "presence", "sessions", "places", "export", "out", "error",
};
#define PAGES (sizeof(page_names) / sizeof(page_names[0]))

static const char *const lang_names[] = { "zh-CN", "zh-TW", "en" };
#define LANGS (sizeof(lang_names) / sizeof(lang_names[0]))

struct template_set {
	unsigned generation;
	HDF *config;			/* escape mode; each parse's data set */
	HDF *catalogue[LANGS];
	CSPARSE *parse[2][PAGES];	/* [wml] */
};

static char *share_dir; /* set once at start */
static _Atomic unsigned generation = 1;
static _Thread_local struct template_set *thread_set;
static pthread_key_t thread_key;

void
template_log(NEOERR *err, const char *what)
{
	STRING text;

	string_init(&text);
	nerr_error_string(err, &text);
	log_error("template %s: %s", what, text.buf);
	string_clear(&text);
	nerr_ignore(&err);
}

static void
set_free(struct template_set *set)
{
	for (unsigned wml = 0; wml < 2; wml++)
		for (unsigned i = 0; i < PAGES; i++)
			cs_destroy(&set->parse[wml][i]);
	for (unsigned i = 0; i < LANGS; i++)
		hdf_destroy(&set->catalogue[i]);
	hdf_destroy(&set->config);
	free(set);
}

static NEOERR *
set_parse(struct template_set *set, bool wml, unsigned page)
{
	char path[64];
	NEOERR *err = cs_init(&set->parse[wml][page], set->config);

	if (err != STATUS_OK)
		return nerr_pass(err);
	err = cgi_register_strfuncs(set->parse[wml][page]);
	if (err != STATUS_OK)
		return nerr_pass(err);
	snprintf(path, sizeof(path), "%s/%s.cs", wml ? "wml" : "html",
	    page_names[page]);
	return nerr_pass(cs_parse_file(set->parse[wml][page], path));
}

static NEOERR *
set_config(struct template_set *set)
{
	char path[512];
	NEOERR *err = hdf_init(&set->config);

	if (err != STATUS_OK)
		return nerr_pass(err);
	err = hdf_set_value(set->config, "Config.VarEscapeMode", "html");
	if (err != STATUS_OK)
		return nerr_pass(err);
	/* Where include: looks, in this order. */
	err = hdf_set_value(set->config, "hdf.loadpaths.0", share_dir);
	if (err != STATUS_OK)
		return nerr_pass(err);
	snprintf(path, sizeof(path), "%s/templates", share_dir);
	return nerr_pass(hdf_set_value(set->config, "hdf.loadpaths.1", path));
}

static NEOERR *
set_load(struct template_set *set)
{
	char path[512];
	NEOERR *err = set_config(set);

	for (unsigned i = 0; i < LANGS && err == STATUS_OK; i++) {
		snprintf(path, sizeof(path), "%s/templates/%s.hdf", share_dir,
		    lang_names[i]);
		err = hdf_init(&set->catalogue[i]);
		if (err == STATUS_OK)
			err = hdf_read_file(set->catalogue[i], path);
	}
	for (unsigned i = 0; i < PAGES && err == STATUS_OK; i++) {
		err = set_parse(set, false, i);
		if (err == STATUS_OK)
			err = set_parse(set, true, i);
	}
	return nerr_pass(err);
}

static struct template_set *
set_new(void)
{
	struct template_set *set = calloc(1, sizeof(*set));
	NEOERR *err;

	if (set == NULL)
		abort();
	set->generation = atomic_load(&generation);
	err = set_load(set);
	if (err == STATUS_OK)
		return set;
	template_log(err, "set");
	set_free(set);
	return NULL;
}

/* Keeps the old set (marked as tried) when the new one does not parse. */
static struct template_set *
set_of_thread(void)
{
	struct template_set *fresh;
	unsigned now = atomic_load(&generation);

	if (thread_set != NULL && thread_set->generation == now)
		return thread_set;
	fresh = set_new();
	if (fresh == NULL) {
		if (thread_set != NULL)
			thread_set->generation = now;
		return thread_set;
	}
	if (thread_set != NULL)
		set_free(thread_set);
	thread_set = fresh;
	pthread_setspecific(thread_key, fresh);
	return thread_set;
}

static int
name_index(const char *const *names, unsigned n, struct str name)
{
	for (unsigned i = 0; i < n; i++)
		if (str_eq(str_c(names[i]), name))
			return (int)i;
	return -1;
}

CSPARSE *
template_get(bool wml, const char *page, struct str lang)
{
	struct template_set *set = set_of_thread();
	int i = name_index(page_names, PAGES, str_c(page));
	int l = name_index(lang_names, LANGS, lang);

	if (set == NULL || i < 0) {
		log_error("no template for page %s", page);
		return NULL;
	}
	set->parse[wml][i]->global_hdf = set->catalogue[l < 0 ? 0 : l];
	return set->parse[wml][i];
}

static void
thread_done(void *value)
{
	set_free(value);
}

enum err
view_start(struct str share)
{
	struct template_set *probe;

	share_dir = strndup(share.p, share.len);
	if (share_dir == NULL || pthread_key_create(&thread_key, thread_done) != 0)
		return ERR_INTERNAL;
	probe = set_new();
	if (probe == NULL)
		return ERR_INTERNAL;
	set_free(probe);
	return OK;
}

void
view_stop(void)
{
	pthread_key_delete(thread_key);
	free(share_dir);
	share_dir = NULL;
}

void
view_reload(void)
{
	atomic_fetch_add(&generation, 1);
}

unsigned
view_generation(void)
{
	return atomic_load(&generation);
}
