/* Errors as users meet them: status and fixed words, one table. */
#include "web/errpage.h"

struct errpage {
	int status;
	struct str key;
	int wap_status; /* 0: the same */
};

/* To phones only statuses that a WAP gateway can pass on (WAP-230-WSP, table 36):
 * no 422, 429 or 507, which become bytes that no phone knows. */
#define E(status, key) { status, STR(key), 0 }
#define E_WAP(status, key, wap_status) { status, STR(key), wap_status }
static const struct errpage errpages[ERR_COUNT] = {
	[OK] = E(200, ""),
	[ERR_NOT_FOUND] = E(404, "not_found"),
	[ERR_EXISTS] = E(409, "internal"),
	[ERR_METHOD] = E(405, "method"),
	[ERR_REQUEST] = E(400, "request"),
	[ERR_ORIGIN] = E(403, "origin"),
	[ERR_BODY_LONG] = E(413, "body_long"),
	[ERR_TYPE] = E(415, "type"),
	[ERR_SIGN_IN] = E(403, "sign_in"),
	[ERR_CREDENTIALS] = E(403, "credentials"),
	[ERR_COOKIE_ONLY] = E(403, "cookie_only"),
	[ERR_KEY] = E(403, "key"),
	[ERR_NAME_BAD] = E(400, "name_bad"),
	[ERR_NAME_TAKEN] = E(409, "name_taken"),
	[ERR_PASSWORD_SHORT] = E(400, "password_short"),
	[ERR_PASSWORD_LONG] = E(400, "password_long"),
	[ERR_TEXT_EMPTY] = E(400, "text_empty"),
	[ERR_TEXT_LONG] = E(400, "text_long"),
	[ERR_TEXT_BYTES] = E(400, "text_bytes"),
	[ERR_FIELD_BAD] = E(400, "field_bad"),
	[ERR_NO_SUCH_NAME] = E(400, "no_such_name"),
	[ERR_SELF] = E(400, "self"),
	[ERR_NOT_TAKEN] = E(403, "not_taken"),
	[ERR_BLOCKING] = E(403, "blocking"),
	[ERR_PASSWORD_WRONG] = E(403, "password_wrong"),
	[ERR_LIMIT] = E(403, "limit"),
	[ERR_BUSY] = E(503, "busy"),
	[ERR_DISK] = E_WAP(507, "disk", 503),
	[ERR_INTERNAL] = E(500, "internal"),
};

int
errpage_status(enum err err, bool wap)
{
	const struct errpage *errpage = &errpages[err];

	return wap && errpage->wap_status != 0 ? errpage->wap_status :
	    errpage->status;
}

struct str
errpage_key(enum err err)
{
	return errpages[err].key;
}
