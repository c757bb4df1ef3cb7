// What a guest of a box finds, and where it leaves results.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void try(const char *what, long value) { printf("%s %s\n", what, value < 0 ? "no" : "YES"); }

int main(void) {
  char bytes[16];
  printf("read %zd\n", read(open("/in/given", O_RDONLY), bytes, 16));
  try("write to the inputs", open("/in/given", O_WRONLY));
  try("leave", write(open("/work/out/one", O_CREAT | O_WRONLY, 0644), "1", 1) - 1);
  try("leave by name", write(open("out/two", O_CREAT | O_WRONLY, 0644), "2", 1) - 1);
  try("outside", open("/etc/passwd", O_RDONLY));
  return 0;
}
