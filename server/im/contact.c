/*
 * Friends, requests, blocks: who may write whom, see whom, open whose page.
 *
 * Each side of a pair has its own row in T_FRIEND; the pairs of states that
 * can be are
 *	FRIEND/FRIEND, ASKED/ASKED_ME, BLOCKED/none, BLOCKED/ASKED,
 *	BLOCKED/BLOCKED, none/none.
 * One const table says in which own state an action acts, in which it is
 * quietly done already; in all others it is ERR_NOT_FOUND.
 *
 * The blocked side must not be able to tell: nothing that it reads or gets as
 * an answer may depend on whether the peer's row is BLOCKED or missing, save
 * that its messages are refused as by the rule "friends only".  A request that
 * was open when the block came stays open, as if it was ignored.
 *
 * Rows and results live in the arena that was passed.
 */
#include "im/contact.h"

#include <assert.h>

#include "im/account.h"
#include "im/conversation.h"
#include "im/record.h"
#include "text/utf8.h"

#define LIST_MAX 100000 /* rows of a user that are looked at */

#define NONE REC__FRIEND__STATE__NONE
#define FRIEND REC__FRIEND__STATE__FRIEND
#define ASKED REC__FRIEND__STATE__ASKED
#define ASKED_ME REC__FRIEND__STATE__ASKED_ME
#define BLOCKED REC__FRIEND__STATE__BLOCKED

/* Two users as one of them acts on the other; rows are never NULL. */
struct pair {
	struct txn *txn;
	struct contact_change *change;
	uint64_t me, peer;
	Rec__Friend *mine, *theirs;
};

/* ---- reading ---- */

static enum err
row_get(struct txn *txn, struct arena *arena, struct key key, Rec__Friend **out)
{
	enum err err;

	err = store_get_record(txn, T_FRIEND, key, &rec__friend__descriptor,
	    arena, out);
	if (err == OK)
		return OK;
	*out = ARENA_NEW(arena, Rec__Friend);
	rec__friend__init(*out);
	return err == ERR_NOT_FOUND ? OK : err;
}

static struct contact
contact_of(const Rec__Friend *row, uint64_t peer)
{
	return (struct contact){
		.uid = peer,
		.name = record_str(row->name),
		.remark = record_str(row->remark),
		.state = row->state,
		.since_ms = row->since_ms,
	};
}

enum err
contact_get(struct txn *txn, struct arena *arena, uint64_t uid, uint64_t peer,
    struct contact *out)
{
	Rec__Friend *row;
	enum err err = row_get(txn, arena, KEY2(uid, peer), &row);

	*out = contact_of(row, peer);
	return err;
}

enum err
contact_list(struct arena *arena, uint64_t uid, struct contact **out, size_t *n)
{
	struct contact *list;
	struct rows rows;
	enum err err;

	*out = NULL;
	*n = 0;
	err = store_scan(NULL, T_FRIEND, KEY1(uid), KEY1(uid), LIST_MAX, arena,
	    &rows);
	if (err != OK || rows.n == 0)
		return err;
	list = ARENA_ARRAY(arena, struct contact, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		Rec__Friend *row = store_unpack(rows.row[i].value,
		    &rec__friend__descriptor, arena);

		if (row == NULL)
			return ERR_INTERNAL;
		list[i] = contact_of(row, key_get_u64(rows.row[i].key, 8));
	}
	*out = list;
	*n = rows.n;
	return OK;
}

enum err
contact_may_write(struct txn *txn, struct arena *arena, uint64_t from,
    uint64_t to)
{
	Rec__Friend *mine, *theirs;
	Rec__User *user;
	enum err err;

	if (from == to)
		return ERR_SELF;
	err = row_get(txn, arena, KEY2(to, from), &theirs);
	if (err != OK)
		return err;
	err = row_get(txn, arena, KEY2(from, to), &mine);
	if (err != OK)
		return err;
	if (mine->state == BLOCKED)
		return ERR_BLOCKING;
	if (theirs->state == BLOCKED)
		return ERR_NOT_TAKEN;
	if (theirs->state == FRIEND)
		return OK;
	err = account_get(txn, arena, to, &user);
	if (err != OK)
		return err;
	return user->prefs == NULL || user->prefs->write_rule == 0 ? OK :
	    ERR_NOT_TAKEN;
}

bool
contact_may_see(const struct contact *viewers_row)
{
	return viewers_row->state == FRIEND;
}

static enum err
may_open(struct txn *txn, struct arena *arena, uint64_t viewer, uint64_t peer)
{
	Rec__Friend *row;
	uint64_t cid;
	enum err err;

	if (viewer == peer)
		return ERR_NOT_FOUND;
	err = row_get(txn, arena, KEY2(viewer, peer), &row);
	if (err != OK || row->state != NONE)
		return err;
	err = row_get(txn, arena, KEY2(peer, viewer), &row);
	if (err != OK || (row->state != NONE && row->state != BLOCKED))
		return err;
	return conversation_find(txn, arena, viewer, peer, &cid);
}

