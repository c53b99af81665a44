#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define SECRET_KEY_LEN 32

/* Must be called once before anything else here; ends the process if it fails. */
void secret_init(void);

void secret_random(void *out, size_t len);
uint64_t secret_random_u64(void);

/* 12 random bytes as 16 base64url characters plus NUL: session tokens, tickets. */
#define TOKEN_LEN 16
void secret_token(char out[TOKEN_LEN + 1]);
bool secret_token_valid(struct str s); /* right length and alphabet */

/* BLAKE2b of `data` under `key` (any `key_len` <= 64, may be 0), `out_len` 16..64. */
void secret_hash(void *out, size_t out_len, struct str key, struct str data);

/* SipHash-2-4 under a key made at start: for tables in memory, never stored. */
uint64_t secret_siphash(const void *data, size_t len);
/* The same with 128 bits, where nobody compares what was hashed. */
void secret_siphash128(const void *data, size_t len, uint64_t out[2]);

/* The same under a key of the caller's: a MAC that costs next to nothing, for
 * short data (SipHash-2-4 with 128 bits). */
#define SECRET_MAC_KEY_LEN 16
void secret_mac(const unsigned char key[SECRET_MAC_KEY_LEN], const void *data,
    size_t len, unsigned char out[16]);

/* Constant-time comparison of equal lengths; false when lengths differ. */
bool secret_eq(struct str a, struct str b);

/* base64url without padding, into the arena. */
struct str secret_base64(struct arena *arena, const void *data, size_t len);
/* Back into exactly `len` bytes; false when it is anything else. */
bool secret_base64_get(struct str s, void *out, size_t len);

/*
 * Argon2id (libsodium crypto_pwhash_str, RFC 9106).  Slow by design: only on
 * the password pool (web/pwpool.c), never on a serving thread.
 */
#define SECRET_PWHASH_LEN 128
enum err secret_pwhash(struct str password, char out[SECRET_PWHASH_LEN]) MUST_USE;
bool secret_pwhash_verify(struct str password, struct str hash);

#endif
