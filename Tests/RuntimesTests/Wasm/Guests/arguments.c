// Arguments and variables, with what is odd about them.
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int count, char **arguments) {
  printf("%d\n", count - 1);
  for (int index = 1; index < count; index++) printf("[%s]\n", arguments[index]);
  const char *colour = getenv("COLOUR");
  printf("%s %s\n", colour ? colour : "none", getenv("MISSING") ? "odd" : "missing");
  return count;
}
