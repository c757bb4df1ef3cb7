// Files and folders that get other names, more names, and lose them.
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
  struct stat one, two;
  char text[16] = {0};
  mkdir("a", 0755);
  mkdir("b", 0755);
  close(open("a/file", O_CREAT | O_WRONLY, 0644));
  show("missing", open("none", O_RDONLY));
  show("close a closed one", close(77));
  int file = open("a/file", O_WRONLY);
  show("read of a written one", read(file, text, 1) < 0 ? 0 : 1);
  close(file);
  file = open("a/file", O_RDONLY);
  show("write to a read one", write(file, "x", 1) < 0 ? 0 : 1);
  close(file);
  show("make deep", mkdir("x/y", 0755));
  show("remove full", rmdir("a"));
  show("unlink a folder", unlink("a") < 0 ? 0 : 1);
  show("stat file as folder", stat("a/file/two", &one));
  show("make again", open("a/file", O_RDWR | O_CREAT | O_EXCL, 0644));
  show("open folder to write", open("a", O_WRONLY));
  show("open file as folder", open("a/file", O_RDONLY | O_DIRECTORY));
  show("open in a file", open("a/file/b", O_RDONLY));
  show("rename", rename("a/file", "b/other"));
  show("rename again", rename("a/file", "b/other"));
  show("rename a folder", rename("a", "b/a"));
  show("rename onto a file", rename("b/a", "b/other"));
  show("rename into itself", rename("b", "b/a/b"));
  show("link", link("b/other", "twin"));
  stat("b/other", &one);
  stat("twin", &two);
  printf("the same %d, links %ld\n", one.st_ino == two.st_ino, (long)two.st_nlink);
  show("link onto it", link("b/other", "twin"));
  show("symbolic", symlink("b/other", "soft"));
  show("read it", readlink("soft", text, 15));
  printf("[%s]\n", text);
  show("read a file's", readlink("twin", text, 15));
  lstat("soft", &two);
  printf("link %d\n", S_ISLNK(two.st_mode));
  stat("soft", &two);
  printf("file %d\n", S_ISREG(two.st_mode));
  show("remove the target", unlink("b/other"));
  show("open the dangling", open("soft", O_RDONLY));
  show("remove", unlink("soft") | unlink("twin"));
  show("remove the inner", rmdir("b/a"));
  show("remove the folder", rmdir("b"));
  return 0;
}
