#ifndef CTL_SOCKET_H
#define CTL_SOCKET_H

#include <stdbool.h>
#include <sys/un.h>

#include "base/str.h"

/*
 * DIR/control, however long DIR is: it is opened and named through
 * /proc/self/fd, since a socket address holds only 107 bytes.
 */
struct control_place {
	int dir_fd;
	struct sockaddr_un address;
};
bool control_place_open(struct control_place *place, const char *dir);
void control_place_close(struct control_place *place);

/* All of `text`; false when the other side is gone. */
bool control_send(int fd, struct str text);

#endif
