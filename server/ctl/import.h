#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include "ctl/command.h"

/* "import PATH": brings the JSON of an export into the store. */
enum err import_run(struct call *call) MUST_USE;

#endif
