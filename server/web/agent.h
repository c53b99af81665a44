#ifndef WEB_AGENT_H
#define WEB_AGENT_H

#include "base/str.h"

/*
 * A User-Agent as its owner would say it: "Chrome" on "Linux", "Nokia 7110",
 * "Lynx".  Only for lists that its owner reads; nothing is decided by it.
 */
struct agent {
	struct str program; /* in the arena or of the program; may be empty */
	struct str system;  /* empty: unknown, or the program says it */
};
void agent_name(struct arena *arena, struct str user_agent, struct agent *out);

#endif
