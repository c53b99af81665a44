/*
 * The floor: what libmicrohttpd itself costs.  A daemon with the flags, pool and
 * limits of server/web/http.c that answers every request with one reply, ready in
 * memory: STATUS, BODY bytes, and two headers that together with libmicrohttpd's
 * own make about HEAD bytes.  It parses the same requests as the server under
 * test, which the load generator sees to.
 *
 *	floor STATUS HEAD BODY THREADS		prints its port, runs until killed
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <microhttpd.h>

#define OWN_HEAD 118 /* bytes of libmicrohttpd's with our first header (measured) */

static unsigned status;
static struct MHD_Response *reply;

static enum MHD_Result
answer(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **con_cls)
{
	(void)cls;
	(void)url;
	(void)method;
	(void)version;
	(void)data;
	(void)size;
	/* As the server does: a reply in the first call would close the line. */
	if (*con_cls == NULL) {
		*con_cls = &status;
		return MHD_YES;
	}
	return MHD_queue_response(connection, status, reply);
}

static void
make_reply(size_t head, size_t body)
{
	char *text = malloc(body + 1), *pad = malloc(head + 1);

	memset(text, 'x', body);
	memset(pad, 'x', head);
	pad[head > OWN_HEAD ? head - OWN_HEAD : 1] = '\0';
	reply = MHD_create_response_from_buffer(body, text, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(reply, "Content-Type", "text/html");
	MHD_add_response_header(reply, "X", pad);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct MHD_Daemon *daemon;

	if (argc != 5)
		return 2;
	status = (unsigned)strtoul(argv[1], NULL, 10);
	make_reply(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
	    0, NULL, NULL, answer, NULL,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned)strtoul(argv[4], NULL, 10),
	    MHD_OPTION_CONNECTION_LIMIT, 19000u,
	    MHD_OPTION_CONNECTION_TIMEOUT, 60u,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)12288,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)1024,
	    MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
	    MHD_OPTION_END);
	if (daemon == NULL)
		return 1;
	printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	for (;;)
		pause();
}
