/* What is done to a database without its server.  The store logs
 * what fails. */
#include "ctl/offline.h"

#include <stdio.h>
#include <unistd.h>

#include "base/secret.h"
#include "store/backup.h"

int
offline_verify(const char *dir)
{
	struct audit audit = { 0 };
	enum err err;

	secret_init();
	err = store_verify(dir, STDOUT_FILENO, &audit);
	if (err != OK && audit.faults == 0)
		return 1;
	printf("users = %llu\nconversations = %llu\nmessages = %llu\n"
	    "faults = %llu\n", (unsigned long long)audit.users,
	    (unsigned long long)audit.conversations,
	    (unsigned long long)audit.messages,
	    (unsigned long long)audit.faults);
	return audit.faults != 0;
}

int
offline_restore(const char *from, const char *dir)
{
	enum err err;

	secret_init();
	err = store_restore(from, dir, STDOUT_FILENO);
	if (err == ERR_EXISTS)
		fprintf(stderr, "zhitiao: %s: not empty, nothing was changed\n",
		    dir);
	return err != OK;
}
