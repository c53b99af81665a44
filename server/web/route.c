/* The table of all pages, gathered from the page families. */
#include "web/route.h"

static const struct route *const families[] = {
	routes_signin, routes_enter, routes_inbox, routes_friends, routes_person,
	routes_conversation, routes_settings, routes_out, routes_export,
	routes_operations,
};

/* "c12-57" into "c", 12, 57; false when it is not of that shape.  A dot is a
 * letter: of the name of a file. */
static bool
split_segment(struct str path, struct str *letters, uint64_t id[2], unsigned *n)
{
	struct str rest;
	size_t len = 0;

	while (len < path.len && ((path.p[len] >= 'a' && path.p[len] <= 'z') ||
	    path.p[len] == '.'))
		len++;
	*letters = str_head(path, len);
	rest = str_from(path, len);
	*n = 0;
	id[0] = id[1] = 0;
	if (rest.len == 0)
		return true;
	while (rest.len != 0) {
		struct str number = str_split(&rest, '-');

		if (*n == 2 || !str_u64(number, &id[*n]))
			return false;
		++*n;
	}
	return path.p[path.len - 1] != '-';
}

const struct route *
route_find(struct str path, uint64_t id[2])
{
	struct str letters;
	unsigned n;

	if (!split_segment(path, &letters, id, &n))
		return NULL;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		for (const struct route *r = families[i]; r->segment; r++)
			if (r->numbers == n && str_eq(str_c(r->segment), letters))
				return r;
	return NULL;
}
