// One function a case. Each is built into a module of its own by -DCASE=name, which then imports
// what that case calls and no more.
#include "calls.h"

// MARK: What was given

static void arguments(void) {
  size_t count, bytes, wanted = 0;
  uint8_t *list[16], text[256];
  show("sizes", __wasi_args_sizes_get(&count, &bytes));
  show("get", __wasi_args_get(list, text));
  for (size_t index = 0; index < count; index++) wanted += strlen((char *)list[index]) + 1;
  printf("%zu of them, the bytes agree: %d\n", count, bytes == wanted);
  for (size_t index = 1; index < count; index++) printf("[%s]\n", (char *)list[index]);
}

static void variables(void) {
  size_t count, bytes;
  uint8_t *list[16], text[256];
  show("sizes", __wasi_environ_sizes_get(&count, &bytes));
  show("get", __wasi_environ_get(list, text));
  printf("%zu of them in %zu bytes\n", count, bytes);
  for (size_t index = 0; index < count; index++) printf("[%s]\n", (char *)list[index]);
}

static void exits(void) {
  fflush(stdout);
  __wasi_proc_exit(42);
}

static void exits_large(void) { __wasi_proc_exit(125); }

static void exits_beyond(void) { __wasi_proc_exit(256); }

static void traps(void) {
  put(1, "before\n");
  __builtin_trap();
}

static void input(void) {
  uint8_t one[3], two[4];
  __wasi_iovec_t pieces[] = {{one, 3}, {one, 0}, {two, 4}};
  size_t count = 0;
  Error error = __wasi_fd_read(0, pieces, 3, &count);
  tell("read", error, count);
  printf("[%.3s][%.4s]\n", (char *)one, (char *)two);
  show_text("the rest", 0);
  show_text("its end", 0);
  show("seek", __wasi_fd_seek(0, 0, __WASI_WHENCE_CUR, &(__wasi_filesize_t){0}));
  __wasi_ciovec_t out = {one, 1};
  show("write", __wasi_fd_write(0, &out, 1, &count));
}

static void output(void) {
  __wasi_ciovec_t pieces[] = {
      {(uint8_t *)"gathered", 8}, {(uint8_t *)"", 0}, {(uint8_t *)"!\n", 2}};
  size_t count = 0;
  Error error = __wasi_fd_write(1, pieces, 3, &count);
  tell("write", error, count);
  put(2, "to the errors\n");
  __wasi_iovec_t room = {(uint8_t[4]){0}, 4};
  show("read", __wasi_fd_read(1, &room, 1, &count));
  show("seek", __wasi_fd_seek(1, 0, __WASI_WHENCE_CUR, &(__wasi_filesize_t){0}));
}

// MARK: Clocks and chance

static void clocks(void) {
  static const char *names[] = {"wall", "monotonic", "process", "thread"};
  for (int clock = 0; clock < 2; clock++) {
    __wasi_timestamp_t first = 0, second = 0, step = 0;
    Error error = __wasi_clock_time_get(clock, 1, &first);
    show(names[clock], error);
    error = __wasi_clock_time_get(clock, 1, &second);
    printf("goes on %d\n", !error && second >= first);
    show("resolution", __wasi_clock_res_get(clock, &step));
    printf("is one %d\n", step >= 1 && step <= 1000000000);
  }
  __wasi_timestamp_t now = 0;
  (void)!__wasi_clock_time_get(0, 1, &now);
  // After 2020 and before 2200.
  printf("a year %d\n", now > 1577836800000000000 && now < 7258118400000000000);
}

static void clocks_used(void) {
  __wasi_timestamp_t first = 0, second = 0;
  show("process", __wasi_clock_time_get(2, 1, &first));
  volatile double sum = 0;
  for (int turn = 0; turn < 3000000; turn++) sum += turn;
  show("process", __wasi_clock_time_get(2, 1, &second));
  printf("goes on %d\n", second > first);
  show("thread", __wasi_clock_time_get(3, 1, &first));
  show("resolution", __wasi_clock_res_get(2, &first));
}

static void clocks_none(void) {
  __wasi_timestamp_t now;
  show("time", __wasi_clock_time_get(4, 1, &now));
  show("resolution", __wasi_clock_res_get(77, &now));
}

static void chance(void) {
  uint8_t one[64] = {0}, two[64] = {0};
  show("some", __wasi_random_get(one, 64));
  show("more", __wasi_random_get(two, 64));
  show("none", __wasi_random_get(two, 0));
  int zeros = 0;
  for (int index = 0; index < 64; index++) zeros += one[index] == 0;
  printf("differ %d, are no zeros %d\n", memcmp(one, two, 64) != 0, zeros < 16);
}

static void yields(void) { show("yield", __wasi_sched_yield()); }

static void much_chance(void) {
  static uint8_t bytes[1 << 20];
  show("a mebibyte", __wasi_random_get(bytes, sizeof bytes));
  int seen = 0;
  for (int value = 0; value < 256; value++) seen += memchr(bytes + 1000000, value, 40000) != NULL;
  printf("to its end %d\n", seen == 256);
}

// MARK: Bytes

static void reads(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | SEEK);
  uint8_t one[3], two[4];
  __wasi_iovec_t pieces[] = {{one, 3}, {two, 4}};
  size_t count = 0;
  Error error = __wasi_fd_read(file, pieces, 2, &count);
  tell("gathered", error, count);
  printf("[%.3s][%.4s]\n", (char *)one, (char *)two);
  show_text("the rest", file);
  show_text("its end", file);
  error = __wasi_fd_read(file, pieces, 0, &count);
  tell("into nothing", error, count);
}

