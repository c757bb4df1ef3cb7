// Attacks on a box, one a name. Exit 0 with "got" when an attack reached what it was after, 1 when
// it was held off. What an attack is after is never harm: each can be run outside of a box too.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int got(const char *what) {
  printf("got %s\n", what);
  fflush(stdout);
  return 0;
}

static int held(const char *what) {
  printf("held: %s: %s\n", what, strerror(errno));
  fflush(stdout);
  return 1;
}

// A call that is made so that it fails whoever makes it: held off only when nobody looked at it.
static int reached(const char *what, long status) {
  if (status < 0 && (errno == EPERM || errno == ENOSYS || errno == EACCES)) return held(what);
  return got(what);
}

static int forks(long wanted) {
  for (long made = 0; made < wanted; made++) {
    pid_t child = fork();
    if (child < 0) return held("fork");
    if (child == 0) {
      pause();
      _exit(0);
    }
  }
  return got("processes");
}

static void *wait_for_ever(void *nothing) {
  pause();
  return nothing;
}

static int threads(long wanted) {
  for (long made = 0; made < wanted; made++) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    errno = pthread_create(&thread, &attributes, wait_for_ever, 0);
    if (errno != 0) return held("thread");
  }
  return got("threads");
}

static int memory(long mebibytes) {
  for (long made = 0; made < mebibytes; made++) {
    volatile char *piece = malloc(1 << 20);
    if (piece == 0) return held("malloc");
    for (long place = 0; place < 1 << 20; place += 4096) piece[place] = 1;
  }
  return got("memory");
}

