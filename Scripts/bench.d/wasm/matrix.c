// Two matrices of single numbers, multiplied row by row.
#include <stdio.h>

enum { side = 1536 };

static float a[side][side], b[side][side], c[side][side];

int main(void) {
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) {
      a[i][j] = (float)((i * 7 + j * 3) % 11);
      b[i][j] = (float)((i * 5 + j * 2) % 13);
    }
  for (int i = 0; i < side; i++)
    for (int k = 0; k < side; k++) {
      float factor = a[i][k];
      for (int j = 0; j < side; j++) c[i][j] += factor * b[k][j];
    }
  double sum = 0;
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) sum += c[i][j];
  printf("%.0f\n", sum);
  return 0;
}
