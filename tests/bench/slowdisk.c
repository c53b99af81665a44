/*
 * A slow disk, for LD_PRELOAD: each fsync and fdatasync takes longer than it
 * really does, on every thread by itself.
 *
 *	SLOWDISK_US	so many microseconds longer, 5000 if nothing is said
 *	SLOWDISK_GATE	and for as long as this file exists; FILE.waiting is made
 *			when one begins to wait for that
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
wait_us(long us)
{
	const struct timespec time = { .tv_sec = us / 1000000,
	    .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

static void
wait_at_gate(const char *gate)
{
	char waiting[4096];

	if (gate == NULL || access(gate, F_OK) != 0)
		return;
	snprintf(waiting, sizeof(waiting), "%s.waiting", gate);
	close(open(waiting, O_CREAT | O_WRONLY, 0600));
	while (access(gate, F_OK) == 0)
		wait_us(1000);
}

static int
synced(const char *name, int fd)
{
	const char *us = getenv("SLOWDISK_US");
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, name);
	if (real(fd) != 0)
		return -1;
	wait_us(us != NULL ? strtol(us, NULL, 10) : 5000);
	wait_at_gate(getenv("SLOWDISK_GATE"));
	return 0;
}

int
fsync(int fd)
{
	return synced("fsync", fd);
}

int
fdatasync(int fd)
{
	return synced("fdatasync", fd);
}