enum err
contact_may_open(struct arena *arena, uint64_t viewer, uint64_t peer)
{
	return may_open(NULL, arena, viewer, peer);
}

/* ---- changing ---- */

/* Stores `row` as what `uid` has with `peer`; its remark stays. */
static enum err
row_put(const struct pair *pair, uint64_t uid, Rec__Friend *row,
    Rec__Friend__State state)
{
	uint64_t peer = uid == pair->me ? pair->peer : pair->me;
	Rec__User *user;
	enum err err;

	row->state = state;
	row->since_ms = txn_now_ms(pair->txn);
	touch(pair->txn, OBJ_FRIENDS, uid, 0);
	if (state == NONE)
		return store_del(pair->txn, T_FRIEND, KEY2(uid, peer));
	err = account_get(pair->txn, txn_arena(pair->txn), peer, &user);
	if (err != OK)
		return err;
	row->name = user->name;
	return store_put_record(pair->txn, T_FRIEND, KEY2(uid, peer), &row->base);
}

static enum err
put_both(const struct pair *pair, Rec__Friend__State mine,
    Rec__Friend__State theirs)
{
	enum err err = row_put(pair, pair->me, pair->mine, mine);

	if (err != OK)
		return err;
	return row_put(pair, pair->peer, pair->theirs, theirs);
}

/* The right to write has changed between the two. */
static enum err
touch_talk(const struct pair *pair)
{
	return conversation_touch_pair(pair->txn, pair->me, pair->peer);
}

/* They became or ceased to be friends: remarks and presence, too. */
static enum err
touch_friendship(const struct pair *pair)
{
	touch(pair->txn, OBJ_INBOX, pair->me, 0);
	touch(pair->txn, OBJ_INBOX, pair->peer, 0);
	touch(pair->txn, OBJ_PRESENCE, pair->me, 0);
	touch(pair->txn, OBJ_PRESENCE, pair->peer, 0);
	return touch_talk(pair);
}

/*
 * The row of the two themselves does not count: so a full list answers a blocked
 * asker as it answers any other.
 */
static enum err
check_room(const struct pair *pair, uint64_t uid)
{
	struct arena *arena = txn_arena(pair->txn);
	uint64_t other = uid == pair->me ? pair->peer : pair->me;
	size_t n = 0, asked = 0;
	struct rows rows;
	Rec__Friend *row;
	enum err err;

	err = store_scan(pair->txn, T_FRIEND, KEY1(uid), KEY1(uid), LIST_MAX,
	    arena, &rows);
	for (size_t i = 0; err == OK && i < rows.n; i++) {
		if (key_get_u64(rows.row[i].key, 8) == other)
			continue;
		n++;
		if (uid != pair->me)
			continue;
		row = store_unpack(rows.row[i].value, &rec__friend__descriptor,
		    arena);
		if (row == NULL)
			return ERR_INTERNAL;
		asked += row->state == ASKED;
	}
	if (err != OK)
		return err;
	return n >= CONTACT_MAX || asked >= CONTACT_ASKED_MAX ? ERR_LIMIT : OK;
}

static enum err
accept(struct pair *pair)
{
	uint64_t cid;
	enum err err;

	if (pair->theirs->state != ASKED)
		return ERR_NOT_FOUND;
	err = put_both(pair, FRIEND, FRIEND);
	if (err != OK)
		return err;
	err = conversation_make(pair->txn, pair->me, pair->peer, &cid);
	if (err != OK)
		return err;
	touch(pair->txn, OBJ_BAR, pair->me, 0);
	return touch_friendship(pair);
}

static enum err
ask(struct pair *pair)
{
	enum err err;

	if (pair->mine->state == ASKED_ME) {
		pair->change->friends_now = true;
		return accept(pair);
	}
	err = check_room(pair, pair->me);
	if (err == OK)
		err = check_room(pair, pair->peer);
	if (err == OK)
		err = row_put(pair, pair->me, pair->mine, ASKED);
	if (err != OK || pair->theirs->state == BLOCKED)
		return err;
	touch(pair->txn, OBJ_BAR, pair->peer, 0);
	return row_put(pair, pair->peer, pair->theirs, ASKED_ME);
}

/* Refuses a request of the peer or takes back an own one. */
static enum err
refuse(struct pair *pair)
{
	uint64_t receiver = pair->mine->state == ASKED ? pair->peer : pair->me;

	if (pair->theirs->state == BLOCKED)
		return row_put(pair, pair->me, pair->mine, NONE);
	touch(pair->txn, OBJ_BAR, receiver, 0);
	return put_both(pair, NONE, NONE);
}

static enum err
unfriend(struct pair *pair)
{
	enum err err = put_both(pair, NONE, NONE);

	return err != OK ? err : touch_friendship(pair);
}

