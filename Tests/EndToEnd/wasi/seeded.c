// All that differs from run to run where nothing holds it: clocks, chance, waiting, the bits of
// floats that are no number, the order of a table whose keys are mixed with chance, the numbers and
// times of files.
#include "calls.h"
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t mix(uint64_t sum, const void *bytes, size_t count) {
  for (size_t index = 0; index < count; index++)
    sum = (sum ^ ((const uint8_t *)bytes)[index]) * 1099511628211u;
  return sum;
}

#define MIX(value) sum = mix(sum, &(value), sizeof(value))

static uint64_t floats(void) {
  uint64_t sum = 14695981039346656037u;
  volatile double zero = 0, huge = 1e308;
  double odd[] = {zero / zero, sqrt(-1 - zero), huge * 10 - huge * 10, -(zero / zero),
                  fmin(zero / zero, 1)};
  for (int index = 0; index < 5; index++) MIX(odd[index]);
  float narrow = (float)odd[0] + 1;
  MIX(narrow);
  double value = 1;
  for (int turn = 0; turn < 1000; turn++) value = sin(value) * 3 + exp(-value * value) / (turn + 1);
  MIX(value);
  return sum;
}

static uint64_t clocks(void) {
  uint64_t sum = 1, now;
  for (int clock = 0; clock < 4; clock++)
    for (int turn = 0; turn < 3; turn++) {
      (void)!__wasi_clock_time_get(clock, 1, &now);
      MIX(now);
    }
  __wasi_subscription_t wanted = {.userdata = 7, .u.tag = __WASI_EVENTTYPE_CLOCK};
  wanted.u.u.clock.id = 1;
  wanted.u.u.clock.timeout = 20000000;
  __wasi_event_t event;
  size_t count;
  (void)!__wasi_poll_oneoff(&wanted, &event, 1, &count);
  (void)!__wasi_clock_time_get(0, 1, &now);
  MIX(now);
  return sum;
}

static uint64_t table(void) {
  // Keys go where chance puts them.
  uint64_t key, slots[64] = {0}, sum = 1;
  (void)!__wasi_random_get((uint8_t *)&key, 8);
  for (uint64_t entry = 1; entry <= 32; entry++) {
    uint64_t place = entry * (key | 1) >> 58;
    while (slots[place]) place = (place + 1) % 64;
    slots[place] = entry;
  }
  MIX(slots);
  return sum;
}

static uint64_t files(void) {
  uint64_t sum = 1;
  make("out/b", "two");
  make("out/a", "one");
  struct stat status;
  stat("out/a", &status);
  MIX(status.st_ino);
  MIX(status.st_mtim);
  uint8_t list[512];
  size_t count = 0;
  (void)!__wasi_fd_readdir(opened("out", FOLDER, ALL), list, sizeof list, 0, &count);
  sum = mix(sum, list, count);
  void *place = malloc(100);
  MIX(place);
  return sum;
}

int main(void) {
  printf("floats %016llx\n", floats());
  printf("clocks %016llx\n", clocks());
  printf("table %016llx\n", table());
  printf("files %016llx\n", files());
  return 0;
}
