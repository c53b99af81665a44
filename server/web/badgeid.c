/*
 * Names of presence images: 15 bytes as 20 characters of base64url.
 *
 *   tag(7) = MAC of what is named;  named(8) = uid(5) ‖ generation(3), masked by
 *   a second MAC of the tag
 *
 * So a name tells nobody whose it is, two names of one person have nothing in
 * common, and one that was made up is found out without any look-up.  Both keys
 * come from the store's secret: names stand a restart.
 */
#include "web/badgeid.h"

#include <assert.h>
#include <string.h>

#include "base/secret.h"
#include "store/store.h"

#define TAG_BYTES 7
#define NAMED_BYTES 8
#define ID_BYTES (TAG_BYTES + NAMED_BYTES)

/* Constant after badgeid_start. */
static unsigned char tag_key[SECRET_MAC_KEY_LEN], mask_key[SECRET_MAC_KEY_LEN];

void
badgeid_start(void)
{
	secret_hash(tag_key, sizeof(tag_key), store_secret(), STR("badge tag"));
	secret_hash(mask_key, sizeof(mask_key), store_secret(),
	    STR("badge mask"));
}

static void
mask(const unsigned char *tag, unsigned char *named)
{
	unsigned char stream[16];

	secret_mac(mask_key, tag, TAG_BYTES, stream);
	for (size_t i = 0; i < NAMED_BYTES; i++)
		named[i] ^= stream[i];
}

struct str
badgeid_make(struct arena *arena, uint64_t uid, uint32_t generation)
{
	unsigned char id[ID_BYTES], *named = id + TAG_BYTES, tag[16];
	uint64_t value = uid << 24 | (generation & BADGEID_GENERATIONS);

	assert(uid >> 40 == 0);
	for (size_t i = 0; i < NAMED_BYTES; i++)
		named[i] = (unsigned char)(value >> (56 - 8 * i));
	secret_mac(tag_key, named, NAMED_BYTES, tag);
	memcpy(id, tag, TAG_BYTES);
	mask(id, named);
	return secret_base64(arena, id, sizeof(id));
}

bool
badgeid_read(struct str name, uint64_t *uid, uint32_t *generation)
{
	unsigned char id[ID_BYTES], *named = id + TAG_BYTES, tag[16];
	uint64_t value = 0;

	if (!secret_base64_get(name, id, sizeof(id)))
		return false;
	mask(id, named);
	secret_mac(tag_key, named, NAMED_BYTES, tag);
	if (!secret_eq((struct str){ (char *)tag, TAG_BYTES },
	    (struct str){ (char *)id, TAG_BYTES }))
		return false;
	for (size_t i = 0; i < NAMED_BYTES; i++)
		value = value << 8 | named[i];
	*uid = value >> 24;
	*generation = (uint32_t)value & BADGEID_GENERATIONS;
	return true;
}
