/* Writes lines through stdio, as an external program of writebench: cc -O2 -o external external.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char job[65536], go[16], path[4096];
  unsigned long long lines;
  puts("declare {\"durability\": [\"close\"]}");
  fflush(stdout);
  if (fgets(job, sizeof job, stdin) == NULL) return 0;
  /* The keys stand in the order of docs/external-programs.md, and this path needs no escapes. */
  if (sscanf(job, "{\"writebench\":1,\"paths\":[\"%4095[^\"]\"],\"lines\":%llu", path, &lines) != 2) return 2;
  puts("ready");
  fflush(stdout);
  if (fgets(go, sizeof go, stdin) == NULL) return 0;
  FILE *file = fopen(path, "w");
  if (file == NULL) return perror(path), 1;
  for (unsigned long long number = 0; number < lines; ++number) fprintf(file, "line#%llu\n", number);
  if (fflush(file) != 0 || (strstr(job, "\"durability\":\"close\"") && fdatasync(fileno(file)) != 0)) return perror(path), 1;
  if (fclose(file) != 0) return perror(path), 1;
  puts("done");
  fflush(stdout);
  while (fgets(go, sizeof go, stdin) != NULL) {
  }
  return 0;
}
