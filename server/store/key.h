#ifndef STORE_KEY_H
#define STORE_KEY_H

/*
 * Builders of keys: big-endian fields in table order, so that memcmp order is
 * number order.  Included by store/store.h.
 */

struct key key_none(void);			 /* empty: start here */
struct key key_u64(struct key key, uint64_t value); /* appends 8 bytes */
struct key key_u32(struct key key, uint32_t value);
struct key key_u8(struct key key, uint8_t value);
struct key key_bytes(struct key key, struct str bytes); /* asserts that it fits */

#define KEY1(a) key_u64(key_none(), (a))
#define KEY2(a, b) key_u64(key_u64(key_none(), (a)), (b))

/* Reads a field back out of a row's key at a byte offset. */
uint64_t key_get_u64(struct str key, size_t offset);
uint32_t key_get_u32(struct str key, size_t offset);

#endif
