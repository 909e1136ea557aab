/* Copies and fills of runs that are often a few elements only, where a call of memcpy costs more than the copy. */
#ifndef TYPEGRAD_RUNS_H
#define TYPEGRAD_RUNS_H
#include <stdint.h>
#include <string.h>

static inline void tg_run_copy(char *restrict to, const char *restrict from, long bytes) {
  if (bytes >= 16) {
    if (bytes > 512) {
      memcpy(to, from, (size_t)bytes);
      return;
    }
    long i = 0;
    for (; i + 32 <= bytes; i += 32) memcpy(to + i, from + i, 32);
    if (i + 16 <= bytes) memcpy(to + i, from + i, 16);
    memcpy(to + bytes - 16, from + bytes - 16, 16); /* the end, which may overlap what is copied already */
  } else if (bytes >= 8) {
    memcpy(to, from, 8);
    memcpy(to + bytes - 8, from + bytes - 8, 8);
  } else if (bytes >= 4) {
    memcpy(to, from, 4);
    memcpy(to + bytes - 4, from + bytes - 4, 4);
  } else {
    for (long i = 0; i < bytes; i++) to[i] = from[i];
  }
}

static inline void tg_run_fill(int size, char *to, uint32_t bits, long count) {
  if (size == 1) memset(to, (int)(bits & 255), (size_t)count);
  else for (long i = 0; i < count; i++) ((uint32_t *)to)[i] = bits;
}
#endif