static enum err
set_remark(struct pair *pair)
{
	struct txn *txn = pair->txn;
	uint64_t cid;
	enum err err;

	pair->mine->remark = record_bytes(pair->change->remark);
	err = store_put_record(txn, T_FRIEND, KEY2(pair->me, pair->peer),
	    &pair->mine->base);
	if (err != OK)
		return err;
	touch(txn, OBJ_FRIENDS, pair->me, 0);
	touch(txn, OBJ_INBOX, pair->me, 0);
	err = conversation_find(txn, txn_arena(txn), pair->me, pair->peer, &cid);
	if (err == OK)
		touch(txn, OBJ_MEMBER, cid, pair->me);
	return err == ERR_NOT_FOUND ? OK : err;
}

/* A request that this ends was shown in the bar of the one who was asked. */
static enum err
block(struct pair *pair)
{
	Rec__Friend__State mine = pair->mine->state;
	Rec__Friend__State theirs = pair->theirs->state;
	enum err err;

	if (mine == NONE) {
		err = may_open(pair->txn, txn_arena(pair->txn), pair->me,
		    pair->peer);
		if (err != OK)
			return err;
	}
	err = row_put(pair, pair->me, pair->mine, BLOCKED);
	if (err == OK && (theirs == FRIEND || theirs == ASKED_ME))
		err = row_put(pair, pair->peer, pair->theirs, NONE);
	if (err != OK)
		return err;
	if (mine == ASKED_ME)
		touch(pair->txn, OBJ_BAR, pair->me, 0);
	if (theirs == ASKED_ME)
		touch(pair->txn, OBJ_BAR, pair->peer, 0);
	return mine == FRIEND ? touch_friendship(pair) : touch_talk(pair);
}

static enum err
unblock(struct pair *pair)
{
	bool asked = pair->theirs->state == ASKED;
	enum err err;

	err = row_put(pair, pair->me, pair->mine, asked ? ASKED_ME : NONE);
	if (err != OK)
		return err;
	if (asked)
		touch(pair->txn, OBJ_BAR, pair->me, 0);
	touch(pair->txn, OBJ_INBOX, pair->me, 0); /* a remark went */
	return touch_talk(pair);
}

#define IN(state) (1u << (state))

static const struct {
	unsigned acts, done; /* sets of own states */
	enum err (*run)(struct pair *pair);
} actions[] = {
	[CONTACT_ASK] = { IN(NONE) | IN(ASKED_ME), IN(ASKED) | IN(FRIEND), ask },
	[CONTACT_ACCEPT] = { IN(ASKED_ME), IN(FRIEND), accept },
	[CONTACT_REFUSE] = { IN(ASKED_ME) | IN(ASKED), IN(NONE), refuse },
	[CONTACT_REMOVE] = { IN(FRIEND), IN(NONE), unfriend },
	[CONTACT_REMARK] = { IN(FRIEND) | IN(ASKED) | IN(ASKED_ME) | IN(BLOCKED),
	    0, set_remark },
	[CONTACT_BLOCK] = { IN(NONE) | IN(FRIEND) | IN(ASKED) | IN(ASKED_ME),
	    IN(BLOCKED), block },
	[CONTACT_UNBLOCK] = { IN(BLOCKED),
	    IN(NONE) | IN(FRIEND) | IN(ASKED) | IN(ASKED_ME), unblock },
};

/* Whom it is about.  A rerun finds `peer` set by the run before: ask the name. */
static enum err
find_peer(struct txn *txn, struct contact_change *change)
{
	struct arena *arena = txn_arena(txn);
	enum err err;

	if (change->action == CONTACT_ASK && change->name.len != 0) {
		change->peer = 0;
		err = account_find_in(txn, arena, change->name, &change->peer);
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_NO_SUCH_NAME : err;
	}
	if (change->peer == change->uid)
		return ERR_SELF;
	if (change->action == CONTACT_ASK && change->name.len == 0)
		return may_open(txn, arena, change->uid, change->peer);
	return OK;
}

enum err
contact_change_run(struct txn *txn, struct command *command)
{
	struct contact_change *change = (struct contact_change *)command;
	struct pair pair = { .txn = txn, .change = change, .me = change->uid };
	struct arena *arena = txn_arena(txn);
	unsigned state;
	enum err err;

	assert((size_t)change->action < sizeof(actions) / sizeof(actions[0]));
	change->friends_now = false;
	if (change->action == CONTACT_REMARK &&
	    (change->remark.len > REMARK_MAX_CHARS * 4 ||
	    utf8_chars(change->remark) > REMARK_MAX_CHARS))
		return ERR_TEXT_LONG;
	err = find_peer(txn, change);
	if (err != OK)
		return err;
	pair.peer = change->peer;
	err = row_get(txn, arena, KEY2(pair.me, pair.peer), &pair.mine);
	if (err == OK)
		err = row_get(txn, arena, KEY2(pair.peer, pair.me), &pair.theirs);
	if (err != OK)
		return err;
	state = IN(pair.mine->state);
	if (actions[change->action].acts & state)
		return actions[change->action].run(&pair);
	return actions[change->action].done & state ? OK : ERR_NOT_FOUND;
}
