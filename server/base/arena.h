#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory of one request (or one command, one sweep): allocations live until
 * arena_fini and are never freed singly.  Allocation never returns NULL:
 * past the soft cap `over` latches (the dispatcher answers 503) and memory
 * is still handed out; out of memory ends the process.
 */
struct arena {
	struct arena_chunk *head;
	size_t used;	/* bytes handed out */
	size_t cap;	/* soft cap in bytes, 0: none */
	bool over;	/* the cap was passed */
};

void arena_init(struct arena *arena, size_t cap);
void arena_fini(struct arena *arena);

/* Zeroed memory of `size` bytes aligned for any type; lives in the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same, not zeroed, for buffers that are filled at once. */
void *arena_raw(struct arena *arena, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) \
	((type *)arena_alloc((arena), sizeof(type) * (n)))

#endif
