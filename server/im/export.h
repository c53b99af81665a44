#ifndef IM_EXPORT_H
#define IM_EXPORT_H

#include "im/contact.h"
#include "im/conversation.h"
#include "im/message.h"

/*
 * All that a user may see of what is theirs, in an order that does not depend on
 * the store: friends and talks by name, the messages of a talk by number.
 *
 * Lists and heads are as of export_open, so what is written meanwhile is not in
 * it; messages are read a few at a time, and nothing is locked between.
 */
struct export {
	struct arena arena; /* of the lists */
	Rec__User *user;
	struct contact *contacts;
	size_t n_contacts;
	struct export_talk {
		struct conversation head;
		int64_t since_ms;
	} *talks;
	size_t n_talks;
	uint64_t n_messages;
};
/* ERR_NOT_FOUND.  export_close in any case, once. */
enum err export_open(struct export *export, uint64_t uid) MUST_USE;
void export_close(struct export *export);
/* Some messages of a talk behind number `seq`, in the arena; none: that was all. */
enum err export_messages(const struct export_talk *talk, uint32_t seq,
    struct arena *arena, struct message **out, size_t *n) MUST_USE;

/* How many talks and messages there would be. */
struct export_size {
	size_t talks;
	uint64_t messages;
};
enum err export_size(struct arena *arena, uint64_t uid, struct export_size *out)
    MUST_USE;

#endif
