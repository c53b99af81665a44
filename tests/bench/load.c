/*
 * A load generator: one thread, one epoll, keep-alive connections without
 * pipelining.  It reads a plan, one task a line, and prints what it counted as
 * lines of "name value".
 *
 *	KIND TOKEN PATH EXTRA
 *	G z c1 -		GET /c1
 *	C z c1 W/"..."		the same with If-None-Match
 *	V z c1 -		GET /c1?x=N, N new each time
 *	P z c1 KEY		POST /c1 of a new text under a form key
 *	A z c1 KEY		such a POST and a GET /c1 by turns
 *	H z c1 -		GET /c1, then where it waits for ever, on a line of its own
 *
 * TOKEN is the session cookie.  The tasks but H are shared by -c
 * connections in turn.  First all H are brought to wait; then -i seconds without
 * any task (idle); then tasks for -t seconds, -u more before that to warm up,
 * or -n tasks.  With -r posts start at that rate, due whether or not the line is
 * free, and a post's time counts from when it was due.
 *
 * A post's text carries its number; the page that a waiting reader of the same
 * talk gets is searched for it: that is the delivery time, measured from when the
 * post was due to the last byte of the reader's page.
 *
 * CPU is that of process -P, its threads together (the process's CPU clock).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"
#include "reply.h"
#include "series.h"

#define RAMPING 64	/* waiting readers on their way at once */
#define TALKS (1u << 20)

struct line {
	int fd;
	struct task *task;	/* NULL: free */
	bool posting, reader, held, dead;
	unsigned post;		/* number of the text on its way */
	int64_t since;		/* ns */
	char *in;
	size_t len, size;
	struct line *next;	/* free ones */
};

/* What is counted between two marks. */
struct count {
	uint64_t gets, posts, news, bytes_in, bytes_out, failed, closed;
	uint64_t status[6];
	int64_t wall, cpu;
};

static struct options opt;
static struct plan plan;
static size_t task_next;
static struct line *readers, *lines, *free_lines;
static unsigned held, dead, ramping, started;
static int poll_fd;
static bool over;
static unsigned busy;		/* lines with a task */
static struct count count;
static struct series get_us, post_us, news_us;

/* Texts posted and not yet seen by a reader of their talk. */
static struct text {
	int64_t due;
	unsigned talk, next;
} *texts;
static unsigned run_id; /* a text sent by an earlier run would be a repeat */
static unsigned text_n = 1, text_size, first_text[TALKS];
static bool talk_read[TALKS];

static void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
cpu_ns(void)
{
	clockid_t clock;

	return opt.pid != 0 && clock_getcpuclockid(opt.pid, &clock) == 0 ?
	    clock_ns(clock) : 0;
}

static unsigned
resident_kb(void)
{
	char path[64], text[128];
	unsigned kb = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)opt.pid);
	if ((in = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(text, sizeof(text), in) != NULL)
		if (strncmp(text, "VmRSS:", 6) == 0)
			kb = (unsigned)strtoul(text + 6, NULL, 10);
	fclose(in);
	return kb;
}

/* ---- lines ---- */

static void
line_open(struct line *line)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)opt.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };
	int one = 1;

	line->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (line->fd < 0)
		die("socket");
	if (connect(line->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(line->fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, line->fd, &event) != 0)
		die("epoll");
	line->len = 0;
}

static void
line_send(struct line *line, const char *text, int len)
{
	if (line->fd < 0)
		line_open(line);
	if (write(line->fd, text, (size_t)len) != len)
		count.failed++;
	count.bytes_out += (uint64_t)len;
}

static unsigned
talk_of(const char *path)
{
	return (unsigned)strtoul(path + 1, NULL, 10) % TALKS;
}

static unsigned
text_new(const char *path, int64_t due)
{
	unsigned talk = talk_of(path);

	if (text_n + 1 >= text_size) {
		text_size = text_size != 0 ? 2 * text_size : 65536;
		texts = realloc(texts, text_size * sizeof(*texts));
	}
	texts[text_n] = (struct text){ due, talk, 0 };
	if (talk_read[talk]) {
		texts[text_n].next = first_text[talk];
		first_text[talk] = text_n;
	}
	return text_n++;
}

static void
send_get(struct line *line, const char *path, const char *etag)
{
	char text[4096], cond[96] = "";
	int len;

	if (etag != NULL)
		snprintf(cond, sizeof(cond), "If-None-Match: %s\r\n", etag);
	len = snprintf(text, sizeof(text), "GET /%s HTTP/1.1\r\n"
	    "Host: 127.0.0.1:%u\r\n%sCookie: z=%s\r\n%s\r\n", path, opt.port,
	    opt.head, line->task->token, cond);

	line->posting = false;
	line_send(line, text, len);
}

