// Joins two network namespaces by a wire with delay, loss and a limited rate:
//
//   forwarder NAMESPACE-A NAMESPACE-B DEVICE-A DEVICE-B DELAY-MS JITTER-MS LOSS-PERCENT MBIT SEED
//
// Each end is a TUN device. Packets keep their order. Says "ready" once both devices are there,
// and ends when its standard input does.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 16384, PACKET = 2048, BATCH = 64 };

struct packet {
  int64_t due;
  int length;
  unsigned char bytes[PACKET];
};

struct direction {
  struct packet *ring;
  int head, count;
  int64_t last_due, line_free;
};

static uint64_t state;

static double chance(void) {  // xorshift64*
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (double)((state * 2685821657736338717ull) >> 11) / 9007199254740992.0;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_device(const char *space, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/var/run/netns/%s", space);
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET) != 0) fail(path);
  close(descriptor);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) fail("/dev/net/tun");
  struct ifreq request;
  memset(&request, 0, sizeof request);
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(device, TUNSETIFF, &request) != 0) fail(name);
  return device;
}

int main(int count, char **words) {
  if (count != 10) {
    fprintf(stderr, "forwarder: nine arguments, see the source\n");
    return 2;
  }
  int devices[2] = {open_device(words[1], words[3]), open_device(words[2], words[4])};
  int64_t delay = (int64_t)(atof(words[5]) * 1e6), jitter = (int64_t)(atof(words[6]) * 1e6);
  double loss = atof(words[7]) / 100, megabits = atof(words[8]);
  state = strtoull(words[9], 0, 10) | 1;
  struct direction directions[2];
  memset(directions, 0, sizeof directions);
  for (int way = 0; way < 2; way++) {
    directions[way].ring = calloc(SLOTS, sizeof(struct packet));
    if (!directions[way].ring) fail("memory");
  }
  puts("ready");
  fflush(stdout);

  for (;;) {
    int64_t wait = 1000000000, time = now();
    for (int way = 0; way < 2; way++) {
      if (!directions[way].count) continue;
      int64_t left = directions[way].ring[directions[way].head].due - time;
      if (left < wait) wait = left < 0 ? 0 : left;
    }
    struct pollfd polled[3] = {{devices[0], POLLIN, 0}, {devices[1], POLLIN, 0}, {0, POLLIN, 0}};
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    ppoll(polled, 3, &timeout, 0);
    if (polled[2].revents) {
      char byte;
      if (read(0, &byte, 1) <= 0) return 0;
    }
    for (int way = 0; way < 2; way++) {
      struct direction *one = &directions[way];
      for (int taken = 0; taken < BATCH; taken++) {
        struct packet scratch, *slot = &scratch;
        int isFull = one->count == SLOTS;
        if (!isFull) slot = &one->ring[(one->head + one->count) % SLOTS];
        slot->length = (int)read(devices[way], slot->bytes, PACKET);
        if (slot->length <= 0) break;
        if (isFull || (loss > 0 && chance() < loss)) continue;
        time = now();
        int64_t due = time;
        if (megabits > 0) {
          // A tenth of a second of queue, as a home router may have.
          if (one->line_free > time + 100000000) continue;
          if (one->line_free < time) one->line_free = time;
          one->line_free += (int64_t)(slot->length * 8000.0 / megabits);
          due = one->line_free;
        }
        due += delay + (int64_t)((double)jitter * chance());
        if (due < one->last_due) due = one->last_due;
        one->last_due = slot->due = due;
        one->count++;
      }
      time = now();
      while (one->count && one->ring[one->head].due <= time) {
        struct packet *first = &one->ring[one->head];
        if (write(devices[1 - way], first->bytes, first->length) < 0 && errno == EAGAIN) break;
        one->head = (one->head + 1) % SLOTS;
        one->count--;
      }
    }
  }
}
