/*
 * The promises between tables, as the auditor checks them: one walk of each
 * table in key order, a look-up for each thing a row refers to.  It judges an
 * open, quiet environment and changes nothing.
 *
 * Each check names the row by table and key in hex, never its text.
 */
#include "store/internal.h"

#include <stdio.h>
#include <string.h>

#include "store/records.pb-c.h"

#define WALK_ROWS 512
#define FAULTS_PRINTED 200

struct auditor {
	const struct tables *tables;
	int report_fd;
	struct audit *audit;
	struct arena *arena; /* of the rows at hand */
	uint64_t max_uid, max_cid;
	/* The conversation whose messages are walked past. */
	uint64_t cid;
	uint32_t seq;
};

/* A row at hand; record is NULL for tables without records. */
struct visit {
	enum table table;
	struct str key, value;
	const void *record;
};

static void __attribute__((format(printf, 3, 4)))
fault(struct auditor *auditor, const struct visit *visit, const char *fmt, ...)
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

/* Looks a row up; a read that fails counts as "not there" and is seen so. */
static bool
find(struct auditor *auditor, enum table table, struct key key,
    struct str *out)
{
	struct place place = { auditor->tables->db[table], NULL, key };

	return place_get(&place, auditor->arena, out) == 0;
}

static const void *
find_record(struct auditor *auditor, enum table table, struct key key)
{
	struct str value;

	if (!find(auditor, table, key, &value))
		return NULL;
	return store_unpack(value, table_info[table].type, auditor->arena);
}

static bool
has(struct auditor *auditor, enum table table, struct key key)
{
	return find(auditor, table, key, NULL);
}

static void
demand(struct auditor *auditor, const struct visit *visit, bool holds,
    const char *promise)
{
	if (!holds)
		fault(auditor, visit, "%s", promise);
}

static bool
is_u64(struct str value, uint64_t number)
{
	return value.len == 8 && key_get_u64(value, 0) == number;
}

static struct str
bytes_of(ProtobufCBinaryData data)
{
	return (struct str){ (const char *)data.data, data.len };
}

static struct key
key_str(struct key key, struct str bytes)
{
	return bytes.len <= sizeof(key.p) - key.len ? key_bytes(key, bytes) :
	    key_none();
}

/* ---- people ---- */

static void
check_meta(struct auditor *auditor, const struct visit *visit)
{
	if (str_eq(visit->key, STR("secret")))
		demand(auditor, visit, visit->value.len == 32, "not 32 bytes");
	if (str_starts(visit->key, STR("next_")) ||
	    str_eq(visit->key, STR("schema")))
		demand(auditor, visit, visit->value.len == 8, "not 8 bytes");
}

static void
check_user(struct auditor *auditor, const struct visit *visit)
{
	const Rec__User *user = visit->record;
	uint64_t uid = key_get_u64(visit->key, 0);
	struct str owner;

	auditor->audit->users++;
	if (uid > auditor->max_uid)
		auditor->max_uid = uid;
	demand(auditor, visit, find(auditor, T_UNAME, key_str(key_none(),
	    bytes_of(user->folded)), &owner) && is_u64(owner, uid),
	    "the name does not lead to the user");
}

static void
check_uname(struct auditor *auditor, const struct visit *visit)
{
	const Rec__User *user = NULL;

	if (visit->value.len == 8)
		user = find_record(auditor, T_USER,
		    KEY1(key_get_u64(visit->value, 0)));
	demand(auditor, visit, user != NULL &&
	    str_eq(bytes_of(user->folded), visit->key),
	    "no user of that name");
}

static void
check_sess(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Session *session = visit->record;

	demand(auditor, visit, has(auditor, T_USER, KEY1(session->uid)),
	    "no such user");
	demand(auditor, visit, session->sid == key_get_u64(visit->key, 0),
	    "id is not the head of the key");
	demand(auditor, visit, has(auditor, T_USESS,
	    key_bytes(KEY1(session->uid), visit->key)),
	    "not in the user's list of sessions");
}

static void
check_usess(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Session *session = find_record(auditor, T_SESS,
	    key_bytes(key_none(), str_from(visit->key, 8)));

	demand(auditor, visit, session != NULL &&
	    session->uid == key_get_u64(visit->key, 0), "no such session");
}

/* What the peer's row may be, by the own state: bits of 1 << state; no row
 * counts as NONE. */
