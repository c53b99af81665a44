#ifndef IM_SHOWING_H
#define IM_SHOWING_H

#include "im/contact.h"

#define STATUS_MAX_CHARS 80

/*
 * What a person chose to be shown as, and to whom.  A choice stays until it is
 * changed; SHOWING_AUTO follows what the person's clients do.  Whoever is
 * offline is shown as offline whatever the choice, without the own line; and
 * whoever is invisible is shown as offline to everybody.
 */
enum showing_mode {
	SHOWING_AUTO,
	SHOWING_AWAY,
	SHOWING_BUSY,
	SHOWING_PHONE,
	SHOWING_INVISIBLE,
	SHOWING_MODES
};

/* Who may see it.  Blocked people never do. */
enum showing_rule {
	SHOWING_FRIENDS,
	SHOWING_TALKS,	/* and everybody I have a talk with */
	SHOWING_NOBODY,
	SHOWING_RULES
};

/* Of a user's record; no pointer, so that it can be remembered. */
struct showing {
	enum showing_mode mode;
	enum showing_rule rule;
	bool status;	  /* there is an own line */
	uint32_t image;	  /* generation of the presence image; even: none is out */
	int64_t seen_ms;  /* last activity as stored */
};
/* From the store; ERR_NOT_FOUND.  `out` is then somebody invisible. */
enum err showing_get(struct arena *arena, uint64_t uid, struct showing *out)
    MUST_USE;

/* May `viewer`, who has this row for a person, see that person's presence
 * under the person's `rule`?  In doubt not. */
bool showing_may_see(struct arena *arena, uint64_t viewer,
    const struct contact *viewers_row, enum showing_rule rule);

/* All who may, by the person's `rule`: friends, and everybody with a talk who is
 * not blocked.  In the arena, each once. */
enum err showing_audience(struct arena *arena, uint64_t uid,
    enum showing_rule rule, uint64_t **out, size_t *n) MUST_USE;

enum showing_field {
	SHOW_MODE = 1 << 0,
	SHOW_STATUS = 1 << 1,
	SHOW_RULE = 1 << 2,
	SHOW_IMAGE = 1 << 3, /* the old image is grey from now on; and a new one
				is out if `image` */
};
struct showing_set {
	struct command command;
	uint64_t uid;
	unsigned set;	    /* only these change */
	uint32_t mode, rule;
	struct str status;  /* cleaned line, empty: none */
	bool image;
};
/* ERR_FIELD_BAD, ERR_TEXT_LONG.  Touches OBJ_SHOWING, not OBJ_USER: what friends
 * see is told by live/presence.c, and nothing else may tell them. */
enum err showing_set_run(struct txn *txn, struct command *command);

#endif
