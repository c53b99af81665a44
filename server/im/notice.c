/* The operator's notice: one value in T_META.  *_run: committer; get: any thread. */
#include "im/notice.h"

#include "im/record.h"
#include "text/utf8.h"

static struct key
notice_key(void)
{
	return key_bytes(key_none(), STR("notice"));
}

enum err
notice_set_run(struct txn *txn, struct command *command)
{
	struct notice_set *set = (struct notice_set *)command;

	if (!utf8_valid(set->text))
		return ERR_TEXT_BYTES;
	if (set->text.len > NOTICE_MAX)
		return ERR_TEXT_LONG;
	touch(txn, OBJ_NOTICE, 0, 0);
	return store_put(txn, T_META, notice_key(), set->text);
}

enum err
notice_get(struct arena *arena, struct str *out)
{
	enum err err = store_get(NULL, T_META, notice_key(), arena, out);

	if (err == OK || err != ERR_NOT_FOUND)
		return err;
	*out = STR_NONE;
	return OK;
}
