// Starting a program. In C because between vfork and exec only calls that need no memory and no
// lock are allowed, which a Swift function cannot promise. Why not posix_spawn: it knows no
// parent-death signal.
#ifndef APUS_SPAWN_H
#define APUS_SPAWN_H
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { APUS_GROUP_INHERITED = 0, APUS_GROUP_OWN = 1, APUS_GROUP_SESSION = 2 };
enum {
  APUS_STEP_FORK = 0,
  APUS_STEP_GROUP = 1,
  APUS_STEP_FOLDER = 2,
  APUS_STEP_DESCRIPTORS = 3,
  APUS_STEP_EXEC = 4
};

struct apus_spawn {
  const char *path;
  char *const *arguments;
  char *const *environment;
  const char *folder;      // NULL: the parent's
  const int *descriptors;  // the child's 0, 1, ...; each at its own place or at count and above
  int count;
  int group;
  int death_signal;  // 0: none; sent when the calling *thread* ends
  int namespaces;    // CLONE_NEW... flags; 0: the parent's
  const int *groups;  // `tasks` files of control groups, which the child enters
  int group_count;
};

// What <sched.h> has with _GNU_SOURCE alone.
enum {
  APUS_NEW_CONTROL_GROUPS = 0x02000000,
  APUS_NEW_HOST_NAME = 0x04000000,
  APUS_NEW_MESSAGES = 0x08000000,
  APUS_NEW_USERS = 0x10000000,
  APUS_NEW_PROCESSES = 0x20000000,
  APUS_NEW_NETWORK = 0x40000000,
  APUS_NEW_MOUNTS = 0x00020000
};
int apus_clone(int (*body)(void *), void *stack, int flags, void *argument, ...) __asm__("clone");

static inline int apus_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

struct apus_spawn_failure {
  int step, number;
};

// Lets the program keep the capabilities of its fresh user namespace, where no user is mapped
// yet: without this exec takes them. Needs no memory and no lock.
static inline int apus_keep_capabilities(void) {
  struct {
    uint32_t version;
    int process;
  } head = {0x20080522, 0};  // _LINUX_CAPABILITY_VERSION_3
  uint32_t sets[6];          // effective, permitted, inheritable; then their upper halves
  if (syscall(SYS_capget, &head, sets) != 0) return -1;
  sets[2] = sets[1];
  sets[5] = sets[4];
  if (syscall(SYS_capset, &head, sets) != 0) return -1;
  for (int number = 0; number < 64; number++) {
    uint32_t set = number < 32 ? sets[1] : sets[4];
    // PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE
    if ((set >> (number & 31) & 1) != 0 && prctl(47, 2, number, 0, 0) != 0) return -1;
  }
  return 0;
}