static int huge(long gibibytes) {
  char *piece = mmap(0, (size_t)gibibytes << 30, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (piece == MAP_FAILED) return held("mmap");
  for (size_t place = 0; place < (size_t)256 << 20; place += 4096) piece[place] = 1;
  return got("an allocation");
}

static int shared(long mebibytes) {
  int file = memfd_create("bomb", 0);
  char piece[4096] = {1};
  for (long made = 0; made < mebibytes * 256; made++)
    if (write(file, piece, sizeof piece) != sizeof piece) return held("memfd");
  return got("memory in a file");
}

static int flood(long mebibytes) {
  static char piece[1 << 16];
  memset(piece, 'x', sizeof piece);
  for (long made = 0; made < mebibytes * 16; made++)
    if (write(1, piece, sizeof piece) < 0) return held("write");
  return 0;
}

static int files(long wanted) {
  char name[64];
  for (long made = 0; made < wanted; made++) {
    snprintf(name, sizeof name, "file-%ld", made);
    int file = open(name, O_CREAT | O_WRONLY, 0600);
    if (file < 0) return held("a file");
    close(file);
  }
  return got("files");
}

static int disk(long mebibytes) {
  static char piece[1 << 20];
  memset(piece, 1, sizeof piece);
  signal(SIGXFSZ, SIG_IGN);
  int file = open("fill", O_CREAT | O_WRONLY, 0600);
  if (file < 0) return held("open");
  for (long made = 0; made < mebibytes; made++)
    if (write(file, piece, sizeof piece) != sizeof piece) return held("write");
  return got("a full disk");
}

static int sparse(void) {
  signal(SIGXFSZ, SIG_IGN);
  int file = open("out/sparse", O_CREAT | O_WRONLY, 0600);
  if (file < 0) return held("open");
  return ftruncate(file, 1L << 40) == 0 ? got("a sparse file") : held("ftruncate");
}

static int descriptors(long wanted) {
  for (long made = 0; made < wanted; made++)
    if (dup(0) < 0) return held("dup");
  return got("descriptors");
}

static int deep(long levels) {
  for (long level = 0; level < levels; level++)
    if (mkdir("d", 0700) != 0 || chdir("d") != 0) return held("mkdir");
  return got("a deep folder");
}

// Without a call, so that nothing turns it into a loop.
static volatile int depth;
static int overflow(int level) {
  volatile char room[4096];
  room[level & 4095] = (char)level;
  depth = level;
  return overflow(level + 1) + room[0];
}

static int read_path(const char *path) {
  char bytes[64];
  int file = open(path, O_RDONLY);
  if (file < 0) return held(path);
  return read(file, bytes, sizeof bytes) > 0 ? got("a file's bytes") : held(path);
}

static int read_link(const char *path) {
  unlink("link");
  if (symlink(path, "link") != 0) return held("symlink");
  return read_path("link");
}

static int write_path(const char *path) {
  int file = open(path, O_CREAT | O_WRONLY, 0600);
  if (file < 0) return held(path);
  close(file);
  unlink(path);
  return got("a file outside");
}

static int open_to_write(const char *path) {
  int file = open(path, O_WRONLY);
  return file < 0 ? held(path) : got(path);
}

static int speak(int family, int type, int protocol, struct sockaddr *address, socklen_t length) {
  int speaker = socket(family, type, protocol);
  if (speaker < 0) return held("socket");
  if (address == 0) return got("a socket");
  if (type == SOCK_DGRAM)
    return sendto(speaker, "x", 1, 0, address, length) == 1 ? got("a datagram") : held("sendto");
  return connect(speaker, address, length) == 0 ? got("a connection") : held("connect");
}

static int internet(int type, const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  return speak(AF_INET, type, 0, (struct sockaddr *)&address, sizeof address);
}

// No family but the box's own makes pairs; one that says so was asked, and may have been loaded.
static int pair(void) {
  const int families[] = {AF_INET, AF_INET6, AF_VSOCK, AF_NETLINK, AF_TIPC, AF_ALG};
  for (int index = 0; index < 6; index++) {
    int ends[2];
    if (socketpair(families[index], SOCK_STREAM, 0, ends) == 0) return got("a pair");
    if (errno == EOPNOTSUPP || errno == ESOCKTNOSUPPORT) return got("another family");
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return got("no pair at all");
  errno = EAFNOSUPPORT;
  return held("socketpair");
}

static int watch(const char *path) {
  int watcher = inotify_init1(IN_CLOEXEC);
  if (watcher < 0) return held("inotify_init1");
  return inotify_add_watch(watcher, path, IN_OPEN) >= 0 ? got("a watch") : held("inotify_add_watch");
}

static int notify(const char *path) {
  signal(SIGIO, SIG_IGN);
  int folder = open(path, O_RDONLY | O_DIRECTORY);
  if (folder < 0) return held("open");
  return fcntl(folder, F_NOTIFY, DN_ACCESS | DN_MULTISHOT) == 0 ? got("a notice") : held("F_NOTIFY");
}

static int local(const char *name, int is_abstract) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path + is_abstract, name, sizeof address.sun_path - 2);
  socklen_t length = offsetof(struct sockaddr_un, sun_path) + is_abstract + strlen(name);
  return speak(AF_UNIX, SOCK_STREAM, 0, (struct sockaddr *)&address, length);
}

static pid_t sleeper(void) {
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  return child;
}

static int trace(void) {
  pid_t child = sleeper();
  long status = ptrace(PTRACE_ATTACH, child, 0, 0);
  int number = errno;
  kill(child, SIGKILL);
  errno = number;
  return status == 0 ? got("a tracer's seat") : held("ptrace");
}

static int peek(void) {
  char here[4] = "abc", there[4] = {0};
  pid_t child = sleeper();
  struct iovec mine = {there, 4}, theirs = {here, 4};
  ssize_t count = process_vm_readv(child, &mine, 1, &theirs, 1, 0);
  int number = errno;
  kill(child, SIGKILL);
  errno = number;
  return count == 4 ? got("another's memory") : held("process_vm_readv");
}

