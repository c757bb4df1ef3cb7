// Points of a square that stay near the origin, four at a time so that vectors can be used.
#include <stdio.h>

enum { side = 3200, depth = 100 };

int main(void) {
  unsigned inside = 0;
  for (int row = 0; row < side; row++) {
    double y0 = 2.0 * row / side - 1.0;
    for (int column = 0; column < side; column += 4) {
      double x0[4], x[4], y[4], far[4];
      for (int i = 0; i < 4; i++) {
        x0[i] = 2.0 * (column + i) / side - 1.5;
        x[i] = y[i] = far[i] = 0;
      }
      for (int step = 0; step < depth; step++) {
        for (int i = 0; i < 4; i++) {
          double xx = x[i] * x[i], yy = y[i] * y[i];
          far[i] = xx + yy;
          y[i] = 2 * x[i] * y[i] + y0;
          x[i] = xx - yy + x0[i];
        }
        if (far[0] > 4 && far[1] > 4 && far[2] > 4 && far[3] > 4) break;
      }
      for (int i = 0; i < 4; i++) inside += far[i] <= 4;
    }
  }
  printf("%u\n", inside);
  return 0;
}
