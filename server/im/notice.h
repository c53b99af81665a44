#ifndef IM_NOTICE_H
#define IM_NOTICE_H

#include "store/committer.h"

/*
 * The operator's word to everybody, one line of text on top of every page:
 * that the server will be down tonight.
 */
#define NOTICE_MAX 300 /* bytes */

struct notice_set {
	struct command command;
	struct str text; /* empty: none any more */
};
/* ERR_TEXT_LONG, ERR_TEXT_BYTES (not UTF-8).  Touches OBJ_NOTICE. */
enum err notice_set_run(struct txn *txn, struct command *command);
/* In the arena; empty when there is none.  Serving threads. */
enum err notice_get(struct arena *arena, struct str *out) MUST_USE;

#endif