static int inherited(void) {
  int found = 0;
  for (int number = 3; number < 1024; number++)
    if (fcntl(number, F_GETFD) >= 0) found++;
  errno = EBADF;
  return found > 0 ? got("descriptors of somebody else") : held("descriptors");
}

static int linger(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      for (int number = 1; number < 64; number++) signal(number, SIG_IGN);
      int file = open("/tmp/lingers", O_CREAT | O_WRONLY, 0600);
      close(file);
      for (;;) pause();
    }
    _exit(0);
  }
  for (int look = 0; look < 1000 && access("/tmp/lingers", F_OK) != 0; look++) usleep(1000);
  return got("a process that stays");
}

static int count_processes(void) {
  int found = 0;
  for (int number = 2; number < 5000; number++)
    if (number != getpid() && kill(number, 0) == 0) found++;
  errno = ESRCH;
  return found > 0 ? got("somebody who stayed") : held("others");
}

// A pipe's end on its way through a socket that nobody reads, and whose ends are in flight too.
static int in_flight(void) {
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  for (int round = 0; round < 2; round++) {
    int sent[2] = {1, ends[1]};
    char control[CMSG_SPACE(sizeof sent)] = {0};
    struct iovec piece = {"x", 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof sent);
    memcpy(CMSG_DATA(head), sent, sizeof sent);
    if (sendmsg(ends[0], &message, 0) < 0) return held("sendmsg");
  }
  return got("a pipe in flight");
}

static int foreign(void) {
#if defined(__x86_64__)
  long number = 20;  // getpid of the 32-bit table
  __asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
  if (number == getpid()) return got("a call of another processor");
  errno = ENOSYS;
#endif
  return held("int 0x80");
}

static int results(const char *kind, const char *path) {
  int status = -1;
  if (strcmp(kind, "link") == 0) status = symlink(path, "out/result");
  if (strcmp(kind, "pipe") == 0) status = mkfifo("out/result", 0600);
  if (strcmp(kind, "socket") == 0) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "out/result"};
    status = bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
  }
  if (strcmp(kind, "name") == 0) status = creat("out/\xff\xfe", 0600) < 0 ? -1 : 0;
  if (strcmp(kind, "locked") == 0) {
    mkdir("out/locked", 0700);
    creat("out/locked/inside", 0600);
    status = chmod("out/locked", 0);
  }
  return status == 0 ? got("a bad result") : held(kind);
}

static int limit_others(void) {
  struct rlimit limit = {64, 64};
  return prlimit(1, RLIMIT_NOFILE, &limit, 0) == 0 ? got("limits of others") : held("prlimit");
}

static int shoot_keeper(void) {
  for (int number = 1; number <= 64; number++) kill(1, number);
  kill(1, SIGKILL);
  return got("nothing");
}

static int io_ring(void) {
  char parameters[120] = {0};
  return syscall(SYS_io_uring_setup, 4, parameters) >= 0 ? got("a ring") : held("io_uring_setup");
}

static int key(void) {
  return syscall(SYS_add_key, "user", "apus", "x", 1, -1) >= 0 ? got("a key") : held("add_key");
}

static int event(void) {
  char attributes[128] = {1, 0, 0, 0, 112};
  return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0) >= 0 ? got("a counter")
                                                                     : held("perf_event_open");
}

static int device(void) {
  if (mknod("disk", S_IFBLK | 0600, makedev(254, 0)) != 0) return held("mknod");
  unlink("disk");
  return got("a device");
}

static int new_root(void) {
  mkdir("root", 0700);
  return chroot("root") == 0 ? got("another root") : held("chroot");
}

static int message(void) {
  int segment = shmget(4711, 4096, IPC_CREAT | 0600);
  if (segment < 0) return held("shmget");
  shmctl(segment, IPC_RMID, 0);
  return got("memory that outlives its maker");
}

