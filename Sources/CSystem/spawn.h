// Starting a program. In C because between vfork and exec only calls that need no memory and no
// lock are allowed, which a Swift function cannot promise. Why not posix_spawn: it knows no
// parent-death signal.
#ifndef APUS_SPAWN_H
#define APUS_SPAWN_H
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
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
};

// Runs in the child, on the parent's memory, while the calling thread stands still.
static inline int apus_spawn_child(const struct apus_spawn *spawn, pid_t parent, int *step) {
  struct sigaction standard;
  sigset_t none;
  sigemptyset(&none);
  standard.sa_handler = SIG_DFL;
  standard.sa_flags = 0;
  standard.sa_mask = none;
  for (int number = 1; number <= 64; number++) sigaction(number, &standard, 0);

  *step = APUS_STEP_GROUP;
  if (spawn->group == APUS_GROUP_OWN && setpgid(0, 0) != 0) return errno;
  if (spawn->group == APUS_GROUP_SESSION && setsid() < 0) return errno;
  if (spawn->death_signal != 0) {
    if (prctl(PR_SET_PDEATHSIG, spawn->death_signal) != 0) return errno;
    if (getppid() != parent) return ESRCH;  // It died before the line above.
  }
  *step = APUS_STEP_FOLDER;
  if (spawn->folder != 0 && chdir(spawn->folder) != 0) return errno;
  *step = APUS_STEP_DESCRIPTORS;
  for (int target = 0; target < spawn->count; target++) {
    int source = spawn->descriptors[target];
    if (source == target ? fcntl(target, F_SETFD, 0) != 0 : dup2(source, target) < 0) return errno;
  }
  if (syscall(SYS_close_range, spawn->count, ~0U, 0) != 0) return errno;
  *step = APUS_STEP_EXEC;
  sigprocmask(SIG_SETMASK, &none, 0);
  execve(spawn->path, spawn->arguments, spawn->environment);
  return errno;
}

// The process number, or -errno with the step that failed. All signals are held back meanwhile:
// a handler must not run in the child on the parent's memory.
__attribute__((noinline, unused)) static int apus_spawn(
    const struct apus_spawn *spawn, int *step) {
  sigset_t all, previous;
  volatile int failure = 0;
  pid_t parent = getpid();
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  *step = APUS_STEP_FORK;
  pid_t child = vfork();
  if (child == 0) {
    failure = apus_spawn_child(spawn, parent, step);
    _exit(127);
  }
  if (child < 0) failure = errno;
  pthread_sigmask(SIG_SETMASK, &previous, 0);
  if (failure == 0) return child;
  if (child > 0) waitpid(child, 0, 0);
  return -failure;
}

static inline int apus_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }
#endif
