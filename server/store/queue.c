/*
 * A list under a lock, and beside it a table that counts the waiting commands
 * of each user.  Taking hands over as many as there are at once: the longer the
 * flush takes, the larger the next batch.
 */
#include "store/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "base/secret.h"

struct queue_share {
	uint64_t user;
	unsigned n; /* 0: free */
};

void
queue_init(struct queue *queue, unsigned max, unsigned user_max)
{
	pthread_condattr_t attr;
	unsigned size = 16;

	assert(max > 0 && max < 1U << 24);
	while (size < 2 * max)
		size *= 2;
	*queue = (struct queue){ .max = max, .user_max = user_max,
		.mask = size - 1, .tail = &queue->head };
	queue->share = calloc(size, sizeof(*queue->share));
	if (queue->share == NULL)
		abort();
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->news, &attr);
	pthread_condattr_destroy(&attr);
}

void
queue_fini(struct queue *queue)
{
	assert(queue->head == NULL);
	free(queue->share);
	pthread_cond_destroy(&queue->news);
	pthread_mutex_destroy(&queue->lock);
}

static unsigned
share_home(const struct queue *queue, uint64_t user)
{
	return (unsigned)secret_siphash(&user, sizeof(user)) & queue->mask;
}

/* The user's entry, or the free one where it would go. */
static unsigned
share_find(const struct queue *queue, uint64_t user)
{
	unsigned i = share_home(queue, user);

	while (queue->share[i].n > 0 && queue->share[i].user != user)
		i = (i + 1) & queue->mask;
	return i;
}

/* One fewer; an entry that became free is closed up behind (Knuth 6.4 R). */
static void
share_release(struct queue *queue, uint64_t user)
{
	unsigned hole = share_find(queue, user), i = hole, home;

	if (--queue->share[hole].n > 0)
		return;
	for (;;) {
		i = (i + 1) & queue->mask;
		if (queue->share[i].n == 0)
			return;
		home = share_home(queue, queue->share[i].user);
		if (((i - home) & queue->mask) < ((i - hole) & queue->mask))
			continue;
		queue->share[hole] = queue->share[i];
		queue->share[i].n = 0;
		hole = i;
	}
}

enum err
queue_push(struct queue *queue, struct command *command)
{
	struct queue_share *share;
	enum err err = ERR_BUSY;

	pthread_mutex_lock(&queue->lock);
	share = &queue->share[share_find(queue, command->user)];
	if (!queue->closed && queue->n < queue->max &&
	    share->n < queue->user_max) {
		share->user = command->user;
		share->n++;
		queue->n++;
		command->next = NULL;
		*queue->tail = command;
		queue->tail = &command->next;
		pthread_cond_signal(&queue->news);
		err = OK;
	}
	pthread_mutex_unlock(&queue->lock);
	return err;
}

static void
queue_wait(struct queue *queue, int64_t wait_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (queue->n == 0 && !queue->closed)
		if (pthread_cond_timedwait(&queue->news, &queue->lock,
		    &until) != 0)
			return;
}

size_t
queue_take(struct queue *queue, struct command **out, size_t max,
    int64_t wait_ms)
{
	struct command *command;
	size_t n = 0;

	pthread_mutex_lock(&queue->lock);
	if (queue->n == 0 && wait_ms > 0)
		queue_wait(queue, wait_ms);
	while (n < max && (command = queue->head) != NULL) {
		queue->head = command->next;
		share_release(queue, command->user);
		queue->n--;
		out[n++] = command;
	}
	if (queue->head == NULL)
		queue->tail = &queue->head;
	pthread_mutex_unlock(&queue->lock);
	return n;
}

void
queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_signal(&queue->news);
	pthread_mutex_unlock(&queue->lock);
}

bool
queue_finished(struct queue *queue)
{
	bool finished;

	pthread_mutex_lock(&queue->lock);
	finished = queue->closed && queue->n == 0;
	pthread_mutex_unlock(&queue->lock);
	return finished;
}

unsigned
queue_len(struct queue *queue)
{
	unsigned n;

	pthread_mutex_lock(&queue->lock);
	n = queue->n;
	pthread_mutex_unlock(&queue->lock);
	return n;
}
