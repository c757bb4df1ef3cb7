// One file: made, written, sought, cut, appended to, read at places, synced, described.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *what, long value) {
  printf("%s %ld%s%s\n", what, value, value < 0 ? " " : "", value < 0 ? strerror(errno) : "");
}

int main(void) {
  char bytes[32] = {0};
  struct stat status;
  int file = open("file", O_RDWR | O_CREAT, 0644);
  printf("made %d\n", file > 2);
  show("write", write(file, "0123456789", 10));
  show("tell", lseek(file, 0, SEEK_CUR));
  show("back", lseek(file, -4, SEEK_END));
  show("read", read(file, bytes, 31));
  printf("[%s]\n", bytes);
  show("past the end", read(file, bytes, 31));
  show("before the start", lseek(file, -20, SEEK_SET));
  show("pread", pread(file, bytes, 3, 2));
  printf("[%.3s]\n", bytes);
  show("pwrite", pwrite(file, "AB", 2, 8));
  show("tell", lseek(file, 0, SEEK_CUR));
  show("hole", pwrite(file, "Z", 1, 20));
  fstat(file, &status);
  show("size", status.st_size);
  printf("regular %d\n", S_ISREG(status.st_mode));
  show("cut", ftruncate(file, 5));
  fstat(file, &status);
  show("size", status.st_size);
  show("sync", fsync(file) | fdatasync(file));
  show("close", close(file));
  file = open("file", O_WRONLY | O_APPEND);
  show("append", write(file, "++", 2));
  close(file);
  file = open("file", O_RDONLY);
  memset(bytes, 0, sizeof bytes);
  show("read", read(file, bytes, 31));
  printf("[%s]\n", bytes);
  close(file);
  file = open("file", O_WRONLY | O_TRUNC);
  fstat(file, &status);
  show("size", status.st_size);
  show("remove", unlink("file"));
  show("remove again", unlink("file"));
  return 0;
}
