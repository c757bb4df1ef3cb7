// Calls on files that need _GNU_SOURCE, or take a variable number of arguments. No logic.
#ifndef APUS_FILES_H
#define APUS_FILES_H
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int apus_openat(int folder, const char *name, int flags, unsigned mode) {
  return openat(folder, name, flags, mode);
}

// Opens a path whose every step stays beneath the folder: no `..` out of it, no link that leads
// out, none of /proc's.
static inline int apus_openat_beneath(int folder, const char *path, unsigned long long flags,
                                      unsigned long long mode) {
  struct open_how how = {
      .flags = flags, .mode = mode, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

// Visible only with _GNU_SOURCE: a descriptor that only names a file (fcntl.h).
enum { APUS_O_PATH = 010000000 };

static inline long long apus_nanoseconds(struct timespec time) {
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// What stat(2) tells, in types that are the same everywhere.
struct apus_status {
  unsigned long long device, inode, links;
  unsigned mode;
  long long size, read, written, changed;
};
static inline struct apus_status apus_told(const struct stat *status) {
  return (struct apus_status){
      .device = status->st_dev,
      .inode = status->st_ino,
      .links = status->st_nlink,
      .mode = status->st_mode,
      .size = status->st_size,
      .read = apus_nanoseconds(status->st_atim),
      .written = apus_nanoseconds(status->st_mtim),
      .changed = apus_nanoseconds(status->st_ctim),
  };
}
static inline int apus_status(int fd, struct apus_status *told) {
  struct stat status;
  int result = fstat(fd, &status);
  if (result == 0) *told = apus_told(&status);
  return result;
}
// Of a link itself.
static inline int apus_status_of(const char *path, struct apus_status *told) {
  struct stat status;
  int result = lstat(path, &status);
  if (result == 0) *told = apus_told(&status);
  return result;
}

// Sets when a file was read and written, each to nanoseconds, to now or not at all; without a name
// the descriptor's own. The links of a path are not followed.
enum { APUS_TIME_NOW = -1, APUS_TIME_STAYS = -2 };
static inline struct timespec apus_time_to_set(long long time) {
  struct timespec set = {time / 1000000000, time % 1000000000};
  if (time == APUS_TIME_NOW) set = (struct timespec){0, UTIME_NOW};
  if (time == APUS_TIME_STAYS) set = (struct timespec){0, UTIME_OMIT};
  return set;
}
static inline int apus_set_file_times(int fd, const char *name, long long read,
                                      long long written) {
  struct timespec times[2] = {apus_time_to_set(read), apus_time_to_set(written)};
  return name ? utimensat(fd, name, times, AT_SYMLINK_NOFOLLOW) : futimens(fd, times);
}

// Nanoseconds of a clock, and how fine it is.
static inline unsigned long long apus_clock(int clock) {
  struct timespec time = {0};
  clock_gettime(clock, &time);
  return apus_nanoseconds(time);
}
static inline unsigned long long apus_clock_resolution(int clock) {
  struct timespec time = {0};
  clock_getres(clock, &time);
  return apus_nanoseconds(time);
}
static inline void apus_sleep(unsigned long long nanoseconds) {
  struct timespec left = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

// A file without a name, in memory, that can be sealed; 3 = MFD_CLOEXEC | MFD_ALLOW_SEALING.
static inline int apus_memfd(const char *name) { return (int)syscall(SYS_memfd_create, name, 3); }

// No write, no growing, no shrinking, no other seal ever (fcntl(2), F_ADD_SEALS).
static inline int apus_seal(int fd) { return fcntl(fd, 1033, 15); }
static inline int apus_seals(int fd) { return fcntl(fd, 1034); }

static inline long apus_getrandom(void *bytes, size_t count) {
  return getrandom(bytes, count, 0);
}

// O_DIRECT is only visible with _GNU_SOURCE, and has another value on every processor.
#if defined(__x86_64__) || defined(__i386__) || defined(__riscv)
#define APUS_O_DIRECT 040000
#elif defined(__aarch64__) || defined(__arm__)
#define APUS_O_DIRECT 0200000
#else
#define APUS_O_DIRECT 0
#endif

static inline int apus_open_direct(const char *path) {
  if (APUS_O_DIRECT == 0) return -1;
  return open(path, O_WRONLY | O_CLOEXEC | APUS_O_DIRECT);
}

// 3 = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE (linux/falloc.h).
static inline int apus_punch_hole(int fd, long long offset, long long count) {
  return (int)syscall(SYS_fallocate, fd, 3, offset, count);
}

// 2 = SYNC_FILE_RANGE_WRITE (linux/fs.h): begins to write, and waits for nothing.
static inline int apus_start_writing(int fd, long long offset, long long count) {
  return (int)syscall(SYS_sync_file_range, fd, offset, count, 2);
}

static inline int apus_sync_file_system(int fd) { return (int)syscall(SYS_syncfs, fd); }

// RENAME_NOREPLACE and RENAME_EXCHANGE (linux/fs.h).
enum { APUS_RENAME_REPLACES = 0, APUS_RENAME_REFUSES = 1, APUS_RENAME_EXCHANGES = 2 };

static inline int apus_renameat(int folder, const char *name, int other_folder,
                                const char *other, unsigned how) {
  return (int)syscall(SYS_renameat2, folder, name, other_folder, other, how);
}

// Where the next bytes are that are no hole; 3 = SEEK_DATA (linux/fs.h).
static inline long long apus_next_data(int fd, long long offset) { return lseek(fd, offset, 3); }

#endif
