/*
 * A binary heap with positions kept in the nodes, so that a waiter that got
 * news can leave the heap of deadlines.  Whoever has the heap locks it.  Out
 * of memory ends the process, as everywhere.
 */
#include "live/heap.h"

#include <assert.h>
#include <stdlib.h>

static void
place(struct heap *heap, size_t pos, struct heap_node *node)
{
	heap->at[pos] = node;
	node->pos = pos;
}

static void
sift_up(struct heap *heap, size_t pos, struct heap_node *node)
{
	while (pos > 0) {
		size_t up = (pos - 1) / 2;

		if (heap->at[up]->key <= node->key)
			break;
		place(heap, pos, heap->at[up]);
		pos = up;
	}
	place(heap, pos, node);
}

static void
sift_down(struct heap *heap, size_t pos, struct heap_node *node)
{
	for (;;) {
		size_t child = 2 * pos + 1;

		if (child >= heap->n)
			break;
		if (child + 1 < heap->n &&
		    heap->at[child + 1]->key < heap->at[child]->key)
			child++;
		if (node->key <= heap->at[child]->key)
			break;
		place(heap, pos, heap->at[child]);
		pos = child;
	}
	place(heap, pos, node);
}

void
heap_put(struct heap *heap, struct heap_node *node, int64_t key)
{
	if (heap->n == heap->size) {
		heap->size = heap->size == 0 ? 64 : heap->size * 2;
		heap->at = realloc(heap->at, heap->size * sizeof(*heap->at));
		if (heap->at == NULL)
			abort();
	}
	node->key = key;
	sift_up(heap, heap->n++, node);
}

void
heap_del(struct heap *heap, struct heap_node *node)
{
	size_t pos = node->pos;
	struct heap_node *last;

	assert(pos < heap->n && heap->at[pos] == node);
	last = heap->at[--heap->n];
	if (last == node)
		return;
	if (last->key < node->key)
		sift_up(heap, pos, last);
	else
		sift_down(heap, pos, last);
}

struct heap_node *
heap_top(const struct heap *heap)
{
	return heap->n == 0 ? NULL : heap->at[0];
}

void
heap_fini(struct heap *heap)
{
	free(heap->at);
	*heap = (struct heap){ 0 };
}
