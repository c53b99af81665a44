#ifndef LIVE_HEAP_H
#define LIVE_HEAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * A binary heap of nodes that live inside their items: smallest key first,
 * any node removed in log n.  Holds no memory of the items; not locked.
 */
struct heap_node {
	int64_t key;
	size_t pos; /* the heap's own */
	void *item;
};
struct heap {
	struct heap_node **at;
	size_t n, size;
};

void heap_put(struct heap *heap, struct heap_node *node, int64_t key);
void heap_del(struct heap *heap, struct heap_node *node); /* must be in it */
struct heap_node *heap_top(const struct heap *heap);	  /* NULL: empty */
void heap_fini(struct heap *heap);

#endif
