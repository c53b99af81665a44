#ifndef WEB_BODY_H
#define WEB_BODY_H

#include <microhttpd.h>

#include "web/request.h"

/*
 * The body of a POST as it comes in: urlencoded or multipart, bounded in all
 * (conf body_max) and per field (web/field.c), kept raw until its end.
 */
/* NULL (request->err says why) when it cannot be read. */
struct body *body_new(struct request *request);
void body_feed(struct request *request, const char *data, size_t len);
/* The last byte is in; errors in request->err. */
void body_end(struct request *request);
/* Into request->field, once the client and so its charset are known. */
void body_decode(struct request *request);
void body_free(struct body *body);

#endif
