// A box that an attacker took over: it speaks to its keeper as it likes. What it does is the last
// word of the file that it was started as.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READY = 5, OUTPUT = 6, RESULT = 7, ENDED = 9, CLEAN = 11 };
enum { TO_OUTPUT = 1, TO_FILE = 3 };

static unsigned char bytes[1 << 16];
static size_t count;

static void add(uint64_t number, int size) {
  while (size-- > 0) bytes[count++] = (unsigned char)(number >> (8 * size));
}

static void send_frame(int kind) {
  unsigned char head[5] = {(unsigned char)kind, 0, 0, (unsigned char)(count >> 8),
                           (unsigned char)count};
  if (write(3, head, 5) != 5 || write(3, bytes, count) != (ssize_t)count) _exit(1);
  count = 0;
}

static void output(int stream, uint32_t length) {
  add(stream, 1);
  add(length, 4);
  count += length;
  send_frame(OUTPUT);
}

static void ended(void) {
  add(1, 1);
  add(0, 4);
  for (int field = 0; field < 3; field++) add(0, 16);
  add(0, 1);
  add(0, 8);
  add(0, 1);
  send_frame(ENDED);
}

static void take(int wanted) {
  unsigned char head[5];
  while (read(3, head, 5) == 5) {
    for (uint32_t rest = (uint32_t)head[1] << 24 | head[2] << 16 | head[3] << 8 | head[4]; rest > 0;) {
      ssize_t got = read(3, bytes, rest < sizeof bytes ? rest : sizeof bytes);
      if (got <= 0) _exit(0);
      rest -= (uint32_t)got;
    }
    if (head[0] == wanted) return;
  }
  _exit(0);
}

int main(int argc, char **words) {
  const char *what = strrchr(words[0], '-');
  take(1);
  add(0, 4);
  send_frame(READY);
  for (;;) {
    take(4);
    memset(bytes, 0, sizeof bytes);
    if (strcmp(what, "-half") == 0) {
      add(5, 4);
      memcpy(bytes + count, "whole", 5);
      count += 5;
      add(1, 8);
      add(0, 1);
      send_frame(RESULT);
      output(TO_FILE, 1);
      add(4, 4);
      memcpy(bytes + count, "half", 4);
      count += 4;
      add(100000, 8);
      add(0, 1);
      send_frame(RESULT);
      output(TO_FILE, 5000);
      pause();
    }
    if (strcmp(what, "-empty") == 0)
      for (;;) output(TO_OUTPUT, 0);
    ended();
    if (strcmp(what, "-dirty") == 0) {
      // It could not empty its folder.
      _exit(1);
    }
    send_frame(CLEAN);
  }
}
