#ifndef WEB_BADGEID_H
#define WEB_BADGEID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Names of presence images: short, signed, and without meaning to others.
 */

/* Keys, from the store's secret: once, before anything else here. */
void badgeid_start(void);
/* The name of a person's image of that generation, in the arena. */
struct str badgeid_make(struct arena *arena, uint64_t uid, uint32_t generation);
/* Is it a name that was made here?  Says nothing of the generation in force;
 * the one that comes out has 24 bits. */
bool badgeid_read(struct str name, uint64_t *uid, uint32_t *generation);
#define BADGEID_GENERATIONS 0xffffffu

#endif