static void
send_post(struct line *line, int64_t due)
{
	const struct task *task = line->task;
	char text[4096], body[256];
	int len;

	line->post = text_new(task->path, due);
	len = snprintf(body, sizeof(body), "k=%s&e=%%E4%%B8%%AD&m=%%23%x.%u%%21+"
	    "fifty+bytes+of+text+as+people+write", task->extra, run_id, line->post);
	len = snprintf(text, sizeof(text), "POST /%s HTTP/1.1\r\n"
	    "Host: 127.0.0.1:%u\r\n%sCookie: z=%s\r\n"
	    "Origin: http://127.0.0.1:%u\r\nSec-Fetch-Site: same-origin\r\n"
	    "Content-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: %d\r\n\r\n%s", task->path, opt.port, opt.head,
	    task->token, opt.port, len, body);
	line->posting = true;
	line_send(line, text, len);
}

static void
task_start(struct line *line, int64_t due)
{
	struct task *task = &plan.task[task_next++ % plan.task_n];
	char path[128];

	line->task = task;
	line->since = due;
	busy++;
	started++;
	switch (task->kind) {
	case 'C':
		send_get(line, task->path, task->extra);
		break;
	case 'V':
		snprintf(path, sizeof(path), "%s%cx=%u", task->path,
		    strchr(task->path, '?') != NULL ? '&' : '?', started);
		send_get(line, path, NULL);
		break;
	case 'P':
		send_post(line, due);
		break;
	case 'A':
		if (task->turn++ % 2 == 0)
			send_post(line, due);
		else
			send_get(line, task->path, NULL);
		break;
	default:
		send_get(line, task->path, NULL);
	}
}

static void
line_next(struct line *line)
{
	busy -= line->task != NULL;
	line->task = NULL;
	if (over || opt.rate != 0 || (opt.tasks_max != 0 && started >= opt.tasks_max)) {
		line->next = free_lines;
		free_lines = line;
		return;
	}
	task_start(line, now_ns());
}

/* ---- replies ---- */

static void
reader_failed(struct line *line)
{
	ramping -= !line->held && !line->dead;
	held -= line->held;
	dead += !line->dead;
	line->held = false;
	line->dead = true;
}

static void
texts_seen(struct line *line, const char *body, size_t len)
{
	unsigned *at = &first_text[talk_of(line->task->path)];
	int64_t now = now_ns();
	char mark[32];

	while (*at != 0) {
		struct text *text = &texts[*at];

		snprintf(mark, sizeof(mark), "#%x.%u!", run_id, *at);
		if (memmem(body, len, mark, strlen(mark)) == NULL) {
			at = &text->next;
			continue;
		}
		series_add(&news_us, now - text->due);
		*at = text->next;
	}
}

/* The page that a reader got names the next wait. */
static void
reader_got(struct line *line, const char *body, size_t len)
{
	char path[128];

	texts_seen(line, body, len);
	count.news += line->held;
	if (!reply_wait(body, len, path)) {
		reader_failed(line);
		return;
	}
	if (!line->held) {
		line->held = true;
		held++;
		ramping--;
	}
	/* Thousands of them wait for long: none keeps a page's worth of room. */
	free(line->in);
	line->in = NULL;
	line->size = 0;
	send_get(line, path, NULL);
}

static void
line_got(struct line *line, unsigned status, const char *body, size_t len)
{
	int64_t took = now_ns() - line->since;

	count.status[status / 100 % 6]++;
	if (line->reader) {
		reader_got(line, body, len);
		return;
	}
	if (line->posting) {
		count.posts++;
		count.failed += status != 303;
		series_add(&post_us, took);
	} else {
		count.gets++;
		count.failed += status >= 400;
		series_add(&get_us, took);
	}
	line_next(line);
}

static void
line_closed(struct line *line)
{
	close(line->fd);
	line->fd = -1;
	line->len = 0;
	count.closed++;
	if (line->reader)
		reader_failed(line);
	else if (line->task != NULL)
		line_next(line);
}

static void
line_read(struct line *line)
{
	struct reply reply;
	ssize_t got;

	if (line->len + 8192 > line->size) {
		line->size = line->len + 16384;
		line->in = realloc(line->in, line->size);
	}
	got = read(line->fd, line->in + line->len, line->size - line->len - 1);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		line_closed(line);
		return;
	}
	count.bytes_in += (uint64_t)got;
	line->len += (size_t)got;
	if (!reply_read(line->in, line->len, &reply))
		return;
	line->len = 0;
	if (reply.closes) {
		/* The next request goes over a line of its own. */
		close(line->fd);
		line->fd = -1;
		count.closed++;
	}
	line_got(line, reply.status, line->in + reply.head,
	    reply.whole - reply.head);
}

static void
turn(int wait_ms)
{
	struct epoll_event events[512];
	int n = epoll_wait(poll_fd, events, 512, wait_ms);

	for (int i = 0; i < n; i++)
		line_read(events[i].data.ptr);
}

/* ---- the phases ---- */

static void
turns(double seconds)
{
	int64_t end = now_ns() + (int64_t)(seconds * SECOND);

	while (now_ns() < end)
		turn(5);
}

