// Clocks that run, sleep that lasts, randomness that differs.
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(void) {
  char one[32], two[32];
  printf("%d\n", now(CLOCK_REALTIME) > 946684800);
  double before = now(CLOCK_MONOTONIC);
  usleep(20000);
  double passed = now(CLOCK_MONOTONIC) - before;
  printf("%d %d\n", passed >= 0.02, passed < 20);
  getentropy(one, 32);
  getentropy(two, 32);
  printf("%d\n", memcmp(one, two, 32) != 0);
  struct timespec resolution;
  printf("%d %d\n", clock_getres(CLOCK_MONOTONIC, &resolution), resolution.tv_nsec > 0);
  return 0;
}
