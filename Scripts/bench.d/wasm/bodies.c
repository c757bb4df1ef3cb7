// The sun and its four large planets, as they move for a while.
#include <math.h>
#include <stdio.h>

enum { count = 5, steps = 10000000 };

static const double pi = 3.141592653589793, year = 365.24;
static struct body {
  double x, y, z, vx, vy, vz, mass;
} bodies[count] = {
    {0, 0, 0, 0, 0, 0, 1},
    {4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
     1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05,
     9.54791938424326609e-04},
    {8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
     -2.76742510726411542e-03, 4.99852801234917238e-03, 2.30417297573763929e-05,
     2.85885980666130812e-04},
    {1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
     2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05,
     4.36624404335156298e-05},
    {1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
     2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05,
     5.15138902046611451e-05}};

static void move(double time) {
  for (int i = 0; i < count; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < count; j++) {
      struct body *b = &bodies[j];
      double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
      double square = x * x + y * y + z * z;
      double force = time / (square * sqrt(square));
      a->vx -= x * b->mass * force;
      a->vy -= y * b->mass * force;
      a->vz -= z * b->mass * force;
      b->vx += x * a->mass * force;
      b->vy += y * a->mass * force;
      b->vz += z * a->mass * force;
    }
  }
  for (int i = 0; i < count; i++) {
    bodies[i].x += time * bodies[i].vx;
    bodies[i].y += time * bodies[i].vy;
    bodies[i].z += time * bodies[i].vz;
  }
}

static double energy(void) {
  double sum = 0;
  for (int i = 0; i < count; i++) {
    struct body *a = &bodies[i];
    sum += a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz) / 2;
    for (int j = i + 1; j < count; j++) {
      struct body *b = &bodies[j];
      double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
      sum -= a->mass * b->mass / sqrt(x * x + y * y + z * z);
    }
  }
  return sum;
}

int main(void) {
  struct body *sun = &bodies[0];
  for (int i = 0; i < count; i++) {
    struct body *a = &bodies[i];
    a->mass *= 4 * pi * pi;
    a->vx *= year, a->vy *= year, a->vz *= year;
    if (i == 0) continue;
    sun->vx -= a->vx * a->mass / sun->mass;
    sun->vy -= a->vy * a->mass / sun->mass;
    sun->vz -= a->vz * a->mass / sun->mass;
  }
  for (int i = 0; i < steps; i++) move(0.01);
  printf("%.9f\n", energy());
  return 0;
}
