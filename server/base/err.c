/* Names of the closed error list, for logs and tests. */
#include "base/err.h"

static const char *const err_names[ERR_COUNT] = {
	[OK] = "OK",
	[ERR_NOT_FOUND] = "NOT_FOUND",
	[ERR_EXISTS] = "EXISTS",
	[ERR_METHOD] = "METHOD",
	[ERR_REQUEST] = "REQUEST",
	[ERR_ORIGIN] = "ORIGIN",
	[ERR_BODY_LONG] = "BODY_LONG",
	[ERR_TYPE] = "TYPE",
	[ERR_SIGN_IN] = "SIGN_IN",
	[ERR_CREDENTIALS] = "CREDENTIALS",
	[ERR_PASSWORD_WRONG] = "PASSWORD_WRONG",
	[ERR_COOKIE_ONLY] = "COOKIE_ONLY",
	[ERR_KEY] = "KEY",
	[ERR_NAME_BAD] = "NAME_BAD",
	[ERR_NAME_TAKEN] = "NAME_TAKEN",
	[ERR_PASSWORD_SHORT] = "PASSWORD_SHORT",
	[ERR_PASSWORD_LONG] = "PASSWORD_LONG",
	[ERR_TEXT_EMPTY] = "TEXT_EMPTY",
	[ERR_TEXT_LONG] = "TEXT_LONG",
	[ERR_TEXT_BYTES] = "TEXT_BYTES",
	[ERR_FIELD_BAD] = "FIELD_BAD",
	[ERR_NO_SUCH_NAME] = "NO_SUCH_NAME",
	[ERR_SELF] = "SELF",
	[ERR_NOT_TAKEN] = "NOT_TAKEN",
	[ERR_BLOCKING] = "BLOCKING",
	[ERR_LIMIT] = "LIMIT",
	[ERR_BUSY] = "BUSY",
	[ERR_DISK] = "DISK",
	[ERR_INTERNAL] = "INTERNAL",
};

const char *
err_name(enum err err)
{
	return (unsigned)err < ERR_COUNT ? err_names[err] : "?";
}
