/*
 * Form keys and signed references, all MACs under keys derived from the
 * store's secret, so that they stand a restart (and another node).
 */
#include "web/formkey.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"

#define KEY_BYTES 14
#define KEY_DAYS 3
#define DAY_MS INT64_C(86400000)

static void
put_be(unsigned char *p, uint64_t value, size_t len)
{
	while (len-- > 0) {
		p[len] = (unsigned char)value;
		value >>= 8;
	}
}

static uint64_t
get_be(const unsigned char *p, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | p[i];
	return value;
}

static void
key_mac(const struct request *request, unsigned page, uint64_t page_id,
    const unsigned char head[6], unsigned char mac[16])
{
	unsigned char data[40] = "key";

	put_be(data + 4, request->viewer.sid, 8);
	put_be(data + 12, request->viewer.uid, 8);
	put_be(data + 20, page, 4);
	put_be(data + 24, page_id, 8);
	memcpy(data + 32, head, 6);
	secret_hash(mac, 16, store_secret(),
	    (struct str){ (char *)data, sizeof(data) });
}

struct str
formkey_make(struct request *request, unsigned page, uint64_t page_id,
    uint32_t count)
{
	unsigned char key[KEY_BYTES], mac[16];

	/* A page that is asked for again next day gets a fresh key. */
	watch_until(&request->calm, clock_next_midnight(request->now_ms, 0));
	put_be(key, count, 4);
	put_be(key + 4, (uint64_t)(request->now_ms / DAY_MS), 2);
	key_mac(request, page, page_id, key, mac);
	memcpy(key + 6, mac, 8);
	return secret_base64(&request->arena, key, sizeof(key));
}

enum formkey_state
formkey_check(struct request *request, struct str key, unsigned page,
    uint64_t page_id, uint32_t *count)
{
	unsigned char raw[KEY_BYTES], mac[16];
	uint16_t age;
	size_t len;

	*count = 0;
	/* libsodium takes any byte from 0x80 on for a '_'. */
	for (size_t i = 0; i < key.len; i++)
		if ((unsigned char)key.p[i] >= 0x80)
			return FORMKEY_FOREIGN;
	if (sodium_base642bin(raw, sizeof(raw), key.p, key.len, NULL, &len, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || len != KEY_BYTES)
		return FORMKEY_FOREIGN;
	*count = (uint32_t)get_be(raw, 4);
	key_mac(request, page, page_id, raw, mac);
	if (sodium_memcmp(mac, raw + 6, 8) != 0)
		return FORMKEY_FOREIGN;
	age = (uint16_t)((uint64_t)(request->now_ms / DAY_MS) - get_be(raw + 4, 2));
	return age > KEY_DAYS ? FORMKEY_OLD : FORMKEY_OK;
}

struct str
formkey_out(struct arena *arena, uint64_t cid, uint32_t seq, unsigned n)
{
	unsigned char data[24] = "out", mac[16];

	put_be(data + 4, cid, 8);
	put_be(data + 12, seq, 4);
	put_be(data + 16, n, 4);
	secret_hash(mac, 16, store_secret(),
	    (struct str){ (char *)data, sizeof(data) });
	return str_head(secret_base64(arena, mac, sizeof(mac)), 8);
}
