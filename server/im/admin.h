#ifndef IM_ADMIN_H
#define IM_ADMIN_H

#include "store/committer.h"

/* Makes a user an administrator, or an ordinary user again. */
struct admin_set {
	struct command command;
	uint64_t uid;
	bool admin;
};
/* ERR_NOT_FOUND.  Touches OBJ_USER. */
enum err admin_set_run(struct txn *txn, struct command *command);

#endif
