/* Where the control socket is, for both of its sides. */
#include "ctl/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

bool
control_place_open(struct control_place *place, const char *dir)
{
	place->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	place->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(place->address.sun_path, sizeof(place->address.sun_path),
	    "/proc/self/fd/%d/control", place->dir_fd);
	return place->dir_fd >= 0;
}

void
control_place_close(struct control_place *place)
{
	if (place->dir_fd >= 0)
		close(place->dir_fd);
	place->dir_fd = -1;
}

bool
control_send(int fd, struct str text)
{
	while (text.len != 0) {
		ssize_t n = send(fd, text.p, text.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text = str_from(text, (size_t)n);
	}
	return true;
}
