/* The listening socket: ours, so that the port is known before any request. */
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

#define BACKLOG 1024

static struct addrinfo *
resolve(struct str address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char text[128], *colon, *host = text;

	snprintf(text, sizeof(text), "%.*s", STR_ARGS(address));
	colon = strrchr(text, ':');
	if (colon == NULL)
		return NULL;
	*colon = '\0';
	if (host[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		host++;
	}
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return NULL;
	return found;
}

static unsigned
port_of(int fd)
{
	struct sockaddr_in6 bound; /* the port stands at the same place in both */
	socklen_t len = sizeof(bound);

	memset(&bound, 0, sizeof(bound));
	if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
		return 0;
	return ntohs(bound.sin6_port);
}

static int
bind_and_listen(const struct addrinfo *address)
{
	int on = 1, fd = socket(address->ai_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

enum err
listen_open(struct str address, int *fd, unsigned *port)
{
	struct addrinfo *found = resolve(address);
	int cause;

	if (found == NULL) {
		log_error("not an address and port: %.*s", STR_ARGS(address));
		return ERR_FIELD_BAD;
	}
	*fd = bind_and_listen(found);
	cause = errno;
	freeaddrinfo(found);
	if (*fd < 0) {
		log_error("cannot listen on %.*s: %s", STR_ARGS(address),
		    strerror(cause));
		return cause == EADDRINUSE ? ERR_BUSY : ERR_INTERNAL;
	}
	*port = port_of(*fd);
	return OK;
}

/* An address as 16 bytes, IPv4 as mapped: many ways to write one are one. */
static bool
address_parse(struct str text, struct in6_addr *out)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char z[INET6_ADDRSTRLEN];

	snprintf(z, sizeof(z), "%.*s", STR_ARGS(text));
	if (inet_pton(AF_INET6, z, out) == 1)
		return true;
	memcpy(out->s6_addr, mapped, sizeof(mapped));
	return inet_pton(AF_INET, z, out->s6_addr + 12) == 1;
}

bool
listen_has_address(struct str list, struct str address)
{
	struct in6_addr wanted, listed;

	if (!address_parse(address, &wanted))
		return false;
	while (list.len != 0)
		if (address_parse(str_split(&list, ' '), &listed) &&
		    memcmp(&wanted, &listed, sizeof(wanted)) == 0)
			return true;
	return false;
}

struct str
listen_origins(const struct conf *conf, unsigned port)
{
	static char *origins; /* as long as it must be: a cut name is another */
	struct str address = conf->listen;

	while (address.len > 0 && address.p[address.len - 1] != ':')
		address.len--;
	free(origins);
	if (asprintf(&origins, "%.*s http://%.*s%u http://localhost:%u",
	    STR_ARGS(conf->origins), STR_ARGS(address), port, port) < 0)
		abort();
	return str_trim(str_c(origins));
}
