// A small path tracer: glowing and mirroring spheres, as a picture (PPM) on standard output.
//
//   path-tracer.wasm [width] [height] [samples] [first row] [rows]
//
// The last two let many nodes paint one picture: each a band, joined by `cat`.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct { double x, y, z; } Vector;
typedef struct { Vector centre; double radius; Vector colour, light; double mirror; } Sphere;

static Vector add(Vector a, Vector b) { return (Vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vector mul(Vector a, Vector b) { return (Vector){a.x * b.x, a.y * b.y, a.z * b.z}; }
static Vector scale(Vector a, double s) { return (Vector){a.x * s, a.y * s, a.z * s}; }
static Vector sub(Vector a, Vector b) { return add(a, scale(b, -1)); }
static double dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vector unit(Vector a) { return scale(a, 1 / sqrt(dot(a, a))); }

static const Sphere scene[] = {
    {{0, -1000, 0}, 1000, {.8, .8, .8}, {0}, 0},   // the ground
    {{0, 1, 0}, 1, {.95, .95, .95}, {0}, 1},       // a mirror
    {{-2.1, .8, .6}, .8, {.9, .3, .25}, {0}, 0},
    {{1.9, .6, 1.1}, .6, {.3, .5, .9}, {0}, 0},
    {{.3, .35, 2}, .35, {.9, .8, .3}, {0}, .3},
    {{4, 6, 3}, 1.6, {1, 1, 1}, {14, 13, 11}, 0},  // the lamp
};
enum { spheres = sizeof scene / sizeof *scene, bounces = 6 };

static uint64_t state;
static double chance(void) {  // xorshift*
  state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
  return (double)(state * 0x2545F4914F6CDD1DULL >> 11) * 0x1p-53;
}

static Vector somewhere(void) {  // on the unit sphere
  double z = 2 * chance() - 1, angle = 6.283185307179586 * chance(), r = sqrt(1 - z * z);
  return (Vector){r * cos(angle), r * sin(angle), z};
}

static const Sphere *hit(Vector from, Vector way, double *nearest) {
  const Sphere *found = NULL;
  for (int index = 0; index < spheres; index++) {
    Vector to = sub(scene[index].centre, from);
    double along = dot(to, way);
    double under = along * along - dot(to, to) + scene[index].radius * scene[index].radius;
    if (under < 0) continue;
    double distance = along - sqrt(under);
    if (distance < 1e-4) distance = along + sqrt(under);
    if (distance > 1e-4 && distance < *nearest) *nearest = distance, found = &scene[index];
  }
  return found;
}

static Vector trace(Vector from, Vector way) {
  Vector light = {0}, left = {1, 1, 1};
  for (int bounce = 0; bounce < bounces; bounce++) {
    double distance = 1e9;
    const Sphere *sphere = hit(from, way, &distance);
    if (!sphere) {
      double height = .5 + .5 * way.y;
      Vector sky = {.55 * height + .25, .6 * height + .3, .75 * height + .4};
      return add(light, mul(left, scale(sky, .6)));
    }
    from = add(from, scale(way, distance));
    Vector normal = unit(sub(from, sphere->centre));
    light = add(light, mul(left, sphere->light));
    left = mul(left, sphere->colour);
    way = chance() < sphere->mirror ? sub(way, scale(normal, 2 * dot(way, normal)))
                                    : unit(add(normal, scale(somewhere(), .999)));
  }
  return light;
}

static int shade(double value) { return (int)(255 * pow(value > 1 ? 1 : value, 1 / 2.2) + .5); }

int main(int count, char **given) {
  int numbers[] = {320, 200, 16, 0, -1};
  for (int index = 0; index < 5 && index + 1 < count; index++)
    numbers[index] = atoi(given[index + 1]);
  int width = numbers[0], height = numbers[1], samples = numbers[2], first = numbers[3];
  int rows = numbers[4] < 0 ? height : numbers[4];
  if (first == 0) printf("P6 %d %d 255\n", width, height);
  for (int y = first; y < first + rows && y < height; y++)
    for (int x = 0; x < width; x++) {
      state = 0x9E3779B97F4A7C15ULL * (uint64_t)(y * width + x + 1);  // the same on every node
      Vector sum = {0};
      for (int sample = 0; sample < samples; sample++) {
        double across = (x + chance() - width / 2.) / height, up = (height / 2. - y - chance()) / height;
        Vector way = unit((Vector){across * 1.1, up * 1.1 - .18, -1});
        sum = add(sum, trace((Vector){0, 1.9, 6.5}, way));
      }
      sum = scale(sum, 1. / samples);
      putchar(shade(sum.x)), putchar(shade(sum.y)), putchar(shade(sum.z));
    }
  return ferror(stdout) ? 1 : 0;
}
