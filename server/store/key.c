/* Keys: big-endian fields one behind the other, at most 96 bytes. */
#include "store/store.h"

#include <assert.h>
#include <string.h>

struct key
key_none(void)
{
	return (struct key){ .len = 0 };
}

static struct key
key_number(struct key key, uint64_t value, size_t len)
{
	assert(key.len + len <= sizeof(key.p));
	for (size_t i = 0; i < len; i++)
		key.p[key.len + i] = (uint8_t)(value >> (8 * (len - 1 - i)));
	key.len = (uint8_t)(key.len + len);
	return key;
}

struct key
key_u64(struct key key, uint64_t value)
{
	return key_number(key, value, 8);
}

struct key
key_u32(struct key key, uint32_t value)
{
	return key_number(key, value, 4);
}

struct key
key_u8(struct key key, uint8_t value)
{
	return key_number(key, value, 1);
}

struct key
key_bytes(struct key key, struct str bytes)
{
	assert(bytes.len <= sizeof(key.p) - key.len);
	if (bytes.len > 0)
		memcpy(key.p + key.len, bytes.p, bytes.len);
	key.len = (uint8_t)(key.len + bytes.len);
	return key;
}

static uint64_t
get_number(struct str key, size_t offset, size_t len)
{
	uint64_t value = 0;

	assert(offset <= key.len && len <= key.len - offset);
	for (size_t i = 0; i < len; i++)
		value = value << 8 | (uint8_t)key.p[offset + i];
	return value;
}

uint64_t
key_get_u64(struct str key, size_t offset)
{
	return get_number(key, offset, 8);
}

uint32_t
key_get_u32(struct str key, size_t offset)
{
	return (uint32_t)get_number(key, offset, 4);
}
