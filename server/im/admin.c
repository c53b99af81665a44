/* What the operator may change in an account.  Runs on the committer only. */
#include "im/admin.h"

#include "im/account.h"
#include "im/record.h"

enum err
admin_set_run(struct txn *txn, struct command *command)
{
	struct admin_set *set = (struct admin_set *)command;
	Rec__User *user;
	enum err err = account_get(txn, txn_arena(txn), set->uid, &user);

	if (err != OK)
		return err;
	user->admin = set->admin;
	err = store_put_record(txn, T_USER, KEY1(set->uid), &user->base);
	touch(txn, OBJ_USER, set->uid, 0);
	return err;
}
