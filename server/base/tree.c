/*
 * Reading HDF into the arena.  The library's own tree lives only inside
 * tree_read; nothing of it leaves this file.
 */
#include "base/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <ClearSilver.h>

/* Copies a level of siblings and all below it. */
static struct tree *
tree_copy(struct arena *arena, HDF *hdf)
{
	struct tree *first = NULL, **end = &first;

	for (; hdf != NULL; hdf = hdf_obj_next(hdf)) {
		struct tree *tree = ARENA_NEW(arena, struct tree);
		char *value = hdf_obj_value(hdf);

		tree->name = str_dup(arena, str_c(hdf_obj_name(hdf)));
		if (value != NULL)
			tree->value = str_dup(arena, str_c(value));
		tree->child = tree_copy(arena, hdf_obj_child(hdf));
		*end = tree;
		end = &tree->next;
	}
	return first;
}

/* The library's words, which name file and line; frees the error. */
static struct str
tree_why(struct arena *arena, NEOERR *error)
{
	struct str why;
	STRING text;

	string_init(&text);
	nerr_error_string(error, &text);
	why = str_trim(str_dup(arena, str_c(text.buf != NULL ? text.buf : "?")));
	string_clear(&text);
	nerr_ignore(&error);
	return why;
}

enum err
tree_read(struct arena *arena, const char *path, struct tree **out,
    struct str *why)
{
	NEOERR *error;
	HDF *hdf = NULL;

	if (access(path, R_OK) != 0) {
		*why = str_fmt(arena, "%s: %s", path, strerror(errno));
		return ERR_NOT_FOUND;
	}
	error = hdf_init(&hdf);
	if (error == STATUS_OK)
		error = hdf_read_file(hdf, path);
	if (error == STATUS_OK) {
		*out = ARENA_NEW(arena, struct tree);
		(*out)->child = tree_copy(arena, hdf_obj_child(hdf));
	} else {
		*why = tree_why(arena, error);
	}
	hdf_destroy(&hdf);
	return error == STATUS_OK ? OK : ERR_FIELD_BAD;
}

const struct tree *
tree_find(const struct tree *tree, const char *name)
{
	const struct tree *child = tree != NULL ? tree->child : NULL;

	while (child != NULL && !str_eq(child->name, str_c(name)))
		child = child->next;
	return child;
}

struct str
tree_value(const struct tree *tree, const char *name)
{
	const struct tree *child = tree_find(tree, name);

	return child != NULL ? child->value : STR_NONE;
}