// Runs in the child, on the parent's memory, while the calling thread stands still: in a frame of
// its own, so that nothing the parent still needs is overwritten. `report` moves right behind the
// descriptors that the program is to have.
__attribute__((noinline, noreturn, unused)) static void apus_spawn_child(
    const struct apus_spawn *spawn, pid_t parent, int report) {
  struct apus_spawn_failure failure = {APUS_STEP_GROUP, 0};
  struct sigaction standard;
  sigset_t none;
  sigemptyset(&none);
  standard.sa_handler = SIG_DFL;
  standard.sa_flags = 0;
  standard.sa_mask = none;
  for (int number = 1; number <= 64; number++) sigaction(number, &standard, 0);

  if (spawn->group == APUS_GROUP_OWN && setpgid(0, 0) != 0) goto failed;
  if (spawn->group == APUS_GROUP_SESSION && setsid() < 0) goto failed;
  if (spawn->death_signal != 0) {
    if (prctl(PR_SET_PDEATHSIG, spawn->death_signal) != 0) goto failed;
    // It died before the line above. In a namespace of its own nobody has a parent: there the
    // program hears of it through a descriptor that ends.
    if ((spawn->namespaces & APUS_NEW_PROCESSES) == 0 && getppid() != parent) _exit(127);
  }
  if ((spawn->namespaces & APUS_NEW_USERS) != 0 && apus_keep_capabilities() != 0) goto failed;
  // One thread that moves itself waits for nobody; moved by another it waits for all processors.
  for (int index = 0; index < spawn->group_count; index++)
    if (write(spawn->groups[index], "0", 1) != 1) goto failed;
  failure.step = APUS_STEP_FOLDER;
  if (spawn->folder != 0 && chdir(spawn->folder) != 0) goto failed;
  failure.step = APUS_STEP_DESCRIPTORS;
  for (int target = 0; target < spawn->count; target++) {
    int source = spawn->descriptors[target];
    if (source == target ? fcntl(target, F_SETFD, 0) != 0 : dup2(source, target) < 0) goto failed;
  }
  if (report != spawn->count) {
    if (syscall(SYS_dup3, report, spawn->count, O_CLOEXEC) < 0) goto failed;
    report = spawn->count;
  }
  if (syscall(SYS_close_range, spawn->count + 1, ~0U, 0) != 0) goto failed;
  failure.step = APUS_STEP_EXEC;
  sigprocmask(SIG_SETMASK, &none, 0);
  execve(spawn->path, spawn->arguments, spawn->environment);
failed:
  failure.number = errno;
  write(report, &failure, sizeof failure);
  _exit(127);
}

struct apus_spawn_start {
  const struct apus_spawn *spawn;
  pid_t parent;
  int report;
};

__attribute__((unused)) static int apus_spawn_body(void *raw) {
  const struct apus_spawn_start *start = raw;
  apus_spawn_child(start->spawn, start->parent, start->report);
}

// As vfork, into namespaces of its own: the C library's clone, on a stack of its own.
__attribute__((noinline, unused)) static pid_t apus_spawn_apart(struct apus_spawn_start *start) {
  enum { size = 256 << 10 };
  char *stack = mmap(0, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | 0x20000 /* MAP_STACK */, -1, 0);
  if (stack == MAP_FAILED) return -1;
  // CLONE_VM | CLONE_VFORK
  int flags = start->spawn->namespaces | 0x100 | 0x4000 | SIGCHLD;
  pid_t child = apus_clone(apus_spawn_body, stack + size, flags, start);
  int number = errno;
  munmap(stack, size);
  errno = number;
  return child;
}

// The process number, or -errno with the step that failed. All signals are held back meanwhile:
// a handler must not run in the child on the parent's memory. Failures come through a pipe that
// exec closes, because some sandboxes and sanitizers turn vfork into fork.
__attribute__((noinline, unused)) static int apus_spawn(
    const struct apus_spawn *spawn, int *step) {
  struct apus_spawn_failure failure;
  sigset_t all, previous;
  int ends[2];
  pid_t parent = getpid();
  *step = APUS_STEP_FORK;
  if (apus_pipe(ends) != 0) return -errno;
  int report = fcntl(ends[1], F_DUPFD_CLOEXEC, spawn->count);
  int number = errno;
  close(ends[1]);
  if (report < 0) {
    close(ends[0]);
    return -number;
  }
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  struct apus_spawn_start start = {spawn, parent, report};
  pid_t child = spawn->namespaces == 0 ? vfork() : apus_spawn_apart(&start);
  if (child == 0) apus_spawn_child(spawn, parent, report);
  number = errno;
  pthread_sigmask(SIG_SETMASK, &previous, 0);
  close(report);
  ssize_t count = 0;
  if (child > 0) {
    do count = read(ends[0], &failure, sizeof failure);
    while (count < 0 && errno == EINTR);
  }
  close(ends[0]);
  if (child < 0) return -number;
  if (count != sizeof failure) return child;
  waitpid(child, 0, 0);
  *step = failure.step;
  return -failure.number;
}
#endif
