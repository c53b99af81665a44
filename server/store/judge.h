#ifndef STORE_JUDGE_H
#define STORE_JUDGE_H

#include "store/internal.h"
#include "store/listed.h"

/*
 * Judging one row: what the auditor's files share.  Private to this folder.
 */
struct auditor {
	const struct tables *tables;
	int report_fd;
	struct audit *audit;
	struct arena *arena; /* of the rows at hand */
	uint64_t max_uid, max_cid;
	struct listed sessions; /* on the expiry list */
	/* The conversation whose messages are walked past: the last of them, and
	 * how many each of the two has sent. */
	uint64_t cid;
	uint32_t seq;
	struct {
		uint64_t uid;
		uint32_t messages;
	} sender[2];
};

/* A row at hand; record is NULL for tables without records. */
struct visit {
	enum table table;
	struct str key, value;
	const void *record;
};

/* ---- judge.c ---- */

/* Reports a fault of the row: file, key in hex, words; never its text. */
void judge_fault(struct auditor *auditor, const struct visit *visit,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Reports the promise as broken unless it holds. */
void judge_that(struct auditor *auditor, const struct visit *visit, bool holds,
    const char *promise);

/* Looks a row up; a read that fails counts as "not there" and is seen so. */
bool judge_find(struct auditor *auditor, enum table table, struct key key,
    struct str *out);
bool judge_has(struct auditor *auditor, enum table table, struct key key);
/* The row's record; NULL: no row, or a damaged one. */
const void *judge_record(struct auditor *auditor, enum table table,
    struct key key);

bool judge_is_u64(struct str value, uint64_t number);
struct str judge_bytes(ProtobufCBinaryData data);
/* `bytes` behind `key`; an empty key where that is too long. */
struct key judge_key(struct key key, struct str bytes);
/* Is the row on the expiry list, at the time that it has itself? */
bool judge_expires(struct auditor *auditor, const struct visit *visit,
    int64_t wall_ms);
/* Is that the user's name, as shown?  Names never change. */
bool judge_is_name(struct auditor *auditor, uint64_t uid,
    ProtobufCBinaryData name);

/* ---- one for each table ---- */

typedef void judge_fn(struct auditor *auditor, const struct visit *visit);

/* judge_people.c */
judge_fn judge_meta, judge_user, judge_uname, judge_sess, judge_usess,
    judge_friend, judge_sent, judge_draft, judge_expiry;
/* judge_talks.c */
judge_fn judge_conv, judge_pair, judge_member, judge_inbox, judge_msg;
/* After the last message of a talk: did each send what its counter says? */
void judge_senders(struct auditor *auditor);

#endif
