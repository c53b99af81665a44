/* Weighted header lists: one pass, no memory, nothing kept. */
#include "text/qlist.h"

/* "0.8", "1", ".5", "0,8" never arrives: the comma has split it before. */
static unsigned
qlist_weight(struct str s)
{
	unsigned q = 0, scale = 1000;
	bool point = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return 1000;
		if (point)
			scale /= 10;
		q = point ? q + (unsigned)(c - '0') * scale :
		    q * 10 + (unsigned)(c - '0') * 1000;
		if (q >= 1000)
			return 1000;
	}
	return s.len != 0 ? q : 1000;
}

bool
qlist_next(struct str *rest, struct qitem *out)
{
	while (rest->len > 0) {
		struct str params = str_split(rest, ',');

		out->token = str_trim(str_split(&params, ';'));
		out->q = 1000;
		while (params.len > 0) {
			struct str value = str_split(&params, ';');
			struct str name = str_trim(str_split(&value, '='));

			if (str_eq_nocase(name, STR("q")))
				out->q = qlist_weight(str_trim(value));
		}
		if (out->token.len > 0)
			return true;
	}
	return false;
}
