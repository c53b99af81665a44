/*
 * Request memory.  A list of malloc'd chunks, newest first; a request that
 * stays under the first chunk costs one malloc.  One thread at a time uses
 * an arena; it may move between threads with the request that owns it.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_CHUNK 8192
#define ARENA_ALIGN 16

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	size_t used;
	_Alignas(ARENA_ALIGN) char mem[];
};

void
arena_init(struct arena *arena, size_t cap)
{
	*arena = (struct arena){ .cap = cap };
}

void
arena_fini(struct arena *arena)
{
	struct arena_chunk *chunk, *next;

	for (chunk = arena->head; chunk != NULL; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*arena = (struct arena){ .cap = arena->cap };
}

static struct arena_chunk *
arena_grow(struct arena *arena, size_t need)
{
	size_t size = ARENA_CHUNK - sizeof(struct arena_chunk);
	struct arena_chunk *chunk;

	if (need > size)
		size = need;
	chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		abort();
	chunk->next = arena->head;
	chunk->size = size;
	chunk->used = 0;
	arena->head = chunk;
	return chunk;
}

void *
arena_raw(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->head;
	void *mem;

	assert(size < SIZE_MAX / 2);
	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (chunk == NULL || chunk->size - chunk->used < size)
		chunk = arena_grow(arena, size);
	mem = chunk->mem + chunk->used;
	chunk->used += size;
	arena->used += size;
	if (arena->cap != 0 && arena->used > arena->cap)
		arena->over = true;
	return mem;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_raw(arena, size), 0, size);
}
