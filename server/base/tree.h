#ifndef BASE_TREE_H
#define BASE_TREE_H

#include "base/err.h"
#include "base/str.h"

/*
 * A file of names and values as a tree: `name = value`, `name { ... }`,
 * `name << END` for several lines, `# comment`.  The format is HDF, the one
 * that the templates use; outside of web/ only tree.c knows its library.
 * Values are bytes; order is the file's.
 */
struct tree {
	struct str name, value; /* value: STR_NONE when only children were given */
	struct tree *child, *next;
};

/*
 * Reads a whole file; the tree lives in the arena.  ERR_NOT_FOUND: no such file;
 * ERR_FIELD_BAD: not in this format; *why gets a sentence with path and line.
 */
enum err tree_read(struct arena *arena, const char *path, struct tree **out,
    struct str *why) MUST_USE;

/* The child of that name, or NULL; `tree` may be NULL. */
const struct tree *tree_find(const struct tree *tree, const char *name);
/* Its value, "" when there is none. */
struct str tree_value(const struct tree *tree, const char *name);

#endif
