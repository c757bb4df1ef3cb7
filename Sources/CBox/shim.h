// Linux calls that a box is made with and that Glibc's Swift module leaves out. No logic.
#ifndef APUS_BOX_H
#define APUS_BOX_H
// _GNU_SOURCE must stay undefined: it changes fd_set, and Glibc's Swift module has the other one.
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Older headers know none of these; the kernel says ENOSYS or EINVAL where it does not either.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

// --- Mounts -------------------------------------------------------------------------------------

enum {
  APUS_MOUNT_READ_ONLY = 1,
  APUS_MOUNT_NO_SET_ID = 2,
  APUS_MOUNT_NO_DEVICES = 4,
  APUS_MOUNT_NO_EXEC = 8
};

static inline int apus_mount_private(void) {
  // MS_REC | MS_PRIVATE
  return (int)syscall(SYS_mount, 0, "/", 0, 16384UL | 262144UL, 0);
}

static inline int apus_mount_proc(const char *target, const char *options) {
  // MS_NOSUID | MS_NODEV | MS_NOEXEC
  return (int)syscall(SYS_mount, "proc", target, "proc", 2UL | 4UL | 8UL, options);
}

// A copy of what is mounted at a path, with all below it, not yet anywhere.
static inline int apus_mount_copy(const char *path) {
  // OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE
  return (int)syscall(SYS_open_tree, AT_FDCWD, path, 1u | O_CLOEXEC | 0x8000u);
}

static inline int apus_mount_attributes(int mount, unsigned set, int recursive) {
  struct {
    uint64_t set, clear, propagation, users;
  } attributes = {set, 0, 0, 0};
  // AT_EMPTY_PATH | AT_RECURSIVE
  return (int)syscall(SYS_mount_setattr, mount, "", 0x1000u | (recursive ? 0x8000u : 0),
                      &attributes, sizeof attributes);
}

static inline int apus_mount_attach(int mount, const char *target) {
  // MOVE_MOUNT_F_EMPTY_PATH
  return (int)syscall(SYS_move_mount, mount, "", AT_FDCWD, target, 4u);
}

// A file system in memory, not yet anywhere. The options are key and value in turn, then NULL.
static inline int apus_mount_memory(const char *const *options, unsigned attributes) {
  int context = (int)syscall(SYS_fsopen, "tmpfs", 1u);
  if (context < 0) return -1;
  int mount = -1;
  for (; options[0] != 0; options += 2) {
    // FSCONFIG_SET_STRING
    if (syscall(SYS_fsconfig, context, 1u, options[0], options[1], 0) != 0) goto done;
  }
  // FSCONFIG_CMD_CREATE
  if (syscall(SYS_fsconfig, context, 6u, 0, 0, 0) != 0) goto done;
  mount = (int)syscall(SYS_fsmount, context, 1u, attributes);
done:;
  int number = errno;
  close(context);
  errno = number;
  return mount;
}

// The working folder becomes the root, and nothing is left of the old one.
static inline int apus_mount_pivot(void) {
  if (syscall(SYS_pivot_root, ".", ".") != 0) return -1;
  // MNT_DETACH
  if (syscall(SYS_umount2, ".", 2) != 0) return -1;
  return chdir("/");
}

// --- Identity and privileges --------------------------------------------------------------------

static inline int apus_unshare(int flags) { return (int)syscall(SYS_unshare, flags); }

static inline int apus_host_name(const char *name, size_t count) {
  return (int)syscall(SYS_sethostname, name, count);
}

// The calls of this thread alone: the C library's would signal threads that are not there.
static inline int apus_become(unsigned user, unsigned group) {
  if (syscall(SYS_setresgid, group, group, group) != 0) return -1;
  return (int)syscall(SYS_setresuid, user, user, user);
}

static inline int apus_forget_groups(void) { return (int)syscall(SYS_setgroups, 0, 0); }

static inline int apus_process_control(int option, unsigned long value) {
  return prctl(option, value, 0, 0, 0);
}

static inline int apus_no_capabilities(void) {
  struct {
    uint32_t version;
    int process;
  } head = {0x20080522, 0};  // _LINUX_CAPABILITY_VERSION_3
  uint32_t sets[6] = {0, 0, 0, 0, 0, 0};
  return (int)syscall(SYS_capset, &head, sets);
}

// The effective set of this thread, all 64 bits.
static inline uint64_t apus_capabilities(void) {
  struct {
    uint32_t version;
    int process;
  } head = {0x20080522, 0};
  uint32_t sets[6] = {0, 0, 0, 0, 0, 0};
  if (syscall(SYS_capget, &head, sets) != 0) return ~0ULL;
  return sets[0] | (uint64_t)sets[3] << 32;
}

