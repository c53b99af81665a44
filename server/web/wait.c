/*
 * Requests that wait for a command or a password, suspended.
 *
 * Who resumes one owns it until then; it goes on in its then(), on its serving
 * thread.  Nobody begins to wait once the server stops.
 */
#include "web/wait.h"

#include <stdatomic.h>

#include "web/http.h"
#include "web/pwpool.h"
#include "web/web.h"

#define WORKERS_MAX 64

static _Atomic bool stopping;
static _Atomic unsigned waiting;

void
wait_refuse(void)
{
	atomic_store(&stopping, true);
}

void
wait_over(void)
{
	atomic_fetch_sub(&waiting, 1);
}

unsigned
wait_count(void)
{
	return atomic_load(&waiting);
}

/* Committer thread only.  By serving thread: each scans all of its suspended
 * connections when it finds something resumed, so it should find all at once. */
static struct request *resume_lists[WORKERS_MAX];

static void
command_done(struct command *command)
{
	struct request *request = command->owner;
	struct request **list = &resume_lists[request->worker % WORKERS_MAX];

	request->next = *list;
	*list = request;
}

static void
batch_end(void)
{
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		while (resume_lists[i] != NULL) {
			struct request *request = resume_lists[i];

			resume_lists[i] = request->next;
			http_resume(request);
		}
}

const struct committer_hooks *
web_hooks(void)
{
	static const struct committer_hooks hooks = {
		.on_durable = live_bump,
		.on_batch_end = batch_end,
	};

	return &hooks;
}

/* Suspends until http_resume; false when we are stopping: libmicrohttpd must
 * not be stopped with suspended connections, so nobody waits any more. */
static bool
wait_for(struct request *request, void (*then)(struct request *))
{
	atomic_fetch_add(&waiting, 1);
	if (atomic_load(&stopping)) {
		wait_over();
		return false;
	}
	request->worker = http_worker();
	request->then = then;
	request->state = R_WAITING;
	request->waits = true;
	http_suspend(request);
	return true;
}

void
request_command(struct request *request, struct command *command,
    void (*then)(struct request *request))
{
	enum err err;

	command->done = command_done;
	command->owner = request;
	command->user = request->viewer.uid;
	if (!wait_for(request, then)) {
		command->err = ERR_BUSY;
		then(request);
		return;
	}
	err = committer_submit(command);
	if (err != OK) {
		command->err = err;
		http_resume(request);
	}
}

void
request_password(struct request *request, struct pwjob *job,
    void (*then)(struct request *request))
{
	enum err err;

	job->request = request;
	if (!wait_for(request, then)) {
		job->err = ERR_BUSY;
		then(request);
		return;
	}
	err = pwpool_submit(job);
	if (err != OK) {
		job->err = err;
		http_resume(request);
	}
}