#define STATE_BIT(state) (1U << REC__FRIEND__STATE__##state)
static const unsigned friend_other[] = {
	[REC__FRIEND__STATE__NONE] = STATE_BIT(NONE) | STATE_BIT(ASKED) |
	    STATE_BIT(BLOCKED),
	[REC__FRIEND__STATE__FRIEND] = STATE_BIT(FRIEND),
	[REC__FRIEND__STATE__ASKED] = STATE_BIT(ASKED_ME) | STATE_BIT(BLOCKED),
	[REC__FRIEND__STATE__ASKED_ME] = STATE_BIT(ASKED),
	[REC__FRIEND__STATE__BLOCKED] = STATE_BIT(NONE) | STATE_BIT(ASKED) |
	    STATE_BIT(BLOCKED),
};

static bool
friend_known(unsigned state)
{
	return state < sizeof(friend_other) / sizeof(friend_other[0]);
}

static void
check_friend(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Friend *own = visit->record, *other;
	uint64_t uid = key_get_u64(visit->key, 0);
	uint64_t peer = key_get_u64(visit->key, 8);
	unsigned state = 0;

	other = find_record(auditor, T_FRIEND, KEY2(peer, uid));
	if (other != NULL)
		state = other->state;
	demand(auditor, visit, friend_known(own->state) &&
	    friend_known(state) && friend_other[own->state] & 1U << state,
	    "the peer's row does not match");
	demand(auditor, visit, uid != peer && has(auditor, T_USER, KEY1(uid)) &&
	    has(auditor, T_USER, KEY1(peer)), "no such user");
}

/* ---- talks ---- */

static void
check_talker(struct auditor *auditor, const struct visit *visit, uint64_t uid)
{
	uint64_t cid = key_get_u64(visit->key, 0);

	demand(auditor, visit, has(auditor, T_USER, KEY1(uid)),
	    "no such user");
	demand(auditor, visit, has(auditor, T_MEMBER, KEY2(cid, uid)),
	    "a talker is not a member");
}

static void
check_conv(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Conversation *conv = visit->record;
	uint64_t cid = key_get_u64(visit->key, 0);
	struct str paired;

	auditor->audit->conversations++;
	if (cid > auditor->max_cid)
		auditor->max_cid = cid;
	/* check_msg has counted them up to the last one there is. */
	demand(auditor, visit, conv->last_seq == 0 || has(auditor, T_MSG,
	    key_u32(KEY1(cid), conv->last_seq)), "the last message is missing");
	if (conv->type != 1)
		return;
	demand(auditor, visit, conv->user_a < conv->user_b &&
	    find(auditor, T_PAIR, KEY2(conv->user_a, conv->user_b), &paired) &&
	    is_u64(paired, cid), "the pair does not lead to the talk");
	check_talker(auditor, visit, conv->user_a);
	check_talker(auditor, visit, conv->user_b);
}

static void
check_pair(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Conversation *conv = NULL;

	if (visit->value.len == 8)
		conv = find_record(auditor, T_CONV,
		    KEY1(key_get_u64(visit->value, 0)));
	demand(auditor, visit, conv != NULL &&
	    conv->user_a == key_get_u64(visit->key, 0) &&
	    conv->user_b == key_get_u64(visit->key, 8),
	    "no talk of those two");
}

static void
check_member(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Member *member = visit->record;
	uint64_t cid = key_get_u64(visit->key, 0);
	uint64_t uid = key_get_u64(visit->key, 8);
	const Rec__Conversation *conv = find_record(auditor, T_CONV, KEY1(cid));

	demand(auditor, visit, conv != NULL, "no such talk");
	demand(auditor, visit, conv == NULL ||
	    member->read_seq <= conv->last_seq, "read more than there is");
	demand(auditor, visit, has(auditor, T_INBOX, KEY2(uid, cid)),
	    "not in the member's inbox");
}

static void
check_inbox(struct auditor *auditor, const struct visit *visit)
{
	uint64_t uid = key_get_u64(visit->key, 0);
	uint64_t cid = key_get_u64(visit->key, 8);

	demand(auditor, visit, has(auditor, T_MEMBER, KEY2(cid, uid)),
	    "not a member");
}

/* Rows come in key order: each follows its predecessor, and the number before
 * a new talk begins is what its head must say. */
static void
check_msg(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Message *message = visit->record;
	const Rec__Conversation *conv;
	uint64_t cid = key_get_u64(visit->key, 0);
	uint32_t seq = key_get_u32(visit->key, 8);
	uint32_t expected = cid == auditor->cid ? auditor->seq + 1 : 1;

	auditor->audit->messages++;
	auditor->cid = cid;
	auditor->seq = seq;
	if (seq != expected)
		fault(auditor, visit, "number %u follows %u", seq,
		    expected - 1);
	demand(auditor, visit, has(auditor, T_MEMBER,
	    KEY2(cid, message->sender)), "the sender is not a member");
	conv = find_record(auditor, T_CONV, KEY1(cid));
	demand(auditor, visit, conv != NULL && seq <= conv->last_seq,
	    "not counted by its talk");
}