static inline int apus_no_ambient(void) {
  // PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL
  return prctl(47, 4, 0, 0, 0);
}

// --- Landlock and seccomp -----------------------------------------------------------------------

// The version of the interface, or -1.
static inline int apus_landlock_version(void) {
  return (int)syscall(SYS_landlock_create_ruleset, 0, 0, 1u);
}

static inline int apus_landlock_create(uint64_t files, uint64_t network, uint64_t scoped,
                                       size_t size) {
  uint64_t attributes[3] = {files, network, scoped};
  return (int)syscall(SYS_landlock_create_ruleset, attributes, size, 0u);
}

static inline int apus_landlock_allow(int rules, uint64_t access, int place) {
  struct {
    uint64_t access;
    int32_t place;
  } __attribute__((packed)) rule = {access, place};
  return (int)syscall(SYS_landlock_add_rule, rules, 1u, &rule, 0u);
}

static inline int apus_landlock_restrict(int rules) {
  return (int)syscall(SYS_landlock_restrict_self, rules, 0u);
}

// For all threads of the process.
static inline int apus_filter(const uint64_t *instructions, unsigned short count) {
  struct {
    unsigned short count;
    const uint64_t *instructions;
  } program = {count, instructions};
  // SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
  return (int)syscall(SYS_seccomp, 1u, 1u, &program);
}

// --- Descriptors --------------------------------------------------------------------------------

static inline int apus_open_place(const char *path) {
  // O_PATH is only visible with _GNU_SOURCE.
  return open(path, 010000000 | O_CLOEXEC);
}

static inline int apus_close_on_exec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC); }

static inline int apus_set_non_blocking(int fd) {
  return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static inline int apus_duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }

static inline int apus_socket_pair(int ends[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

enum { APUS_DESCRIPTORS = 8 };

// Sends bytes with descriptors attached to the first; what send(2) says.
static inline ssize_t apus_send_descriptors(int socket, const void *bytes, size_t count,
                                            const int *descriptors, int number) {
  struct iovec piece = {(void *)bytes, count};
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * APUS_DESCRIPTORS)];
  } control;
  struct msghdr message = {0};
  if (number < 0 || number > APUS_DESCRIPTORS) {
    errno = EINVAL;
    return -1;
  }
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (number > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * number);
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * number);
    memcpy(CMSG_DATA(head), descriptors, sizeof(int) * number);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// Receives bytes and up to APUS_DESCRIPTORS descriptors, closed on exec; what recv(2) says.
static inline ssize_t apus_receive_descriptors(int socket, void *bytes, size_t count,
                                               int *descriptors, int *number) {
  struct iovec piece = {bytes, count};
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * APUS_DESCRIPTORS)];
  } control;
  struct msghdr message = {0};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  *number = 0;
  ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (received < 0) return received;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head != 0 && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
    *number = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(descriptors, CMSG_DATA(head), sizeof(int) * *number);
  }
  return received;
}

// A child that ended: its number, 0 when none has and it is not to wait, or -1. Its processor time,
// with that of the children it waited for, is in microseconds.
static inline int apus_reap(int *status, int waits, int64_t *user, int64_t *system) {
  struct rusage usage;
  int child = (int)syscall(SYS_wait4, -1, status, waits ? 0 : WNOHANG, &usage);
  if (child <= 0) return child;
  *user = (int64_t)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
  *system = (int64_t)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec;
  return child;
}

// Processor time of this process.
static inline void apus_own_time(int64_t *user, int64_t *system) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  *user = (int64_t)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
  *system = (int64_t)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec;
}

static inline int apus_exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int apus_exit_signal(int status) {
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// A descriptor that is readable when a child has ended; SIGCHLD is held back from then on.
static inline int apus_child_watch(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &set, 0) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static inline int apus_open_in(int folder, const char *name, int flags) {
  return openat(folder, name, flags);
}

// Macros or enumerators, by C library; RLIMIT_NPROC is only visible with __USE_MISC.
enum {
  APUS_LIMIT_FILE_SIZE = 1,
  APUS_LIMIT_CORE = 4,
  APUS_LIMIT_PROCESSES = 6,
  APUS_LIMIT_DESCRIPTORS = 7,
  APUS_LIMIT_LOCKED = 8,
  APUS_LIMIT_MESSAGES = 12
};

static inline int apus_limit(int resource, uint64_t most) {
  struct rlimit limit = {most, most};
  return setrlimit(resource, &limit);
}

// The mask has a bit for each processor, the lowest first.
static inline int apus_set_processors(int thread, const unsigned char *mask, size_t count) {
  return (int)syscall(SYS_sched_setaffinity, thread, count, mask);
}

#endif
