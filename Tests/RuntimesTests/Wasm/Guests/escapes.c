// Every way out of a folder that a path can try.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void try(const char *what, long value) { printf("%s %s\n", what, value < 0 ? "no" : "YES"); }

int main(void) {
  struct stat status;
  mkdir("d", 0755);
  close(open("inside", O_CREAT | O_WRONLY, 0644));
  try("absolute", open("/etc/passwd", O_RDONLY));
  try("above", open("../secret", O_RDONLY));
  try("above, deep", open("d/../../secret", O_RDONLY));
  try("above, through nothing", open("none/../../secret", O_RDONLY));
  try("above, dressed up", open("./d/.././../secret", O_RDONLY));
  try("down and up", open("d/../inside", O_RDONLY));
  try("make", mkdir("../made", 0755));
  try("remove", unlink("../secret"));
  try("rename out", rename("inside", "../moved"));
  try("rename in", rename("../secret", "moved"));
  try("stat", stat("../secret", &status));
  try("link out", symlink("../secret", "out"));
  try("through the link", open("out", O_RDONLY));
  try("stat through the link", stat("out", &status));
  try("stat of the link", lstat("out", &status));
  try("absolute link", symlink("/etc/passwd", "absolute"));
  try("through it", open("absolute", O_RDONLY));
  try("link within", symlink("inside", "within"));
  try("through that", open("within", O_RDONLY));
  try("not through that", open("within", O_RDONLY | O_NOFOLLOW));
  try("a loop", symlink("loop", "loop"));
  try("through the loop", open("loop", O_RDONLY));
  try("make in the link", open("out/new", O_CREAT | O_WRONLY, 0644));
  try("a long name", open(""
                          "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                          "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                          "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                          "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
                          O_CREAT | O_WRONLY, 0644));
  return 0;
}
