#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <pthread.h>

#include "store/committer.h"

/*
 * The bounded queue in front of the committer, private to this folder.  Each
 * user has a share of it, so that one who floods fills his share only.
 */
struct queue_share;
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct command *head, **tail;
	struct queue_share *share; /* open addressing, at most half full */
	unsigned n, max, user_max, mask;
	bool closed;
};

void queue_init(struct queue *queue, unsigned max, unsigned user_max);
void queue_fini(struct queue *queue);

/* ERR_BUSY: full, the user's share is full, or closed. */
enum err queue_push(struct queue *queue, struct command *command) MUST_USE;
/* Takes up to `max`; waits up to `wait_ms` while there is none.  0 when none
 * came or the queue is closed. */
size_t queue_take(struct queue *queue, struct command **out, size_t max,
    int64_t wait_ms);
void queue_close(struct queue *queue);
bool queue_finished(struct queue *queue); /* closed and empty */
unsigned queue_len(struct queue *queue);

#endif
