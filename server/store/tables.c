/*
 * The tables: one B-tree file each, so that one can be looked at, verified and
 * copied by itself.  Byte order of keys is memcmp order and stays it: a
 * comparison of our own would be needed by every tool and by recovery too.
 */
#include "store/internal.h"

#include <stdio.h>

#include "store/records.pb-c.h"

#define PAGE_BYTES 8192

const struct table_info table_info[TABLE_COUNT] = {
	[T_META] = { "meta.db", 0, NULL },
	[T_USER] = { "user.db", 8, &rec__user__descriptor },
	[T_UNAME] = { "uname.db", 0, NULL },
	[T_SESS] = { "sess.db", 32, &rec__session__descriptor },
	[T_USESS] = { "usess.db", 40, NULL },
	[T_FRIEND] = { "friend.db", 16, &rec__friend__descriptor },
	[T_CONV] = { "conv.db", 8, &rec__conversation__descriptor },
	[T_PAIR] = { "pair.db", 16, NULL },
	[T_MEMBER] = { "member.db", 16, &rec__member__descriptor },
	[T_INBOX] = { "inbox.db", 16, &rec__inbox__descriptor },
	[T_MSG] = { "msg.db", 12, &rec__message__descriptor },
	[T_SENT] = { "sent.db", 29, &rec__sent__descriptor },
	[T_DRAFT] = { "draft.db", 17, &rec__draft__descriptor },
	[T_EXPIRY] = { "expiry.db", 0, NULL },
};

/* What has a remedy of its own is no fault of the file. */
static void
table_fault(DB_ENV *env, const char *file, int ret)
{
	struct fault *fault = env->app_private;

	if (fault->file[0] == '\0' && fault_remedy(ret) == NULL)
		snprintf(fault->file, sizeof(fault->file), "%s", file);
}

/* `how`: DB_CREATE or 0. */
static int
table_open(DB_ENV *env, const char *file, uint32_t how, DB **out)
{
	DB *db;
	int ret;

	*out = NULL;
	if ((ret = db_create(&db, env, 0)) != 0)
		return ret;
	if ((ret = db->set_pagesize(db, PAGE_BYTES)) == 0 &&
	    (ret = db->set_flags(db, DB_CHKSUM)) == 0)
		ret = db->open(db, NULL, file, NULL, DB_BTREE,
		    how | DB_THREAD | DB_AUTO_COMMIT, 0600);
	if (ret != 0) {
		table_fault(env, file, ret);
		db->close(db, 0);
		return ret;
	}
	*out = db;
	return 0;
}

static int
tables_close_files(struct tables *tables)
{
	int ret = 0, t;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (tables->db[i] == NULL)
			continue;
		t = tables->db[i]->close(tables->db[i], 0);
		ret = ret != 0 ? ret : t;
		tables->db[i] = NULL;
	}
	return ret;
}

/* A database whose making was interrupted has no schema yet. */
static int
schema_differs(DB *meta, bool *out)
{
	struct place place = { meta, NULL, key_bytes(key_none(), STR("schema")) };
	struct arena arena;
	struct str value;
	int ret;

	arena_init(&arena, 0);
	ret = place_get(&place, &arena, &value);
	*out = ret == DB_NOTFOUND || (ret == 0 && (value.len != 8 ||
	    key_get_u64(value, 0) != STORE_SCHEMA));
	arena_fini(&arena);
	return ret == DB_NOTFOUND ? 0 : ret;
}

int
tables_open(struct tables *tables)
{
	const struct fault *fault = tables->env->app_private;
	bool make = dir_count(fault->dir, file_is_table) == 0;
	int ret;

	ret = table_open(tables->env, table_info[T_META].file,
	    make ? DB_CREATE : 0, &tables->db[T_META]);
	if (ret == 0)
		ret = schema_differs(tables->db[T_META], &make);
	for (size_t i = T_META + 1; i < TABLE_COUNT && ret == 0; i++)
		ret = table_open(tables->env, table_info[i].file,
		    make ? DB_CREATE : 0, &tables->db[i]);
	if (ret != 0)
		tables_close_files(tables);
	return ret;
}

int
tables_close(struct tables *tables)
{
	int ret = tables_close_files(tables), t;

	t = tables->env->close(tables->env, 0);
	tables->env = NULL;
	return ret != 0 ? ret : t;
}
