// Prime numbers below twenty million.
#include <stdio.h>
#include <string.h>

enum { limit = 20000000 };

static unsigned char composite[limit];

int main(void) {
  unsigned count = 0;
  for (int round = 0; round < 6; round++) {
    memset(composite, 0, sizeof composite);
    count = 0;
    for (int i = 2; i < limit; i++) {
      if (composite[i]) continue;
      count++;
      if (i > limit / i) continue;
      for (int j = i * i; j < limit; j += i) composite[j] = 1;
    }
  }
  printf("%u\n", count);
  return 0;
}