static unsigned
texts_unseen(void)
{
	unsigned n = 0;

	for (unsigned talk = 0; talk < TALKS; talk++)
		for (unsigned i = first_text[talk]; i != 0; i = texts[i].next)
			n++;
	return n;
}

static void
mark(void)
{
	count = (struct count){ .wall = now_ns(), .cpu = cpu_ns() };
	get_us.n = post_us.n = news_us.n = 0;
}

static void
readers_start(void)
{
	size_t next = 0;
	int64_t end = now_ns() + 300 * SECOND;

	while (held + dead < plan.reader_n && now_ns() < end) {
		while (next < plan.reader_n && ramping < RAMPING) {
			struct line *line = &readers[next++];

			ramping++;
			send_get(line, line->task->path, NULL);
		}
		turn(5);
	}
	turns(1.5);
}

static void
readers_say(void)
{
	printf("held %u\nreaders_lost %u\nheld_kb %u\n", held, dead, resident_kb());
	if (opt.idle == 0)
		return;
	mark();
	turns(opt.idle);
	printf("idle_cpu_s %.6f\nidle_s %.3f\nidle_news %llu\n",
	    (double)(cpu_ns() - count.cpu) / SECOND,
	    (double)(now_ns() - count.wall) / SECOND, (unsigned long long)count.news);
}

static void
post_due(int64_t due)
{
	struct line *line = free_lines;

	free_lines = line->next;
	task_start(line, due);
}

/* At opt.rate a second, for so many seconds. */
static void
paced(double seconds)
{
	int64_t begin = now_ns(), now = begin;
	uint64_t n = 0;

	while ((now = now_ns()) - begin < (int64_t)(seconds * SECOND)) {
		for (;;) {
			int64_t due = begin + (int64_t)((double)n / opt.rate * SECOND);

			if (due > now || free_lines == NULL)
				break;
			post_due(due);
			n++;
		}
		turn(1);
	}
}

static void
run(double seconds)
{
	if (opt.rate != 0)
		paced(seconds);
	else
		turns(seconds);
}

static void
tasks_run(void)
{
	for (unsigned i = 0; i < opt.lines; i++) {
		lines[i].fd = -1;
		line_next(&lines[i]);
	}
	if (opt.tasks_max != 0) {
		mark();
		while (count.gets + count.posts < opt.tasks_max)
			turn(5);
		return;
	}
	run(opt.warm);
	mark();
	run(opt.seconds);
}

static void
tasks_say(void)
{
	double cpu = (double)(cpu_ns() - count.cpu) / SECOND;
	double wall = (double)(now_ns() - count.wall) / SECOND;
	uint64_t n = count.gets + count.posts;

	printf("requests %llu\ngets %llu\nposts %llu\nnews %llu\nfailed %llu\n"
	    "closed %llu\nstatus_2xx %llu\nstatus_304 %llu\nbytes_in %llu\nbytes_out %llu\n"
	    "cpu_s %.6f\nwall_s %.6f\n", (unsigned long long)n,
	    (unsigned long long)count.gets, (unsigned long long)count.posts,
	    (unsigned long long)count.news, (unsigned long long)count.failed,
	    (unsigned long long)count.closed, (unsigned long long)count.status[2],
	    (unsigned long long)(count.status[3] - count.posts + count.failed),
	    (unsigned long long)count.bytes_in, (unsigned long long)count.bytes_out, cpu, wall);
	if (n != 0)
		printf("cpu_us %.3f\nper_s %.1f\n", cpu * 1e6 / (double)n, (double)n / wall);
	series_say("get", &get_us);
	series_say("post", &post_us);
	/* Nobody hangs up in the middle of a request; late news are still news. */
	over = true;
	for (int64_t end = now_ns() + 10 * SECOND; busy != 0 && now_ns() < end;)
		turn(5);
	if (opt.rate != 0 && plan.reader_n != 0)
		turns(3);
	series_say("news", &news_us);
	printf("news_seen %zu\nnews_unseen %u\n", news_us.n, texts_unseen());
}

/* ---- start ---- */

static void
readers_make(void)
{
	readers = calloc(plan.reader_n + 1, sizeof(*readers));
	for (size_t i = 0; i < plan.reader_n; i++) {
		readers[i] = (struct line){ .fd = -1, .reader = true,
		    .task = &plan.reader[i] };
		talk_read[talk_of(plan.reader[i].path)] = true;
	}
}

int
main(int argc, char **argv)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	options_read(argc, argv, &opt);
	plan_read(&plan);
	readers_make();
	run_id = (unsigned)(now_ns() & 0xffffff);
	poll_fd = epoll_create1(0);
	lines = calloc(opt.lines, sizeof(*lines));
	printf("start_kb %u\n", resident_kb());
	if (plan.reader_n != 0) {
		readers_start();
		readers_say();
	}
	if (plan.task_n != 0) {
		tasks_run();
		tasks_say();
	}
	return 0;
}
