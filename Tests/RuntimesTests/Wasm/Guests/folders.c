// Folders: made, nested, listed in full and from a place, renamed, removed.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *what, long value) {
  printf("%s %ld%s%s\n", what, value, value < 0 ? " " : "", value < 0 ? strerror(errno) : "");
}

static int order(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

static void list(const char *path) {
  DIR *folder = opendir(path);
  char *names[600];
  int count = 0;
  struct dirent *entry;
  if (!folder) return show("opendir", -1);
  while ((entry = readdir(folder)) && count < 600) {
    if (entry->d_name[0] == '.') continue;
    asprintf(&names[count++], "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
  }
  closedir(folder);
  qsort(names, count, sizeof *names, order);
  printf("%s: %d", path, count);
  for (int index = 0; index < count; index += count > 20 ? 97 : 1) printf(" %s", names[index]);
  printf("\n");
}

int main(void) {
  char name[64];
  show("make", mkdir("a", 0755));
  show("make again", mkdir("a", 0755));
  show("make inside", mkdir("a/b", 0755));
  for (int index = 0; index < 300; index++) {
    sprintf(name, "a/b/a file with a longer name %03d", index);
    close(open(name, O_CREAT | O_WRONLY, 0644));
  }
  close(open("a/one", O_CREAT | O_WRONLY, 0644));
  struct stat status;
  show("stat", stat("a", &status));
  printf("folder %d\n", S_ISDIR(status.st_mode));
  int folder = open("a", O_RDONLY | O_DIRECTORY);
  int file = openat(folder, "one", O_RDONLY);
  show("open at", file > 0);
  show("read a folder", read(folder, name, 1) < 0 ? 0 : 1);
  list("a");
  list("a/b");
  list(".");
  return 0;
}
