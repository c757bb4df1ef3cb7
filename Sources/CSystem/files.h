// Calls on files that need _GNU_SOURCE, or take a variable number of arguments. No logic.
#ifndef APUS_FILES_H
#define APUS_FILES_H
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int apus_openat(int folder, const char *name, int flags, unsigned mode) {
  return openat(folder, name, flags, mode);
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
