#ifndef STORE_LISTED_H
#define STORE_LISTED_H

#include "base/str.h"

/* Keys with times, in memory: the auditor's view of the expiry list. */
struct listed_entry;
struct listed {
	struct listed_entry *entry;
	size_t n, size;
};

void listed_add(struct listed *listed, struct str key, int64_t wall_ms);
void listed_sort(struct listed *listed); /* after the last listed_add */
/* Is `key` there with a time not later than `wall_ms`? */
bool listed_by(const struct listed *listed, struct str key, int64_t wall_ms);
void listed_fini(struct listed *listed);

#endif
