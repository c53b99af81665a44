/*
 * What judging a row needs: looking up what it refers to, and telling a fault.
 * Nothing here changes anything.
 */
#include "store/judge.h"

#include <stdarg.h>
#include <stdio.h>

#include "store/records.pb-c.h"

#define FAULTS_PRINTED 200

void
judge_fault(struct auditor *auditor, const struct visit *visit,
    const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (auditor->audit->faults++ >= FAULTS_PRINTED)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	dprintf(auditor->report_fd, "%s ", table_info[visit->table].file);
	for (size_t i = 0; i < visit->key.len; i++)
		dprintf(auditor->report_fd, "%02x", (uint8_t)visit->key.p[i]);
	dprintf(auditor->report_fd, ": %s\n", text);
}

bool
judge_find(struct auditor *auditor, enum table table, struct key key,
    struct str *out)
{
	struct place place = { auditor->tables->db[table], NULL, key };

	return place_get(&place, auditor->arena, out) == 0;
}

const void *
judge_record(struct auditor *auditor, enum table table, struct key key)
{
	struct str value;

	if (!judge_find(auditor, table, key, &value))
		return NULL;
	return store_unpack(value, table_info[table].type, auditor->arena);
}

bool
judge_has(struct auditor *auditor, enum table table, struct key key)
{
	return judge_find(auditor, table, key, NULL);
}

void
judge_that(struct auditor *auditor, const struct visit *visit, bool holds,
    const char *promise)
{
	if (!holds)
		judge_fault(auditor, visit, "%s", promise);
}

bool
judge_is_u64(struct str value, uint64_t number)
{
	return value.len == 8 && key_get_u64(value, 0) == number;
}

struct str
judge_bytes(ProtobufCBinaryData data)
{
	return (struct str){ (const char *)data.data, data.len };
}

struct key
judge_key(struct key key, struct str bytes)
{
	return bytes.len <= sizeof(key.p) - key.len ? key_bytes(key, bytes) :
	    key_none();
}

bool
judge_expires(struct auditor *auditor, const struct visit *visit, int64_t wall_ms)
{
	struct key entry = key_u8(KEY1((uint64_t)wall_ms),
	    (uint8_t)visit->table);

	return judge_has(auditor, T_EXPIRY, judge_key(entry, visit->key));
}

bool
judge_is_name(struct auditor *auditor, uint64_t uid, ProtobufCBinaryData name)
{
	const Rec__User *user = judge_record(auditor, T_USER, KEY1(uid));

	return user != NULL && str_eq(judge_bytes(user->name), judge_bytes(name));
}
