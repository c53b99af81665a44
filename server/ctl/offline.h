#ifndef CTL_OFFLINE_H
#define CTL_OFFLINE_H

/* `zhitiao verify DIR` and `zhitiao restore FROM DIR`: on a database that
 * nobody has open.  Faults go to standard output.  They return the exit status. */
int offline_verify(const char *dir);
int offline_restore(const char *from, const char *dir);

#endif