static void writes(void) {
  int file = opened("file", CREATE | EXCLUSIVE, READ | WRITE | SEEK);
  __wasi_ciovec_t pieces[] = {{(uint8_t *)"abc", 3}, {(uint8_t *)"", 0}, {(uint8_t *)"de", 2}};
  size_t count = 0;
  Error error = __wasi_fd_write(file, pieces, 3, &count);
  tell("gathered", error, count);
  error = __wasi_fd_write(file, pieces, 0, &count);
  tell("of nothing", error, count);
  show_file("file");
}

static void seeks(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | WRITE | SEEK);
  __wasi_filesize_t place = 99;
  Error error = __wasi_fd_seek(file, 4, __WASI_WHENCE_SET, &place);
  tell("from the start", error, place);
  error = __wasi_fd_seek(file, 2, __WASI_WHENCE_CUR, &place);
  tell("from here", error, place);
  error = __wasi_fd_seek(file, -3, __WASI_WHENCE_END, &place);
  tell("from the end", error, place);
  error = __wasi_fd_tell(file, &place);
  tell("tell", error, place);
  show_text("there", file);
  error = __wasi_fd_seek(file, 5, __WASI_WHENCE_END, &place);
  tell("past the end", error, place);
  show_text("nothing there", file);
  put(file, "x");
  tell("it grew", 0, size_of(file));
}

static void seeks_badly(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | SEEK);
  __wasi_filesize_t place = 0;
  show("before the start", __wasi_fd_seek(file, -1, __WASI_WHENCE_SET, &place));
  show("before it, from the end", __wasi_fd_seek(file, -11, __WASI_WHENCE_END, &place));
  show("still there", __wasi_fd_tell(file, &place));
  tell("at", 0, place);
  show("a closed one", __wasi_fd_seek(77, 0, __WASI_WHENCE_SET, &place));
  show("a closed one told", __wasi_fd_tell(77, &place));
}

static void seeks_from_nowhere(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | SEEK);
  show("whence", __wasi_fd_seek(file, 0, 3, &(__wasi_filesize_t){0}));
}

static void reads_at(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | SEEK);
  uint8_t one[2], two[3];
  __wasi_iovec_t pieces[] = {{one, 2}, {two, 3}};
  size_t count = 0;
  Error error = __wasi_fd_pread(file, pieces, 2, 4, &count);
  tell("at 4", error, count);
  printf("[%.2s][%.3s]\n", (char *)one, (char *)two);
  error = __wasi_fd_pread(file, pieces, 2, 8, &count);
  tell("at 8", error, count);
  error = __wasi_fd_pread(file, pieces, 2, 100, &count);
  tell("past the end", error, count);
  __wasi_filesize_t place = 99;
  error = __wasi_fd_tell(file, &place);
  tell("the place stays", error, place);
}

static void writes_at(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | WRITE | SEEK);
  __wasi_ciovec_t pieces[] = {{(uint8_t *)"A", 1}, {(uint8_t *)"BC", 2}};
  size_t count = 0;
  Error error = __wasi_fd_pwrite(file, pieces, 2, 3, &count);
  tell("at 3", error, count);
  error = __wasi_fd_pwrite(file, pieces, 1, 12, &count);
  tell("past the end", error, count);
  __wasi_filesize_t place = 99;
  error = __wasi_fd_tell(file, &place);
  tell("the place stays", error, place);
  tell("size", 0, size_of(file));
}

static void reads_streams_at(void) {
  uint8_t byte;
  __wasi_iovec_t room = {&byte, 1};
  __wasi_ciovec_t piece = {&byte, 1};
  size_t count;
  show("read the input at 0", __wasi_fd_pread(0, &room, 1, 0, &count));
  show("write the output at 0", __wasi_fd_pwrite(1, &piece, 1, 0, &count));
}

static void appends(void) {
  make("file", "one");
  int file = -1;
  show("open", open_at("file", FOLLOW, 0, READ | WRITE | SEEK, __WASI_FDFLAGS_APPEND, &file));
  put(file, "two");
  __wasi_filesize_t place;
  show("seek", __wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &place));
  put(file, "three");
  show_file("file");
}

static void writes_unasked(void) {
  make("file", "text");
  int file = opened("file", 0, READ);
  __wasi_ciovec_t piece = {(uint8_t *)"x", 1};
  size_t count;
  Error error = __wasi_fd_write(file, &piece, 1, &count);
  printf("write refused: %d\n", error == __WASI_ERRNO_BADF || error == __WASI_ERRNO_NOTCAPABLE);
  error = __wasi_fd_pwrite(file, &piece, 1, 0, &count);
  printf("write at 0 refused: %d\n",
         error == __WASI_ERRNO_BADF || error == __WASI_ERRNO_NOTCAPABLE);
  show_file("file");
}

static void reads_unasked(void) {
  make("file", "text");
  int file = opened("file", 0, WRITE);
  uint8_t byte;
  __wasi_iovec_t room = {&byte, 1};
  size_t count;
  Error error = __wasi_fd_read(file, &room, 1, &count);
  printf("read refused: %d\n", error == __WASI_ERRNO_BADF || error == __WASI_ERRNO_NOTCAPABLE);
}

