// What the cases of WASI have in common: they call it without a library between, and print what it
// answers, one line a call.
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define WORK 3
#define READ __WASI_RIGHTS_FD_READ
#define WRITE __WASI_RIGHTS_FD_WRITE
#define SEEK (__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL)
#define ALL ((1 << 28) - 1)
#define CREATE __WASI_OFLAGS_CREAT
#define FOLDER __WASI_OFLAGS_DIRECTORY
#define EXCLUSIVE __WASI_OFLAGS_EXCL
#define TRUNCATE __WASI_OFLAGS_TRUNC
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

typedef __wasi_errno_t Error;

static const char *name(Error error) {
  static const char *names[] = {
      [0] = "ok", [8] = "badf", [20] = "exist", [21] = "fault", [22] = "fbig", [25] = "ilseq",
      [28] = "inval", [29] = "io", [31] = "isdir", [32] = "loop", [33] = "mfile",
      [37] = "nametoolong", [44] = "noent", [51] = "nospc", [52] = "nosys", [54] = "notdir",
      [55] = "notempty", [57] = "notsock", [58] = "notsup", [61] = "overflow", [63] = "perm",
      [69] = "rofs", [70] = "spipe", [76] = "notcapable"};
  static char other[16];
  if (error < sizeof names / sizeof *names && names[error]) return names[error];
  snprintf(other, sizeof other, "error %d", error);
  return other;
}

static void show(const char *what, Error error) { printf("%s: %s\n", what, name(error)); }

static void tell(const char *what, Error error, uint64_t value) {
  if (error) show(what, error);
  else printf("%s: %llu\n", what, (unsigned long long)value);
}

static Error open_at(const char *path, int follow, int how, uint64_t rights, int flags, int *file) {
  return __wasi_path_open(WORK, follow, path, how, rights, ALL, flags, file);
}

/// Opens what must open: -1 and a line where it does not.
static int opened(const char *path, int how, uint64_t rights) {
  int file = -1;
  Error error = open_at(path, FOLLOW, how, rights, 0, &file);
  if (error) show(path, error);
  return file;
}

static void show_open(const char *what, const char *path, int how, uint64_t rights) {
  int file;
  Error error = open_at(path, FOLLOW, how, rights, 0, &file);
  show(what, error);
  if (!error) (void)!__wasi_fd_close(file);
}

static void put(int file, const char *text) {
  __wasi_ciovec_t piece = {(const uint8_t *)text, strlen(text)};
  size_t count = 0;
  Error error = __wasi_fd_write(file, &piece, 1, &count);
  if (error || count != strlen(text)) show("write", error);
}

static void make(const char *path, const char *text) {
  int file = opened(path, CREATE | TRUNCATE, WRITE);
  put(file, text);
  (void)!__wasi_fd_close(file);
}

static void show_text(const char *what, int file) {
  char text[64];
  __wasi_iovec_t piece = {(uint8_t *)text, sizeof text};
  size_t count = 0;
  Error error = __wasi_fd_read(file, &piece, 1, &count);
  if (error) show(what, error);
  else printf("%s: [%.*s]\n", what, (int)count, text);
}

static void show_file(const char *path) {
  int file = -1;
  Error error = open_at(path, FOLLOW, 0, READ, 0, &file);
  if (error) {
    show(path, error);
    return;
  }
  show_text(path, file);
  (void)!__wasi_fd_close(file);
}

static uint64_t size_of(int file) {
  __wasi_filestat_t status = {0};
  Error error = __wasi_fd_filestat_get(file, &status);
  if (error) show("status", error);
  return status.size;
}
