// Memory: much of it, freed and taken again, and a recursion that needs its stack.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t depth(uint64_t left) {
  volatile char room[64];
  room[left % 64] = (char)left;
  return left ? depth(left - 1) + (uint64_t)room[left % 64] % 2 : 0;
}

int main(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 20; round++) {
    unsigned char *bytes = malloc((size_t)round << 20 | 1);
    memset(bytes, round, (size_t)round << 20 | 1);
    sum += bytes[(size_t)round << 20];
    free(bytes);
  }
  char *volatile none = malloc((size_t)1 << 30);
  printf("%llu %d %llu\n", (unsigned long long)sum, none == NULL, (unsigned long long)depth(500));
  abort();
}