// Memory that the guest does not have.
static void faults(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | WRITE);
  __wasi_iovec_t room = {(uint8_t *)0xFFFFFFF0, 8};
  __wasi_ciovec_t piece = {(uint8_t *)0xFFFFFFF0, 32};
  size_t count;
  show("read", __wasi_fd_read(file, &room, 1, &count));
  show("write", __wasi_fd_write(file, &piece, 1, &count));
  show("random", __wasi_random_get((uint8_t *)0xFFFFFFF0, 64));
  show("pieces", __wasi_fd_read(file, (__wasi_iovec_t *)0xFFFFFFF8, 4, &count));
  show("time", __wasi_clock_time_get(0, 1, (__wasi_timestamp_t *)0xFFFFFFF0));
}

// MARK: Descriptors

static void closed(void) {
  uint8_t byte;
  __wasi_iovec_t room = {&byte, 1};
  __wasi_ciovec_t piece = {&byte, 1};
  __wasi_fdstat_t told;
  __wasi_filestat_t status;
  size_t count;
  show("close", __wasi_fd_close(77));
  show("read", __wasi_fd_read(77, &room, 1, &count));
  show("write", __wasi_fd_write(77, &piece, 1, &count));
  show("read at", __wasi_fd_pread(77, &room, 1, 0, &count));
  show("write at", __wasi_fd_pwrite(77, &piece, 1, 0, &count));
  show("describe", __wasi_fd_fdstat_get(77, &told));
  show("status", __wasi_fd_filestat_get(77, &status));
  show("sync", __wasi_fd_sync(77));
  show("datasync", __wasi_fd_datasync(77));
  show("list", __wasi_fd_readdir(77, &byte, 1, 0, &count));
  show("prestat", __wasi_fd_prestat_get(77, &(__wasi_prestat_t){0}));
  int file = opened("file", CREATE, WRITE);
  show("close an open one", __wasi_fd_close(file));
  show("close it again", __wasi_fd_close(file));
  show("a huge number", __wasi_fd_close(0xFFFFFFFF));
}

static void closed_folder(void) {
  __wasi_filestat_t status;
  int file;
  show("open", __wasi_path_open(77, 0, "x", 0, READ, 0, 0, &file));
  show("create", __wasi_path_create_directory(77, "x"));
  show("remove", __wasi_path_remove_directory(77, "x"));
  show("unlink", __wasi_path_unlink_file(77, "x"));
  show("status", __wasi_path_filestat_get(77, 0, "x", &status));
}

static void file_as_folder(void) {
  make("file", "text");
  int file = opened("file", 0, READ), other;
  size_t count;
  show("open", __wasi_path_open(file, 0, "x", 0, READ, 0, 0, &other));
  show("list", __wasi_fd_readdir(file, (uint8_t[1]){0}, 1, 0, &count));
}

static void folder_as_file(void) {
  show("create", __wasi_path_create_directory(WORK, "d"));
  int folder = opened("d", FOLDER, READ);
  uint8_t byte;
  __wasi_iovec_t room = {&byte, 1};
  __wasi_ciovec_t piece = {&byte, 1};
  size_t count;
  printf("read refused: %d\n", __wasi_fd_read(folder, &room, 1, &count) != 0);
  printf("write refused: %d\n", __wasi_fd_write(folder, &piece, 1, &count) != 0);
  printf("seek refused: %d\n",
         __wasi_fd_seek(folder, 0, __WASI_WHENCE_SET, &(__wasi_filesize_t){0}) != 0);
}

static void renumbers(void) {
  make("one", "1");
  make("two", "22");
  int one = opened("one", 0, READ), two = opened("two", 0, READ);
  show("renumber", __wasi_fd_renumber(one, two));
  show("the old number", __wasi_fd_close(one));
  show_text("the new number", two);
  show("onto itself", __wasi_fd_renumber(two, two));
  show("still open", __wasi_fd_close(two));
}

static void renumbers_badly(void) {
  int file = opened("file", CREATE, READ);
  show("from a closed one", __wasi_fd_renumber(77, file));
  show("to a closed one", __wasi_fd_renumber(file, 77));
  show("still open", __wasi_fd_close(file));
}

static void lowest_number(void) {
  int one = opened("one", CREATE, WRITE), two = opened("two", CREATE, WRITE);
  printf("one after the other %d\n", two == one + 1);
  (void)!__wasi_fd_close(one);
  printf("a free one is taken %d\n", opened("three", CREATE, WRITE) == one);
}

static void describes(void) {
  __wasi_fdstat_t told;
  int file = -1;
  show("open", open_at("file", FOLLOW, CREATE, READ | WRITE, __WASI_FDFLAGS_APPEND, &file));
  show("describe", __wasi_fd_fdstat_get(file, &told));
  printf("a file %d, appends %d, reads %d, writes %d\n",
         told.fs_filetype == __WASI_FILETYPE_REGULAR_FILE, told.fs_flags == __WASI_FDFLAGS_APPEND,
         (told.fs_rights_base & READ) != 0, (told.fs_rights_base & WRITE) != 0);
  show("describe", __wasi_fd_fdstat_get(WORK, &told));
  printf("a folder %d\n", told.fs_filetype == __WASI_FILETYPE_DIRECTORY);
}

