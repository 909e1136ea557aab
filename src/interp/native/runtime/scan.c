/* Positions of the largest element, and running sums, along the middle of [before, n, after]. */
#include "typegrad.h"
#include <string.h>

#define STRIP 256   /* columns that go together */
#define SHARE 16384 /* elements of a share, at least */

enum { DTYPE, N, AFTER, STRIPS, EXCLUSIVE, REVERSE };

static long grain(long elements) { return elements >= SHARE ? 1 : SHARE / (elements < 1 ? 1 : elements); }

/* ---- argMax: comparisons with what is not a number fail, so it is the first element or is passed over ---- */

/* The first position of `best` in a row that has it, in a loop without an exit, which compilers vectorise. */
#define FIRST(name, type) \
  static int32_t first_##name(const type *x, type best, int32_t n) { \
    int32_t at = n; \
    for (int32_t i = 0; i < n; i++) { \
      int32_t here = x[i] == best ? i : n; \
      at = here < at ? here : at; \
    } \
    return at; \
  }
FIRST(f32, float)
FIRST(i32, int32_t)

static int32_t row_f32(const float *x, int32_t n) {
  float best = tg_row_max(x, n);
  if (best == best) return first_f32(x, best, n);
  int32_t at = 0;
  for (int32_t i = 1; i < n; i++) at = x[i] > x[at] ? i : at;
  return at;
}
static int32_t row_i32(const int32_t *x, int32_t n) {
  int32_t best = x[0];
  for (int32_t i = 1; i < n; i++) best = x[i] > best ? x[i] : best;
  return first_i32(x, best, n);
}
static int32_t row_bool(const uint8_t *x, int32_t n) {
  const uint8_t *found = memchr(x, 1, (size_t)n);
  return found ? (int32_t)(found - x) : 0;
}

#define COLUMNS(name, type) \
  static void columns_##name(const type *restrict x, int32_t *restrict out, long n, long after, long width) { \
    type best[STRIP]; \
    for (long a = 0; a < width; a++) best[a] = x[a]; \
    for (long a = 0; a < width; a++) out[a] = 0; \
    for (long i = 1; i < n; i++) { \
      const type *restrict line = x + i * after; \
      for (long a = 0; a < width; a++) { \
        int more = line[a] > best[a]; \
        best[a] = more ? line[a] : best[a]; \
        out[a] = more ? (int32_t)i : out[a]; \
      } \
    } \
  }
COLUMNS(f32, float)
COLUMNS(i32, int32_t)
COLUMNS(bool, uint8_t)

static void argmax_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long after = n[AFTER], strips = n[STRIPS];
  for (long unit = lo; unit < hi; unit++) {
    long b = unit / strips, a = unit % strips * STRIP, from = b * n[N] * after + a, width = after - a < STRIP ? after - a : STRIP;
    int32_t *out = (int32_t *)p[1] + b * after + a;
    if (after == 1) {
      if (n[DTYPE] == TG_F32) *out = row_f32((const float *)p[0] + from, (int32_t)n[N]);
      else if (n[DTYPE] == TG_I32) *out = row_i32((const int32_t *)p[0] + from, (int32_t)n[N]);
      else *out = row_bool((const uint8_t *)p[0] + from, (int32_t)n[N]);
    } else if (n[DTYPE] == TG_F32) columns_f32((const float *)p[0] + from, out, n[N], after, width);
    else if (n[DTYPE] == TG_I32) columns_i32((const int32_t *)p[0] + from, out, n[N], after, width);
    else columns_bool((const uint8_t *)p[0] + from, out, n[N], after, width);
  }
}

void tg_argmax(tg_dtype dtype, const void *x, int32_t *out, long before, long n, long after) {
  if (!after) return;
  if (!n) {
    tg_fill(4, out, before * after, 0u);
    return;
  }
  long strips = (after - 1) / STRIP + 1;
  const long numbers[] = {dtype, n, after, strips};
  tg_parallel(argmax_share, (char *const[]){(char *)x, (char *)out}, numbers, before * strips, grain(n * (after < STRIP ? after : STRIP)));
}

/* ---- cumsum: totals of floats in float64 ---- */

#define SCAN(name, type, wide) \
  static void line_##name(const type *x, type *out, const long *n, long step) { \
    wide total = 0; \
    int exclusive = n[EXCLUSIVE] != 0; \
    for (long i = 0; i < n[N]; i++, x += step, out += step) { \
      wide next = total + (wide)x[0]; \
      out[0] = (type)(exclusive ? total : next); \
      total = next; \
    } \
  } \
  static void scan_##name(const type *x, type *out, const long *n, long first, long width) { \
    wide total[STRIP]; \
    long step = n[REVERSE] ? -n[AFTER] : n[AFTER]; \
    x += first, out += first; \
    if (width == 1) { \
      line_##name(x, out, n, step); \
      return; \
    } \
    for (long a = 0; a < width; a++) total[a] = 0; \
    for (long i = 0; i < n[N]; i++, x += step, out += step) \
      for (long a = 0; a < width; a++) { \
        wide next = total[a] + (wide)x[a]; \
        out[a] = (type)(n[EXCLUSIVE] ? total[a] : next); \
        total[a] = next; \
      } \
  }
SCAN(f32, float, double)
SCAN(i32, uint32_t, uint32_t)

static void scan_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long after = n[AFTER], strips = n[STRIPS];
  for (long unit = lo; unit < hi; unit++) {
    long b = unit / strips, a = unit % strips * STRIP, first = (b * n[N] + (n[REVERSE] ? n[N] - 1 : 0)) * after + a;
    long width = after - a < STRIP ? after - a : STRIP;
    if (n[DTYPE] == TG_F32) scan_f32((const float *)p[0], (float *)p[1], n, first, width);
    else scan_i32((const uint32_t *)p[0], (uint32_t *)p[1], n, first, width);
  }
}

void tg_cumsum(tg_dtype dtype, const void *x, void *out, long before, long n, long after, int exclusive, int reverse) {
  if (!after || !n) return;
  long strips = (after - 1) / STRIP + 1;
  const long numbers[] = {dtype, n, after, strips, exclusive, reverse};
  tg_parallel(scan_share, (char *const[]){(char *)x, out}, numbers, before * strips, grain(n * (after < STRIP ? after : STRIP)));
}
