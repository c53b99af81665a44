/*
 * The tables: one B-tree file each, so that one can be looked at, verified and
 * copied by itself.  Byte order of keys is memcmp order and stays it: a
 * comparison of our own would be needed by every tool and by recovery too.
 */
#include "store/internal.h"

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

static int
table_open(DB_ENV *env, const char *file, DB **out)
{
	DB *db;
	int ret;

	*out = NULL;
	if ((ret = db_create(&db, env, 0)) != 0)
		return ret;
	if ((ret = db->set_pagesize(db, PAGE_BYTES)) == 0 &&
	    (ret = db->set_flags(db, DB_CHKSUM)) == 0)
		ret = db->open(db, NULL, file, NULL, DB_BTREE,
		    DB_CREATE | DB_THREAD | DB_AUTO_COMMIT, 0600);
	if (ret != 0) {
		env->err(env, ret, "%s", file);
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

int
tables_open(struct tables *tables)
{
	int ret = 0;

	for (size_t i = 0; i < TABLE_COUNT && ret == 0; i++)
		ret = table_open(tables->env, table_info[i].file,
		    &tables->db[i]);
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
