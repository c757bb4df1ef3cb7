// Sharpens, blurs or outlines a picture: PPM on standard input, PPM on standard output.
//
//   image-filter.wasm [sharpen | blur | outline]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *name; int weights[9], divisor; } filters[] = {
    {"sharpen", {0, -1, 0, -1, 5, -1, 0, -1, 0}, 1},
    {"blur", {1, 2, 1, 2, 4, 2, 1, 2, 1}, 16},
    {"outline", {-1, -1, -1, -1, 8, -1, -1, -1, -1}, 1},
};

static int within(int value, int limit) { return value < 0 ? 0 : value > limit ? limit : value; }

int main(int count, char **given) {
  const char *name = count > 1 ? given[1] : "sharpen";
  int filter = 0, width, height;
  while (filter < 3 && strcmp(filters[filter].name, name)) filter++;
  if (filter == 3) return fprintf(stderr, "no filter is called %s\n", name), 2;
  if (scanf("P6 %d %d 255", &width, &height) != 2 || width < 1 || height < 1 ||
      width > 32768 || height > 32768)
    return fprintf(stderr, "a picture begins with P6, its width, its height and 255\n"), 2;
  getchar();

  size_t size = (size_t)width * height * 3;
  unsigned char *picture = malloc(size), *row = malloc((size_t)width * 3);
  if (!picture || !row) return fprintf(stderr, "the picture does not fit in memory\n"), 1;
  if (fread(picture, 1, size, stdin) != size) return fprintf(stderr, "it is cut short\n"), 2;

  printf("P6 %d %d 255\n", width, height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width * 3; x++) {
      int sum = 0;
      for (int place = 0; place < 9; place++) {
        int from_y = within(y + place / 3 - 1, height - 1);
        int from_x = within(x / 3 + place % 3 - 1, width - 1) * 3 + x % 3;
        sum += filters[filter].weights[place] * picture[(size_t)from_y * width * 3 + from_x];
      }
      row[x] = within(sum / filters[filter].divisor, 255);
    }
    fwrite(row, 3, width, stdout);
  }
  return ferror(stdout) ? 1 : 0;
}
