// Standard input by pieces, to the end and beyond; both outputs, buffered and not.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  char bytes[64];
  long total = 0;
  ssize_t count;
  while ((count = read(0, bytes, 7)) > 0) {
    total += count;
    write(1, bytes, count);
  }
  printf("\n%ld then %zd\n", total, read(0, bytes, 7));
  fprintf(stderr, "to the side\n");
  fflush(stdout);
  write(1, "unbuffered\n", 11);
  printf("%d %d\n", isatty(0), isatty(1));
  printf("write to input %zd", write(0, "x", 1));
  printf(" %s\n", errno == EBADF || errno == EPERM || errno == ENOTSUP ? "refused" : strerror(errno));
  printf("read of 99 %zd %d\n", read(99, bytes, 1), errno == EBADF);
  return 0;
}
