// Linux calls and macros that Glibc's Swift module leaves out. No logic.
#ifndef APUS_CSYSTEM_H
#define APUS_CSYSTEM_H
// _GNU_SOURCE must stay undefined: it changes fd_set, and Glibc's Swift module has the other one.
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <malloc.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// <linux/wait.h> and <sys/wait.h> of older C libraries know no P_PIDFD.
#define APUS_P_PIDFD 3

static inline int apus_accept4(int fd, struct sockaddr *address, socklen_t *length) {
  return (int)syscall(SYS_accept4, fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int apus_open(const char *path, int flags, unsigned mode) {
  return open(path, flags, mode);
}

static inline int apus_pidfd_open(int pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int apus_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, 0, 0);
}

static inline int apus_waitid_pidfd(int pidfd, siginfo_t *info, struct rusage *usage) {
  return (int)syscall(SYS_waitid, APUS_P_PIDFD, pidfd, info, WEXITED, usage);
}

static inline int apus_close_range(unsigned first, unsigned last) {
  return (int)syscall(SYS_close_range, first, last, 0);
}

static inline void apus_siginfo_status(const siginfo_t *info, int *code, int *status) {
  *code = info->si_code;
  *status = info->si_status;
}

int pthread_setname_np(pthread_t thread, const char *name);

static inline int apus_fcntl(int fd, int command, long argument) {
  return fcntl(fd, command, argument);
}

static inline int apus_window_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// A socket that hears when interfaces, addresses and routes change (rtnetlink(7)).
static inline int apus_open_route_socket(void) {
  struct sockaddr_nl address = {
      .nl_family = AF_NETLINK,
      .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR |
                   RTMGRP_IPV6_ROUTE,
  };
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return -1;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  int number = errno;
  close(fd);
  errno = number;
  return -1;
}

// Swift finds the fields of struct timespec and timeval in one module or another, as headers come
// and go.
static inline long long apus_microseconds(const struct timeval *time) {
  return (long long)time->tv_sec * 1000000 + time->tv_usec;
}

static inline long long apus_modified_nanoseconds(const struct stat *status) {
  return (long long)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

// struct ucred is only visible with _GNU_SOURCE.
static inline int apus_peer_credentials(int fd, int *pid, unsigned *user, unsigned *group) {
  struct {
    int pid;
    unsigned uid, gid;
  } credentials;
  socklen_t length = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
  *pid = credentials.pid;
  *user = credentials.uid;
  *group = credentials.gid;
  return 0;
}
// Freed memory that stays with a heap, and the size from which on it is the kernel's at once.
static inline void apus_tune_heap(int kept, int mapped) {
  mallopt(M_TRIM_THRESHOLD, kept);
  mallopt(M_MMAP_THRESHOLD, mapped);
}

#endif
