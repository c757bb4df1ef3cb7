// How often one file can be opened.
#include <fcntl.h>
#include <stdio.h>

int main(void) {
  int count = 0;
  open("file", O_CREAT | O_WRONLY, 0644) < 0 ? 0 : count++;
  while (count < 100000 && open("file", O_RDONLY) >= 0) count++;
  printf("%d\n", count);
  return 0;
}
