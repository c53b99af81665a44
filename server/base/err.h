#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * The closed list of everything that can go wrong for a user.  web/errpage.c
 * maps each value to an HTTP status and a catalogue key; the cause is logged
 * once where it is known and never shown.
 */
enum err {
	OK = 0,
	ERR_NOT_FOUND,	   /* unknown, or not the viewer's: the same answer */
	ERR_EXISTS,	   /* store_insert found the key */
	ERR_METHOD,	   /* method not allowed on this page */
	ERR_REQUEST,	   /* malformed request: path, query or body */
	ERR_ORIGIN,	   /* POST sent by a foreign page */
	ERR_BODY_LONG,	   /* body over the limit */
	ERR_TYPE,	   /* body of a media type not understood */
	ERR_SIGN_IN,	   /* page needs a session */
	ERR_CREDENTIALS,   /* unknown name or wrong password, the same answer */
	ERR_PASSWORD_WRONG,/* not the current password of the account */
	ERR_COOKIE_ONLY,   /* not with a session that lives in the path */
	ERR_KEY,	   /* form key missing, foreign or too old */
	ERR_NAME_BAD,	   /* name not 2..32 letters, digits, _ or - */
	ERR_NAME_TAKEN,	   /* folded name already registered */
	ERR_PASSWORD_SHORT,/* under 8 bytes */
	ERR_PASSWORD_LONG, /* over 1024 bytes */
	ERR_TEXT_EMPTY,	   /* nothing typed */
	ERR_TEXT_LONG,	   /* over the limit in characters */
	ERR_TEXT_BYTES,	   /* bytes that no charset explains */
	ERR_FIELD_BAD,	   /* a chosen value outside of its list */
	ERR_NO_SUCH_NAME,  /* friend request to a name nobody has */
	ERR_SELF,	   /* friend request or message to oneself */
	ERR_NOT_TAKEN,	   /* receiver takes no message from this sender:
			      contact rule or block, the same answer */
	ERR_BLOCKING,	   /* the sender itself has blocked the receiver */
	ERR_LIMIT,	   /* a count limit is reached (requests, friends) */
	ERR_BUSY,	   /* queue or pool full: try again */
	ERR_DISK,	   /* no space: nothing was stored */
	ERR_INTERNAL,	   /* our fault; the log knows */
	ERR_COUNT
};

#define MUST_USE __attribute__((warn_unused_result))

/* The name of a value ("NOT_FOUND") for logs; static storage. */
const char *err_name(enum err err);

#endif
