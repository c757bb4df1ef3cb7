// splice(2), which Glibc's Swift module leaves out: it needs _GNU_SOURCE. No logic.
#ifndef APUS_SPLICE_H
#define APUS_SPLICE_H
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// <linux/splice.h> has none of these for programs.
enum { APUS_SPLICE_F_MOVE = 1, APUS_SPLICE_F_NONBLOCK = 2 };
enum { APUS_F_SETPIPE_SZ = 1031 };

static inline ssize_t apus_splice(int from, int to, size_t count) {
  return (ssize_t)syscall(
      SYS_splice, from, NULL, to, NULL, count, APUS_SPLICE_F_MOVE | APUS_SPLICE_F_NONBLOCK);
}

static inline int apus_pipe_capacity(int pipe, int bytes) {
  return fcntl(pipe, APUS_F_SETPIPE_SZ, bytes);
}
#endif
