// Everything that would change a folder that is read-only, and what does not.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void try(const char *what, long value) { printf("%s %s\n", what, value < 0 ? "no" : "YES"); }

int main(void) {
  char bytes[8] = {0};
  try("read", read(open("file", O_RDONLY), bytes, 8));
  try("write", open("file", O_WRONLY));
  try("both", open("file", O_RDWR));
  try("cut", open("file", O_RDONLY | O_TRUNC));
  try("make", open("new", O_CREAT | O_WRONLY, 0644));
  try("make a folder", mkdir("new", 0755));
  try("rename", rename("file", "new"));
  try("link", link("file", "new"));
  try("symbolic", symlink("file", "new"));
  try("times", utimensat(AT_FDCWD, "file", NULL, 0));
  try("remove", unlink("file"));
  int folder = open(".", O_RDONLY | O_DIRECTORY);
  try("within", openat(folder, "file", O_RDONLY));
  try("write within", openat(folder, "file", O_WRONLY));
  return 0;
}
