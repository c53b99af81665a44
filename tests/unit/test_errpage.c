/* Every error has a status and words in every language; an error page can be made
 * of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/tree.h"
#include "web/errpage.h"

static const char *const catalogues[] = {
	"templates/en.hdf", "templates/zh-CN.hdf", "templates/zh-TW.hdf",
};

static void
test_every_error_has_a_status(void **state)
{
	(void)state;
	assert_int_equal(errpage_status(OK, false), 200);
	for (enum err err = OK + 1; err < ERR_COUNT; err++)
		if (errpage_status(err, false) < 400 ||
		    errpage_status(err, false) > 599)
			fail_msg("%s: %d", err_name(err),
			    errpage_status(err, false));
}

/* Unknown and not the viewer's, wrong name and wrong password: no difference. */
static void
test_statuses_that_matter(void **state)
{
	(void)state;
	assert_int_equal(errpage_status(ERR_NOT_FOUND, false), 404);
	assert_int_equal(errpage_status(ERR_METHOD, false), 405);
	assert_int_equal(errpage_status(ERR_BODY_LONG, false), 413);
	assert_int_equal(errpage_status(ERR_BUSY, false), 503);
	assert_int_equal(errpage_status(ERR_DISK, false), 507);
	assert_int_equal(errpage_status(ERR_DISK, true), 503);
	/* What WSP has no byte for reaches no phone. */
	for (enum err err = OK; err < ERR_COUNT; err++) {
		int status = errpage_status(err, true);

		assert_true(status == 200 || (status >= 400 && status <= 415) ||
		    (status >= 500 && status <= 505));
	}
	/* 401 would want a WWW-Authenticate (RFC 9110, 15.5.2). */
	for (enum err err = OK; err < ERR_COUNT; err++)
		assert_int_not_equal(errpage_status(err, false), 401);
}

static void
test_every_error_has_words_in_every_language(void **state)
{
	struct arena arena;
	const struct tree *words;
	struct tree *root;
	struct str why;

	(void)state;
	arena_init(&arena, 0);
	for (size_t i = 0; i < sizeof(catalogues) / sizeof(catalogues[0]); i++) {
		assert_int_equal(tree_read(&arena, catalogues[i], &root, &why),
		    OK);
		words = tree_find(tree_find(root, "T"), "error");
		assert_non_null(words);
		for (enum err err = OK + 1; err < ERR_COUNT; err++) {
			struct str key = str_dup(&arena, errpage_key(err));

			if (key.len == 0 || tree_value(words, key.p).len == 0)
				fail_msg("%s: no T.error.%s for %s",
				    catalogues[i], key.p, err_name(err));
		}
	}
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_error_has_a_status),
		cmocka_unit_test(test_statuses_that_matter),
		cmocka_unit_test(test_every_error_has_words_in_every_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
