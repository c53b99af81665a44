/*
 * Which sessions are on the expiry list.  Their entry may stand at an earlier time
 * than the row says (the sweeper moves it on then), so it cannot be looked up: the
 * auditor reads the list once and keeps 16 bytes of each entry, sorted.
 */
#include "store/listed.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define FIRST_SIZE 1024

struct listed_entry {
	uint64_t hash;
	int64_t wall_ms;
};

void
listed_add(struct listed *listed, struct str key, int64_t wall_ms)
{
	size_t size;

	if (listed->n == listed->size) {
		size = listed->size != 0 ? 2 * listed->size : FIRST_SIZE;
		listed->entry = realloc(listed->entry,
		    size * sizeof(*listed->entry));
		if (listed->entry == NULL)
			abort();
		listed->size = size;
	}
	listed->entry[listed->n++] = (struct listed_entry){
		secret_siphash(key.p, key.len), wall_ms };
}

static int
by_hash_and_time(const void *va, const void *vb)
{
	const struct listed_entry *a = va, *b = vb;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->wall_ms > b->wall_ms) - (a->wall_ms < b->wall_ms);
}

void
listed_sort(struct listed *listed)
{
	if (listed->n > 0)
		qsort(listed->entry, listed->n, sizeof(*listed->entry),
		    by_hash_and_time);
}

bool
listed_by(const struct listed *listed, struct str key, int64_t wall_ms)
{
	uint64_t hash = secret_siphash(key.p, key.len);
	size_t low = 0, high = listed->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (listed->entry[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < listed->n && listed->entry[low].hash == hash &&
	    listed->entry[low].wall_ms <= wall_ms;
}

void
listed_fini(struct listed *listed)
{
	free(listed->entry);
	*listed = (struct listed){ 0 };
}
