#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/store.h"

/*
 * Hot backup of the open environment into `dir` (created, must be empty or
 * absent): log auto-removal off, env->backup, on again, then recovery and the
 * audit on the copy.  OK only if the copy passed.  Any thread; one at a time
 * (ERR_BUSY).  ERR_DISK: no space, ERR_EXISTS: dir not empty.
 */
enum err store_backup(const char *dir) MUST_USE;

/*
 * The auditor, on a database nobody has open (its flock is taken): recovers,
 * verifies each file's structure, then the promises between tables: every
 * conversation's last_seq is the number of its messages without gap, members
 * and inbox rows exist in pairs, unames point to users, friend rows are
 * two-sided as the states demand, sessions belong to users, sent rows point
 * to messages.  Prints each fault to `report`.
 */
struct audit {
	uint64_t users, conversations, messages, faults;
};
enum err store_verify(const char *dir, int report_fd, struct audit *out) MUST_USE;

/* Copies a verified backup into `dir`, which must be empty or absent. */
enum err store_restore(const char *from, const char *dir, int report_fd) MUST_USE;

#endif