static void sets_flags(void) {
  make("file", "one");
  int file = opened("file", 0, READ | WRITE | SEEK);
  __wasi_fdstat_t told;
  show("append", __wasi_fd_fdstat_set_flags(file, __WASI_FDFLAGS_APPEND));
  show("describe", __wasi_fd_fdstat_get(file, &told));
  printf("appends %d\n", told.fs_flags == __WASI_FDFLAGS_APPEND);
  put(file, "two");
  show_file("file");
  show("none", __wasi_fd_fdstat_set_flags(file, 0));
  show("a closed one", __wasi_fd_fdstat_set_flags(77, 0));
}

static void sets_rights(void) {
  int file = opened("file", CREATE, READ | WRITE);
  __wasi_ciovec_t piece = {(uint8_t *)"x", 1};
  size_t count;
  show("fewer", __wasi_fd_fdstat_set_rights(file, READ, 0));
  printf("write refused: %d\n", __wasi_fd_write(file, &piece, 1, &count) != 0);
  Error error = __wasi_fd_fdstat_set_rights(file, READ | WRITE, 0);
  printf("more refused: %d\n", error == __WASI_ERRNO_NOTCAPABLE || error == __WASI_ERRNO_PERM);
  show("a closed one", __wasi_fd_fdstat_set_rights(77, 0, 0));
}

static void prestats(void) {
  __wasi_prestat_t told;
  uint8_t text[64];
  show("get", __wasi_fd_prestat_get(WORK, &told));
  printf("a folder %d\n", told.tag == __WASI_PREOPENTYPE_DIR);
  show("name", __wasi_fd_prestat_dir_name(WORK, text, told.u.dir.pr_name_len));
  printf("work %d\n", !memcmp(text + told.u.dir.pr_name_len - 4, "work", 4));
  show("of the input", __wasi_fd_prestat_get(0, &told));
  int file = opened("file", CREATE, READ);
  show("of a file", __wasi_fd_prestat_get(file, &told));
}

static void prestat_short(void) {
  uint8_t text[64];
  show("no room", __wasi_fd_prestat_dir_name(WORK, text, 1));
}

static void syncs(void) {
  int file = opened("file", CREATE, READ | WRITE);
  put(file, "text");
  show("sync", __wasi_fd_sync(file));
  show("datasync", __wasi_fd_datasync(file));
}

static void advises(void) {
  int file = opened("file", CREATE, READ | WRITE);
  show("advise", __wasi_fd_advise(file, 0, 100, __WASI_ADVICE_SEQUENTIAL));
  show("for all", __wasi_fd_advise(file, 0, 0, __WASI_ADVICE_DONTNEED));
  show("a closed one", __wasi_fd_advise(77, 0, 0, __WASI_ADVICE_NORMAL));
}

static void advises_badly(void) {
  int file = opened("file", CREATE, READ | WRITE);
  show("no advice", __wasi_fd_advise(file, 0, 0, 9));
}

static void allocates(void) {
  make("file", "text");
  int file = opened("file", 0, READ | WRITE | __WASI_RIGHTS_FD_ALLOCATE);
  show("more", __wasi_fd_allocate(file, 2, 98));
  tell("size", 0, size_of(file));
  show("less", __wasi_fd_allocate(file, 0, 10));
  tell("size", 0, size_of(file));
  show("nothing", __wasi_fd_allocate(file, 0, 0));
  show("beyond all", __wasi_fd_allocate(file, INT64_MAX, 10));
  show("a closed one", __wasi_fd_allocate(77, 0, 10));
}

// MARK: Status

static void statuses(void) {
  make("file", "12345");
  __wasi_filestat_t status, other;
  show("by path", __wasi_path_filestat_get(WORK, FOLLOW, "file", &status));
  printf("size %llu, a file %d, links %llu\n", status.size,
         status.filetype == __WASI_FILETYPE_REGULAR_FILE, status.nlink);
  int file = opened("file", 0, READ);
  show("by number", __wasi_fd_filestat_get(file, &other));
  printf("the same %d\n", status.ino == other.ino && status.dev == other.dev);
  show("of a folder", __wasi_path_filestat_get(WORK, 0, ".", &other));
  printf("a folder %d\n", other.filetype == __WASI_FILETYPE_DIRECTORY);
  show("of none", __wasi_path_filestat_get(WORK, 0, "none", &other));
  show("below a file", __wasi_path_filestat_get(WORK, 0, "file/x", &other));
}

static void sizes(void) {
  make("file", "0123456789");
  int file = opened("file", 0, READ | WRITE | SEEK);
  show("less", __wasi_fd_filestat_set_size(file, 4));
  show_file("file");
  show("more", __wasi_fd_filestat_set_size(file, 6));
  tell("size", 0, size_of(file));
  show("a closed one", __wasi_fd_filestat_set_size(77, 0));
}

static void sizes_badly(void) {
  int file = opened("file", CREATE, READ | WRITE);
  show("beyond all", __wasi_fd_filestat_set_size(file, UINT64_MAX));
  make("other", "text");
  file = opened("other", 0, READ);
  show("of one to read", __wasi_fd_filestat_set_size(file, 0));
  show_file("other");
}

