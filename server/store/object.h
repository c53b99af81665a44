#ifndef STORE_OBJECT_H
#define STORE_OBJECT_H

#include <stdint.h>

/*
 * The things pages read and commands touch.  A command names what it changed
 * with txn_touch; `live` bumps the stamp of each after the flush; a page
 * names what it reads with watch_add.
 */
enum object_kind {
	OBJ_SESSION = 1, /* a = session id: signed out, expired */
	OBJ_SESSIONS,	 /* a = uid: which sessions are open */
	OBJ_USER,	 /* a = uid: name, preferences, password */
	OBJ_CONV,	 /* a = cid: its messages */
	OBJ_MEMBER,	 /* a = cid, b = uid: membership, send counter, and may this
			    user write here (friendship, block, contact rule) */
	OBJ_INBOX,	 /* a = uid: list of talks, unread numbers, snippets */
	OBJ_FRIENDS,	 /* a = uid: list of friends and requests, remarks, blocks */
	OBJ_PRESENCE,	 /* a = uid of the viewer: presence of somebody in the
			    viewer's lists */
	OBJ_BAR,	 /* a = uid: unread bar went from none to some or back,
			    or a friend request came */
	OBJ_TALKS,	 /* a = uid: which talks there are, not what is in them */
	OBJ_DRAFT,	 /* a = uid, b = page kind << 56 | page id */
	OBJ_NOTICE,	 /* the operator's notice to everybody */
	OBJ_USED,	 /* a = uid: when the sessions were used, at most a
			    minute late */
	OBJ_SHOWING,	 /* a = uid: chosen state, own line, who may see them, image */
	OBJ_PEER,	 /* a = uid of the viewer, b = the other: what the viewer's
			    page says of the other besides their words; b = 0: of
			    all others */
	OBJ_TYPING,	 /* a = uid of the viewer, b = the other: began to write */
};

struct object {
	enum object_kind kind;
	uint64_t a, b;
};

#endif
