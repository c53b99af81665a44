#ifndef LIVE_TYPING_H
#define LIVE_TYPING_H

#include <stdint.h>

/*
 * Who is writing to whom: known from the fetch of a page that is nothing but a
 * form to write in.  In memory, a bounded table, forgotten after two minutes;
 * any thread.
 *
 * Callers ask first whether `to` may see the presence of `from`: the stamps
 * move here, and nothing may move of people who are not to be seen.
 */
#define TYPING_MS INT64_C(120000)

/* `from` has the form of talk `cid` open at `now_ms` (wall).  The first time
 * bumps OBJ_TYPING of the receiver's page, which wakes it (at most every 30 s). */
void typing_begin(uint64_t cid, uint64_t from, uint64_t to, int64_t now_ms);
/* `from` has sent.  Bumps OBJ_PEER, which wakes nobody. */
void typing_end(uint64_t cid, uint64_t from);
/* Until when (wall) `from` counts as writing in `cid`; 0: is not. */
int64_t typing_until(uint64_t cid, uint64_t from, int64_t now_ms);

#endif