static void times_by_number(void) {
  int file = opened("file", CREATE, READ | WRITE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES);
  __wasi_filestat_t status;
  show("both", __wasi_fd_filestat_set_times(file, 1000000007, 2000000009,
                                            __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  (void)!__wasi_fd_filestat_get(file, &status);
  printf("%llu %llu\n", status.atim, status.mtim);
  show("one", __wasi_fd_filestat_set_times(file, 5, 3000000000, __WASI_FSTFLAGS_MTIM));
  (void)!__wasi_fd_filestat_get(file, &status);
  printf("%llu %llu\n", status.atim, status.mtim);
  show("now", __wasi_fd_filestat_set_times(file, 5, 5, __WASI_FSTFLAGS_MTIM_NOW));
  (void)!__wasi_fd_filestat_get(file, &status);
  printf("%llu, after 2020 %d\n", status.atim, status.mtim > 1577836800000000000);
}

static void times_by_path(void) {
  make("file", "");
  __wasi_filestat_t status;
  show("both", __wasi_path_filestat_set_times(WORK, FOLLOW, "file", 1000000007, 2000000009,
                                              __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  (void)!__wasi_path_filestat_get(WORK, FOLLOW, "file", &status);
  printf("%llu %llu\n", status.atim, status.mtim);
  show("of none",
       __wasi_path_filestat_set_times(WORK, FOLLOW, "none", 0, 0, __WASI_FSTFLAGS_ATIM_NOW));
}

static void times_of_links(void) {
  make("file", "");
  show("link", __wasi_path_symlink("file", WORK, "soft"));
  show("its own", __wasi_path_filestat_set_times(WORK, 0, "soft", 0, 1000000007,
                                                 __WASI_FSTFLAGS_MTIM));
  show("the file's", __wasi_path_filestat_set_times(WORK, FOLLOW, "soft", 0, 2000000009,
                                                    __WASI_FSTFLAGS_MTIM));
  __wasi_filestat_t link, file;
  show("status", __wasi_path_filestat_get(WORK, 0, "soft", &link));
  show("status", __wasi_path_filestat_get(WORK, 0, "file", &file));
  printf("%llu %llu\n", link.mtim, file.mtim);
}

static void times_badly(void) {
  int file = opened("file", CREATE, READ | WRITE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES);
  show("set and now", __wasi_fd_filestat_set_times(
                          file, 1, 1, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
  show("by path", __wasi_path_filestat_set_times(
                      WORK, FOLLOW, "file", 1, 1,
                      __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
}

// MARK: Opening

static void opens(void) {
  show_open("none", "file", 0, READ);
  show_open("create", "file", CREATE, READ | WRITE);
  show_open("again", "file", CREATE, READ | WRITE);
  show_open("exclusively", "file", CREATE | EXCLUSIVE, READ | WRITE);
  show_open("to read", "file", 0, READ);
  show_open("to write", "file", 0, WRITE);
  show_open("as a folder", "file", FOLDER, READ);
  show_open("a folder", ".", FOLDER, READ);
  show_open("below none", "none/file", CREATE, WRITE);
  show_open("below a file", "file/x", CREATE, WRITE);
}

static void opens_folders(void) {
  show("create", __wasi_path_create_directory(WORK, "d"));
  show_open("to write", "d", 0, READ | WRITE);
  show_open("to read", "d", 0, READ);
  show_open("exclusively", "d", CREATE | EXCLUSIVE, READ);
  make("d/file", "deep");
  int folder = opened("d", FOLDER, READ), file = -1;
  show("in it", __wasi_path_open(folder, 0, "file", 0, READ, 0, 0, &file));
  show_text("file", file);
  show("itself", __wasi_path_open(folder, 0, ".", FOLDER, READ, 0, 0, &file));
}

static void creates_folders_by_opening(void) {
  show_open("create a folder", "d", CREATE | FOLDER, READ);
  __wasi_filestat_t status;
  show("none was made", __wasi_path_filestat_get(WORK, 0, "d", &status));
}

static void truncates(void) {
  make("file", "0123456789");
  int file = opened("file", TRUNCATE, READ | WRITE);
  tell("size", 0, size_of(file));
  put(file, "new");
  show_file("file");
  file = opened("other", CREATE | TRUNCATE, WRITE);
  tell("size of a new one", 0, size_of(file));
}

static void dresses_up(void) {
  show("create", __wasi_path_create_directory(WORK, "d"));
  make("file", "here");
  show_file("./file");
  show_file("d/../file");
  show_file("d/.././d/../file");
  show_file("d//..//file");
  show_open("a slash after a folder", "d/", FOLDER, READ);
}

static void slash_after_file(void) {
  make("file", "here");
  show_open("a slash after a file", "file/", 0, READ);
  show_open("a slash after a new one", "new/", CREATE, WRITE);
}

static void slash_after_others(void) {
  make("file", "here");
  __wasi_filestat_t status;
  show("status", __wasi_path_filestat_get(WORK, 0, "file/", &status));
  show("unlink", __wasi_path_unlink_file(WORK, "file/"));
  show("create", __wasi_path_create_directory(WORK, "d/"));
  show("remove", __wasi_path_remove_directory(WORK, "d/"));
}

static void dots(void) {
  show("create .", __wasi_path_create_directory(WORK, "."));
  show("remove .", __wasi_path_remove_directory(WORK, "."));
  Error error = __wasi_path_remove_directory(WORK, "..");
  printf("remove .. refused: %d\n", error != 0);
  error = __wasi_path_unlink_file(WORK, ".");
  printf("unlink . refused: %d\n", error == __WASI_ERRNO_ISDIR || error == __WASI_ERRNO_PERM);
  error = __wasi_path_create_directory(WORK, "d/..");
  printf("create d/.. refused: %d\n", error != 0);
}

static void opens_nothing(void) {
  show_open("no path", "", 0, READ);
  __wasi_filestat_t status;
  show("status", __wasi_path_filestat_get(WORK, 0, "", &status));
  show("create", __wasi_path_create_directory(WORK, ""));
}

static void long_name(void) {
  char name[300];
  memset(name, 'n', 299);
  name[299] = 0;
  show_open("a long name", name, CREATE, WRITE);
}

static void many_descriptors(void) {
  int count = 0, file;
  Error error = 0;
  while (count < 5000 && !(error = open_at("file", 0, CREATE, WRITE, 0, &file))) count++;
  printf("many %d, then %s\n", count > 100, name(error));
}

// The wrapper of the library takes no lengths of its own.
Error raw_create(int folder, const char *path, int count)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_create_directory")));

static void illegal_names(void) {
  show("no text", raw_create(WORK, "a\xFF\xFE", 3));
  show("beyond memory", raw_create(WORK, (char *)0xFFFFFFF0, 64));
}

static void null_in_name(void) { show("a null", raw_create(WORK, "a\0b", 3)); }

// MARK: Folders

static void folders(void) {
  show("create", __wasi_path_create_directory(WORK, "a"));
  show("create again", __wasi_path_create_directory(WORK, "a"));
  show("create below", __wasi_path_create_directory(WORK, "a/b"));
  show("create below none", __wasi_path_create_directory(WORK, "x/y"));
  show("remove full", __wasi_path_remove_directory(WORK, "a"));
  show("remove none", __wasi_path_remove_directory(WORK, "none"));
  make("file", "");
  show("create below a file", __wasi_path_create_directory(WORK, "file/x"));
  show("remove a file", __wasi_path_remove_directory(WORK, "file"));
  show("remove", __wasi_path_remove_directory(WORK, "a/b"));
  show("remove", __wasi_path_remove_directory(WORK, "a"));
  show_open("it is gone", "a", FOLDER, READ);
}

static void unlinks(void) {
  make("file", "still");
  int file = opened("file", 0, READ);
  show("unlink", __wasi_path_unlink_file(WORK, "file"));
  show("again", __wasi_path_unlink_file(WORK, "file"));
  show_text("what is open lives", file);
  show("below none", __wasi_path_unlink_file(WORK, "x/y"));
}

static void unlinks_folders(void) {
  show("create", __wasi_path_create_directory(WORK, "d"));
  Error error = __wasi_path_unlink_file(WORK, "d");
  printf("refused: %d\n", error == __WASI_ERRNO_ISDIR || error == __WASI_ERRNO_PERM);
  show_open("it is there", "d", FOLDER, READ);
}

static int entries(int folder, uint64_t cookie, size_t room, bool shows, uint64_t *next) {
  static uint8_t bytes[4096];
  size_t used = 0;
  Error error = __wasi_fd_readdir(folder, bytes, room, cookie, &used);
  if (error) show("list", error);
  int count = 0;
  char found[16][16] = {0};
  for (size_t place = 0; place + sizeof(__wasi_dirent_t) <= used;) {
    __wasi_dirent_t entry;
    memcpy(&entry, bytes + place, sizeof entry);
    place += sizeof entry;
    if (place + entry.d_namlen > used) break;
    if (next) *next = entry.d_next;
    snprintf(found[count++], 16, "%.*s %d", (int)entry.d_namlen, (char *)bytes + place,
             entry.d_type);
    place += entry.d_namlen;
  }
  // In the order of their names.
  for (int left = count; shows && left > 0; left--) {
    int least = -1;
    for (int index = 0; index < count; index++)
      if (*found[index] && (least < 0 || strcmp(found[index], found[least]) < 0)) least = index;
    printf("%s\n", found[least]);
    *found[least] = 0;
  }
  return count;
}

static void lists(void) {
  show("create", __wasi_path_create_directory(WORK, "d"));
  show("create", __wasi_path_create_directory(WORK, "d/folder"));
  make("d/file", "");
  make("d/other", "");
  int folder = opened("d", FOLDER, READ | __WASI_RIGHTS_FD_READDIR);
  entries(folder, 0, 4096, true, NULL);
}

static void lists_in_pieces(void) {
  show("create", __wasi_path_create_directory(WORK, "d"));
  char path[16];
  for (int index = 0; index < 9; index++) {
    snprintf(path, sizeof path, "d/file%d", index);
    make(path, "");
  }
  int folder = opened("d", FOLDER, READ | __WASI_RIGHTS_FD_READDIR), count = 0, calls = 0, found;
  uint64_t cookie = 0;
  // Room for one, and for a part of the next.
  while ((found = entries(folder, cookie, 50, false, &cookie)) > 0 && calls++ < 50) count += found;
  printf("%d\n", count);
  cookie = 0;
  printf("none fits %d\n", entries(folder, 0, 10, false, &cookie));
  printf("past the last %d\n", entries(folder, 99, 4096, false, &cookie));
}

// MARK: Names

static void renames(void) {
  make("one", "1");
  make("two", "2");
  show("create", __wasi_path_create_directory(WORK, "d"));
  show("rename", __wasi_path_rename(WORK, "one", WORK, "d/three"));
  show_file("d/three");
  show("again", __wasi_path_rename(WORK, "one", WORK, "d/three"));
  show("onto another", __wasi_path_rename(WORK, "two", WORK, "d/three"));
  show_file("d/three");
  show("onto a folder", __wasi_path_rename(WORK, "d/three", WORK, "d"));
  show("into itself", __wasi_path_rename(WORK, "d", WORK, "d/e"));
  make("file", "");
  show("a folder onto a file", __wasi_path_rename(WORK, "d", WORK, "file"));
  show("create", __wasi_path_create_directory(WORK, "empty"));
  show("onto an empty folder", __wasi_path_rename(WORK, "d", WORK, "empty"));
  show_file("empty/three");
  show("a closed folder", __wasi_path_rename(77, "empty", WORK, "x"));
}

static void links(void) {
  make("one", "text");
  show("link", __wasi_path_link(WORK, 0, "one", WORK, "two"));
  show("again", __wasi_path_link(WORK, 0, "one", WORK, "two"));
  __wasi_filestat_t one, two;
  show("status", __wasi_path_filestat_get(WORK, 0, "one", &one));
  show("status", __wasi_path_filestat_get(WORK, 0, "two", &two));
  printf("the same %d, links %llu\n", one.ino == two.ino, two.nlink);
  show("unlink", __wasi_path_unlink_file(WORK, "one"));
  show_file("two");
  show("of none", __wasi_path_link(WORK, 0, "one", WORK, "three"));
  show("create", __wasi_path_create_directory(WORK, "d"));
  show("of a folder", __wasi_path_link(WORK, 0, "d", WORK, "e"));
  show("followed", __wasi_path_link(WORK, FOLLOW, "two", WORK, "four"));
}

static void symbolic_links(void) {
  make("file", "text");
  show("link", __wasi_path_symlink("file", WORK, "soft"));
  show("again", __wasi_path_symlink("file", WORK, "soft"));
  show_file("soft");
  int file;
  show("not followed", open_at("soft", 0, 0, READ, 0, &file));
  __wasi_filestat_t status;
  show("status", __wasi_path_filestat_get(WORK, 0, "soft", &status));
  printf("a link %d\n", status.filetype == __WASI_FILETYPE_SYMBOLIC_LINK);
  show("followed", __wasi_path_filestat_get(WORK, FOLLOW, "soft", &status));
  printf("a file %d\n", status.filetype == __WASI_FILETYPE_REGULAR_FILE);
  show("unlink", __wasi_path_unlink_file(WORK, "soft"));
  show_file("file");
}

static void links_within(void) {
  make("file", "text");
  show("create", __wasi_path_create_directory(WORK, "d"));
  show("link", __wasi_path_symlink("../file", WORK, "d/soft"));
  show("link", __wasi_path_symlink("d", WORK, "e"));
  show_file("d/soft");
  show_file("e/soft");
  make("e/new", "made through it");
  show_file("d/new");
}

static void dangling_links(void) {
  show("link", __wasi_path_symlink("none", WORK, "soft"));
  show_open("open", "soft", 0, READ);
  show("loop", __wasi_path_symlink("loop", WORK, "loop"));
  show_open("open", "loop", 0, READ);
}

static void reads_links(void) {
  uint8_t text[32];
  size_t count = 0;
  show("link", __wasi_path_symlink("some/where", WORK, "soft"));
  Error error = __wasi_path_readlink(WORK, "soft", text, 32, &count);
  tell("read", error, count);
  printf("[%.*s]\n", (int)count, (char *)text);
  error = __wasi_path_readlink(WORK, "soft", text, 4, &count);
  tell("cut", error, count);
  make("file", "");
  show("of a file", __wasi_path_readlink(WORK, "file", text, 32, &count));
  show("of none", __wasi_path_readlink(WORK, "none", text, 32, &count));
}

// MARK: Ways out

static void leaves_by_opening(void) {
  int file;
  printf("above %d\n", open_at("../secret", 0, 0, READ, 0, &file) == 0);
  printf("above, deep %d\n", open_at("d/../../secret", 0, 0, READ, 0, &file) == 0);
  printf("absolute %d\n", open_at("/etc/passwd", 0, 0, READ, 0, &file) == 0);
  printf("the folder above %d\n", open_at("..", 0, FOLDER, READ, 0, &file) == 0);
  printf("made above %d\n", open_at("../made", 0, CREATE, WRITE, 0, &file) == 0);
  __wasi_filestat_t status;
  printf("seen above %d\n", __wasi_path_filestat_get(WORK, 0, "../secret", &status) == 0);
  printf("a folder above %d\n", __wasi_path_create_directory(WORK, "../made") == 0);
  printf("removed above %d\n", __wasi_path_unlink_file(WORK, "../secret") == 0);
}

static void leaves_by_links(void) {
  int file;
  __wasi_filestat_t status;
  Error error = __wasi_path_symlink("../secret", WORK, "leak");
  show("a link out", error);
  printf("opened %d\n", open_at("leak", FOLLOW, 0, READ, 0, &file) == 0);
  printf("seen %d\n", __wasi_path_filestat_get(WORK, FOLLOW, "leak", &status) == 0);
  printf("made %d\n", open_at("leak", FOLLOW, CREATE, WRITE, 0, &file) == 0);
  show("a folder out", __wasi_path_symlink("..", WORK, "up"));
  printf("through it %d\n", open_at("up/secret", FOLLOW, 0, READ, 0, &file) == 0);
  printf("an absolute link %d\n", __wasi_path_symlink("/etc", WORK, "etc") == 0);
  printf("linked out %d\n", __wasi_path_link(WORK, 0, "../secret", WORK, "in") == 0);
  printf("renamed out %d\n", __wasi_path_rename(WORK, "leak", WORK, "../moved") == 0);
}

#define IN 5

static void read_only_inputs(void) {
  int file = -1;
  __wasi_filestat_t status;
  show("read", __wasi_path_open(IN, 0, "seen", 0, READ, 0, 0, &file));
  show_text("seen", file);
  show("write", __wasi_path_open(IN, 0, "seen", 0, WRITE, 0, 0, &file));
  show("truncate", __wasi_path_open(IN, 0, "seen", TRUNCATE, READ, 0, 0, &file));
  show("create", __wasi_path_open(IN, 0, "new", CREATE, READ, 0, 0, &file));
  show("a folder", __wasi_path_create_directory(IN, "new"));
  show("unlink", __wasi_path_unlink_file(IN, "seen"));
  show("rename", __wasi_path_rename(IN, "seen", WORK, "taken"));
  show("link", __wasi_path_link(IN, 0, "seen", WORK, "taken"));
  show("symlink", __wasi_path_symlink("seen", IN, "soft"));
  show("times", __wasi_path_filestat_set_times(IN, 0, "seen", 1, 1, __WASI_FSTFLAGS_MTIM));
  show("status", __wasi_path_filestat_get(IN, 0, "seen", &status));
  tell("size", 0, status.size);
}

// MARK: Waiting

static __wasi_subscription_t wait_for(uint64_t user, int clock, uint64_t time, int flags) {
  __wasi_subscription_t wanted = {.userdata = user, .u.tag = __WASI_EVENTTYPE_CLOCK};
  wanted.u.u.clock.id = clock;
  wanted.u.u.clock.timeout = time;
  wanted.u.u.clock.flags = flags;
  return wanted;
}

static void show_events(Error error, const __wasi_event_t *events, size_t count) {
  tell("poll", error, count);
  for (size_t index = 0; !error && index < count; index++)
    printf("%llu: %s, kind %d\n", events[index].userdata, name(events[index].error),
           events[index].type);
}

static void waits(void) {
  __wasi_event_t events[4];
  size_t count = 0;
  __wasi_timestamp_t before = 0, after = 0;
  __wasi_subscription_t wanted[] = {wait_for(7, 1, 30000000, 0), wait_for(8, 1, 3600000000000, 0)};
  (void)!__wasi_clock_time_get(1, 1, &before);
  Error error = __wasi_poll_oneoff(wanted, events, 2, &count);
  (void)!__wasi_clock_time_get(1, 1, &after);
  show_events(error, events, count);
  printf("waited %d\n", after - before >= 30000000);
  wanted[0] = wait_for(9, 1, before, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  show_events(__wasi_poll_oneoff(wanted, events, 1, &count), events, count);
  wanted[0] = wait_for(10, 0, after, 0);
  wanted[0].u.u.clock.timeout = 1;
  show_events(__wasi_poll_oneoff(wanted, events, 1, &count), events, count);
}

static void waits_for_files(void) {
  make("file", "text");
  __wasi_event_t events[4];
  size_t count = 0;
  __wasi_subscription_t wanted[3] = {{.userdata = 1, .u.tag = __WASI_EVENTTYPE_FD_READ},
                                     {.userdata = 2, .u.tag = __WASI_EVENTTYPE_FD_WRITE},
                                     wait_for(3, 1, 3600000000000, 0)};
  wanted[0].u.u.fd_read.file_descriptor = opened("file", 0, READ | __WASI_RIGHTS_POLL_FD_READWRITE);
  wanted[1].u.u.fd_write.file_descriptor = 1;
  show_events(__wasi_poll_oneoff(wanted, events, 3, &count), events, count);
  wanted[0].u.u.fd_read.file_descriptor = 0;
  show_events(__wasi_poll_oneoff(wanted, events, 1, &count), events, count);
  printf("%llu bytes\n", events[0].fd_readwrite.nbytes);
  wanted[0].u.u.fd_read.file_descriptor = 77;
  show_events(__wasi_poll_oneoff(wanted, events, 1, &count), events, count);
}

static void waits_badly(void) {
  __wasi_event_t events[1];
  size_t count = 0;
  __wasi_subscription_t wanted[] = {wait_for(1, 1, 0, 0)};
  show("for nothing", __wasi_poll_oneoff(wanted, events, 0, &count));
  wanted[0].u.tag = 9;
  show("for no kind", __wasi_poll_oneoff(wanted, events, 1, &count));
  wanted[0] = wait_for(1, 9, 0, 0);
  show_events(__wasi_poll_oneoff(wanted, events, 1, &count), events, count);
}

static void sockets(void) {
  size_t count;
  __wasi_roflags_t flags;
  uint8_t byte;
  __wasi_iovec_t room = {&byte, 1};
  __wasi_ciovec_t piece = {&byte, 1};
  show("accept", __wasi_sock_accept(0, 0, &(int){0}));
  show("receive", __wasi_sock_recv(0, &room, 1, 0, &count, &flags));
  show("send", __wasi_sock_send(1, &piece, 1, 0, &count));
  show("shut", __wasi_sock_shutdown(1, __WASI_SDFLAGS_RD));
  show("a closed one", __wasi_sock_shutdown(77, __WASI_SDFLAGS_RD));
}

int main(void) {
  CASE();
  return 0;
}
