/*
 * Password pool: a bounded queue and a few threads.  A job belongs to the
 * request that is suspended for it; the pool touches it until it resumes that
 * request and never again.
 */
#include "web/pwpool.h"

#include <pthread.h>

#include "base/log.h"
#include "web/http.h"

#define QUEUE_MAX 128
#define THREADS_MAX 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static struct pwjob *first, **last = &first;
static unsigned queued;
static bool stopping;
static pthread_t threads[THREADS_MAX];
static unsigned thread_count;
static char dummy[SECRET_PWHASH_LEN];

/* The next job, or NULL when the pool stops and none is left. */
static struct pwjob *
take(void)
{
	struct pwjob *job;

	pthread_mutex_lock(&lock);
	while (first == NULL && !stopping)
		pthread_cond_wait(&wake, &lock);
	job = first;
	if (job != NULL) {
		first = job->next;
		if (first == NULL)
			last = &first;
		queued--;
	}
	pthread_mutex_unlock(&lock);
	return job;
}

static void *
run(void *unused)
{
	struct pwjob *job;

	(void)unused;
	while ((job = take()) != NULL) {
		if (job->hash.len == 0)
			job->err = secret_pwhash(job->password, job->made);
		else
			job->err = secret_pwhash_verify(job->password, job->hash) ?
			    OK : ERR_CREDENTIALS;
		http_resume(job->request);
	}
	return NULL;
}

struct str
pwpool_dummy(void)
{
	return str_c(dummy);
}

enum err
pwpool_start(unsigned n)
{
	char random[32];

	secret_random(random, sizeof(random));
	if (secret_pwhash((struct str){ random, sizeof(random) }, dummy) != OK)
		return ERR_INTERNAL;
	stopping = false;
	for (thread_count = 0; thread_count < n && thread_count < THREADS_MAX;
	    thread_count++)
		if (pthread_create(&threads[thread_count], NULL, run, NULL) != 0)
			break;
	if (thread_count == 0) {
		log_error("no thread for passwords");
		return ERR_INTERNAL;
	}
	return OK;
}

void
pwpool_stop(void)
{
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_broadcast(&wake);
	pthread_mutex_unlock(&lock);
	for (unsigned i = 0; i < thread_count; i++)
		pthread_join(threads[i], NULL);
	thread_count = 0;
}

enum err
pwpool_submit(struct pwjob *job)
{
	enum err err = ERR_BUSY;

	pthread_mutex_lock(&lock);
	if (queued < QUEUE_MAX && !stopping) {
		job->next = NULL;
		*last = job;
		last = &job->next;
		queued++;
		err = OK;
		pthread_cond_signal(&wake);
	}
	pthread_mutex_unlock(&lock);
	return err;
}