/* ---- what forms leave ---- */

static void
check_sent(struct auditor *auditor, const struct visit *visit)
{
	const Rec__Sent *sent = visit->record;
	const Rec__Message *message;

	if (sent->cid == 0)
		return;
	message = find_record(auditor, T_MSG,
	    key_u32(KEY1(sent->cid), sent->seq));
	demand(auditor, visit, message != NULL &&
	    message->sender == key_get_u64(visit->key, 0),
	    "no such message of that user");
}

static void
check_draft(struct auditor *auditor, const struct visit *visit)
{
	demand(auditor, visit, has(auditor, T_USER,
	    KEY1(key_get_u64(visit->key, 0))), "no such user");
}

static void
check_expiry(struct auditor *auditor, const struct visit *visit)
{
	demand(auditor, visit, visit->key.len > 9 &&
	    (uint8_t)visit->key.p[8] < TABLE_COUNT, "names no row");
}

/* ---- the walk ---- */

static void (*const check[TABLE_COUNT])(struct auditor *auditor,
    const struct visit *visit) = {
	[T_META] = check_meta,
	[T_USER] = check_user,
	[T_UNAME] = check_uname,
	[T_SESS] = check_sess,
	[T_USESS] = check_usess,
	[T_FRIEND] = check_friend,
	[T_CONV] = check_conv,
	[T_PAIR] = check_pair,
	[T_MEMBER] = check_member,
	[T_INBOX] = check_inbox,
	[T_MSG] = check_msg,
	[T_SENT] = check_sent,
	[T_DRAFT] = check_draft,
	[T_EXPIRY] = check_expiry,
};

static void
check_row(struct auditor *auditor, enum table table, struct row row)
{
	const struct table_info *info = &table_info[table];
	struct visit visit = { table, row.key, row.value, NULL };

	if (info->key_len != 0 && row.key.len != info->key_len) {
		fault(auditor, &visit, "key of %zu bytes", row.key.len);
		return;
	}
	if (info->type != NULL && (visit.record = store_unpack(row.value,
	    info->type, auditor->arena)) == NULL) {
		fault(auditor, &visit, "damaged record");
		return;
	}
	check[table](auditor, &visit);
}

/* The smallest key behind `key`: itself and a zero byte. */
static struct key
key_behind(struct str key)
{
	struct key behind = key_str(key_none(), key);

	return behind.len < sizeof(behind.p) ? key_u8(behind, 0) : behind;
}

/* One arena of rows; *from moves behind them; rows->n == 0 at the end. */
static int
walk_some(struct auditor *auditor, enum table table, struct key *from)
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
		check_row(auditor, table, rows.row[i]);
	if (ret == 0 && rows.n > 0)
		*from = key_behind(rows.row[rows.n - 1].key);
	else if (ret == 0)
		ret = DB_NOTFOUND;
	arena_fini(&arena);
	return ret;
}

static void
check_counter(struct auditor *auditor, const char *name, uint64_t used)
{
	struct visit visit = { T_META, str_c(name), STR_NONE, NULL };
	struct arena arena;
	struct str value;
	uint64_t last = 0;

	arena_init(&arena, 0);
	auditor->arena = &arena;
	if (find(auditor, T_META, key_bytes(key_none(), visit.key), &value) &&
	    value.len == 8)
		last = key_get_u64(value, 0);
	arena_fini(&arena);
	demand(auditor, &visit, used <= last, "behind what was given out");
}

enum err
audit_tables(const struct tables *tables, int report_fd, struct audit *out)
{
	struct auditor auditor = { .tables = tables, .report_fd = report_fd,
		.audit = out };
	struct key from;
	int ret;

	for (enum table table = 0; table < TABLE_COUNT; table++) {
		from = key_none();
		while ((ret = walk_some(&auditor, table, &from)) == 0)
			continue;
		if (ret != DB_NOTFOUND) {
			dprintf(report_fd, "%s: %s\n", table_info[table].file,
			    db_strerror(ret));
			return ERR_INTERNAL;
		}
	}
	check_counter(&auditor, "next_uid", auditor.max_uid);
	check_counter(&auditor, "next_cid", auditor.max_cid);
	return OK;
}
