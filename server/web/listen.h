#ifndef WEB_LISTEN_H
#define WEB_LISTEN_H

#include "base/conf.h"

/*
 * A listening socket for "ADDR:PORT" or "[ADDR]:PORT" (numeric; port 0 picks a
 * free one), not inherited by children.  ERR_FIELD_BAD: not such a text,
 * ERR_BUSY: the port is taken, ERR_INTERNAL else; all logged.
 */
enum err listen_open(struct str address, int *fd, unsigned *port) MUST_USE;

/* Is the address in the space-separated list?  However each is written: IPv6
 * in full or short, IPv4 plain or mapped. */
bool listen_has_address(struct str list, struct str address);

/* conf's origins and those of the address itself; valid until the next call. */
struct str listen_origins(const struct conf *conf, unsigned port);

#endif