int main(int count, char **words) {
  const char *name = count > 1 ? words[1] : "";
  const char *text = count > 2 ? words[2] : "";
  long number = atol(text);
#define IS(word) (strcmp(name, word) == 0)
  if (IS("forks")) return forks(number);
  if (IS("threads")) return threads(number);
  if (IS("memory")) return memory(number);
  if (IS("huge")) return huge(number);
  if (IS("shared")) return shared(number);
  if (IS("loop")) for (;;) depth++;
  if (IS("sleep")) for (;;) pause();
  if (IS("flood")) return flood(number);
  if (IS("files")) return files(number);
  if (IS("disk")) return disk(number);
  if (IS("sparse")) return sparse();
  if (IS("descriptors")) return descriptors(number);
  if (IS("deep")) return deep(number);
  if (IS("overflow")) return overflow(0);
  if (IS("read")) return read_path(text);
  if (IS("link")) return read_link(text);
  if (IS("write")) return write_path(text);
  if (IS("open")) return open_to_write(text);
  if (IS("tcp")) return internet(SOCK_STREAM, text);
  if (IS("udp")) return internet(SOCK_DGRAM, text);
  if (IS("unix")) return local(text, 0);
  if (IS("abstract")) return local(text, 1);
  if (IS("raw")) return speak(AF_INET, SOCK_RAW, IPPROTO_ICMP, 0, 0);
  if (IS("packet")) return speak(AF_PACKET, SOCK_RAW, 0, 0, 0);
  if (IS("netlink")) return speak(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, 0, 0);
  if (IS("vsock")) return speak(AF_VSOCK, SOCK_STREAM, 0, 0, 0);
  if (IS("pair")) return pair();
  if (IS("watch")) return watch(text);
  if (IS("notify")) return notify(text);
  if (IS("signal")) return kill((pid_t)number, 0) == 0 ? got("a process") : held("kill");
  if (IS("ptrace")) return trace();
  if (IS("peek")) return peek();
  if (IS("mount"))
    return mount("x", "/work/tmp", "tmpfs", 0, "") == 0 ? got("a mount") : held("mount");
  if (IS("users")) return unshare(CLONE_NEWUSER) == 0 ? got("a user namespace") : held("unshare");
  if (IS("clone")) {
    long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    return child > 0 ? got("a namespace") : held("clone");
  }
  if (IS("ring")) return io_ring();
  if (IS("key")) return key();
  if (IS("perf")) return event();
  if (IS("inherited")) return inherited();
  if (IS("linger")) return linger();
  if (IS("others")) return count_processes();
  if (IS("flight")) return in_flight();
  if (IS("foreign")) return foreign();
  if (IS("results")) return results(text, count > 3 ? words[3] : "");
  if (IS("limits")) return limit_others();
  if (IS("keeper")) return shoot_keeper();
  if (IS("device")) return device();
  if (IS("root")) return new_root();
  if (IS("shm")) return message();
  if (IS("personality"))
    return personality(ADDR_NO_RANDOMIZE) >= 0 ? got("fixed addresses") : held("personality");
  if (IS("time")) return reached("settimeofday", syscall(SYS_settimeofday, 1, 0));
  if (IS("clock")) return reached("clock_settime", syscall(SYS_clock_settime, CLOCK_REALTIME, 1));
  if (IS("bpf")) return reached("bpf", syscall(SYS_bpf, 999, 0, 0));
  if (IS("kexec")) return reached("kexec_load", syscall(SYS_kexec_load, 0, 99, 0, ~0UL));
  if (IS("reboot")) return reached("reboot", syscall(SYS_reboot, 1, 2, 3, 0));
  if (IS("module")) return reached("finit_module", syscall(SYS_finit_module, -1, "", 0));
  if (IS("handle")) return reached("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, 0, 0));
  if (IS("fault")) return reached("userfaultfd", syscall(SYS_userfaultfd, ~0));
  if (IS("variable")) return getenv(text) != 0 ? got("a variable") : held("getenv");
  return 9;
}
