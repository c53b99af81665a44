/*
 * The promises between tables, as the auditor checks them: one walk of each
 * table in key order, a look-up for each thing a row refers to (judge_*.c).  It
 * judges an open, quiet environment and changes nothing.
 */
#include "store/judge.h"

#include <stdio.h>

#define WALK_ROWS 512

static void
list_session(struct auditor *auditor, const struct visit *visit)
{
	if (visit->key.len > 9 && (uint8_t)visit->key.p[8] == T_SESS)
		listed_add(&auditor->sessions, str_from(visit->key, 9),
		    (int64_t)key_get_u64(visit->key, 0));
}

static judge_fn *const check[TABLE_COUNT] = {
	[T_META] = judge_meta,
	[T_USER] = judge_user,
	[T_UNAME] = judge_uname,
	[T_SESS] = judge_sess,
	[T_USESS] = judge_usess,
	[T_FRIEND] = judge_friend,
	[T_CONV] = judge_conv,
	[T_PAIR] = judge_pair,
	[T_MEMBER] = judge_member,
	[T_INBOX] = judge_inbox,
	[T_MSG] = judge_msg,
	[T_SENT] = judge_sent,
	[T_DRAFT] = judge_draft,
	[T_EXPIRY] = judge_expiry,
};

static void
judge_row(struct auditor *auditor, enum table table, struct row row,
    judge_fn *judge)
{
	const struct table_info *info = &table_info[table];
	struct visit visit = { table, row.key, row.value, NULL };

	if (info->key_len != 0 && row.key.len != info->key_len) {
		judge_fault(auditor, &visit, "key of %zu bytes", row.key.len);
		return;
	}
	if (info->type != NULL && (visit.record = store_unpack(row.value,
	    info->type, auditor->arena)) == NULL) {
		judge_fault(auditor, &visit, "damaged record");
		return;
	}
	judge(auditor, &visit);
}

/* The smallest key behind `key`: itself and a zero byte. */
static struct key
key_behind(struct str key)
{
	struct key behind = judge_key(key_none(), key);

	return behind.len < sizeof(behind.p) ? key_u8(behind, 0) : behind;
}

/* One arena of rows; *from moves behind them; rows->n == 0 at the end. */
static int
walk_some(struct auditor *auditor, enum table table, struct key *from,
    judge_fn *judge)
{
	struct range range = { .db = auditor->tables->db[table], .from = *from,
		.max = WALK_ROWS };
	struct arena arena;
	struct rows rows;
	int ret;

	arena_init(&arena, 0);
	auditor->arena = &arena;
	ret = range_read(&range, &arena, &rows);
	for (size_t i = 0; i < rows.n && ret == 0; i++)
		judge_row(auditor, table, rows.row[i], judge);
	if (ret == 0 && rows.n > 0)
		*from = key_behind(rows.row[rows.n - 1].key);
	else if (ret == 0)
		ret = DB_NOTFOUND;
	arena_fini(&arena);
	return ret;
}

static enum err
walk(struct auditor *auditor, enum table table, judge_fn *judge)
{
	struct key from = key_none();
	int ret;

	while ((ret = walk_some(auditor, table, &from, judge)) == 0)
		continue;
	if (ret == DB_NOTFOUND)
		return OK;
	dprintf(auditor->report_fd, "%s: %s\n", table_info[table].file,
	    db_strerror(ret));
	auditor->audit->faults++;
	return ERR_INTERNAL;
}

static void
check_counter(struct auditor *auditor, const char *name, uint64_t used)
{
	struct visit visit = { T_META, str_c(name), STR_NONE, NULL };
	struct str value;
	uint64_t last = 0;

	if (judge_find(auditor, T_META, key_bytes(key_none(), visit.key), &value) &&
	    value.len == 8)
		last = key_get_u64(value, 0);
	judge_that(auditor, &visit, used <= last, "behind what was given out");
}

static void
check_present(struct auditor *auditor, const char *name)
{
	struct visit visit = { T_META, str_c(name), STR_NONE, NULL };

	judge_that(auditor, &visit, judge_has(auditor, T_META,
	    key_bytes(key_none(), visit.key)), "is missing");
}

static enum err
check_all(struct auditor *auditor)
{
	enum err err = walk(auditor, T_EXPIRY, list_session);

	listed_sort(&auditor->sessions);
	for (enum table table = 0; table < TABLE_COUNT && err == OK; table++)
		err = walk(auditor, table, check[table]);
	return err;
}

enum err
audit_tables(const struct tables *tables, int report_fd, struct audit *out)
{
	struct auditor auditor = { .tables = tables, .report_fd = report_fd,
		.audit = out };
	struct arena arena;
	enum err err = check_all(&auditor);

	listed_fini(&auditor.sessions);
	if (err != OK)
		return err;
	arena_init(&arena, 0);
	auditor.arena = &arena;
	judge_senders(&auditor);
	check_present(&auditor, "schema");
	check_present(&auditor, "secret");
	check_counter(&auditor, "next_uid", auditor.max_uid);
	check_counter(&auditor, "next_cid", auditor.max_cid);
	arena_fini(&arena);
	return OK;
}
