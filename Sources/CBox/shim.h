// Linux calls that a box is made with and that Glibc's Swift module leaves out. No logic.
#ifndef APUS_BOX_H
#define APUS_BOX_H
#include <sys/syscall.h>
#include <unistd.h>

static inline int apus_box_version(void) { return 1; }

#endif
