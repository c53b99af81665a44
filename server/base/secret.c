/*
 * Random bytes, keyed hashes and password hashes, all libsodium's.  The
 * SipHash key is made at start and constant afterwards.
 */
#include "base/secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Argon2id cost: 16 MiB, 3 passes: about 40 ms of one small core. */
#define PWHASH_OPS 3
#define PWHASH_MEM (16u << 20)

static unsigned char siphash_key[crypto_shorthash_KEYBYTES];

void
secret_init(void)
{
	if (sodium_init() < 0)
		abort();
	randombytes_buf(siphash_key, sizeof(siphash_key));
}

void
secret_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

uint64_t
secret_random_u64(void)
{
	uint64_t value;

	randombytes_buf(&value, sizeof(value));
	return value;
}

void
secret_token(char out[TOKEN_LEN + 1])
{
	unsigned char raw[12];

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2base64(out, TOKEN_LEN + 1, raw, sizeof(raw),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool
token_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool
secret_token_valid(struct str s)
{
	if (s.len != TOKEN_LEN)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!token_char(s.p[i]))
			return false;
	return true;
}

void
secret_hash(void *out, size_t out_len, struct str key, struct str data)
{
	crypto_generichash(out, out_len, (const unsigned char *)data.p, data.len,
	    (const unsigned char *)key.p, key.len);
}

uint64_t
secret_siphash(const void *data, size_t len)
{
	unsigned char out[crypto_shorthash_BYTES];
	uint64_t value;

	crypto_shorthash(out, data, len, siphash_key);
	memcpy(&value, out, sizeof(value));
	return value;
}

void
secret_siphash128(const void *data, size_t len, uint64_t out[2])
{
	_Static_assert(crypto_shorthash_siphashx24_KEYBYTES ==
	    crypto_shorthash_KEYBYTES, "one key for both");
	crypto_shorthash_siphashx24((unsigned char *)out, data, len, siphash_key);
}

void
secret_mac(const unsigned char key[SECRET_MAC_KEY_LEN], const void *data,
    size_t len, unsigned char out[16])
{
	_Static_assert(crypto_shorthash_siphashx24_KEYBYTES ==
	    SECRET_MAC_KEY_LEN, "length of the key");
	crypto_shorthash_siphashx24(out, data, len, key);
}

bool
secret_eq(struct str a, struct str b)
{
	return a.len == b.len && sodium_memcmp(a.p, b.p, a.len) == 0;
}

struct str
secret_base64(struct arena *arena, const void *data, size_t len)
{
	size_t size = sodium_base64_ENCODED_LEN(len,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *p = arena_raw(arena, size);

	sodium_bin2base64(p, size, data, len,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return (struct str){ p, size - 1 };
}

bool
secret_base64_get(struct str s, void *out, size_t len)
{
	size_t got;

	/* libsodium takes any byte from 0x80 on for a '_'. */
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return sodium_base642bin(out, len, s.p, s.len, NULL, &got, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 && got == len;
}

enum err
secret_pwhash(struct str password, char out[SECRET_PWHASH_LEN])
{
	_Static_assert(SECRET_PWHASH_LEN >= crypto_pwhash_STRBYTES, "room");
	if (crypto_pwhash_str_alg(out, password.p, password.len, PWHASH_OPS,
	    PWHASH_MEM, crypto_pwhash_ALG_ARGON2ID13) != 0) {
		log_error("out of memory for a password hash");
		return ERR_BUSY;
	}
	return OK;
}

bool
secret_pwhash_verify(struct str password, struct str hash)
{
	char z[SECRET_PWHASH_LEN] = { 0 };

	if (hash.len >= sizeof(z))
		return false;
	memcpy(z, hash.p, hash.len);
	/* Declared never to be NULL, however short. */
	return crypto_pwhash_str_verify(z, password.p != NULL ? password.p : "",
	    password.len) == 0;
}
