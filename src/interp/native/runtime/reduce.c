/*
 * Reductions over the middle of [before, n, after]. Rows (after == 1) run along vectors with several accumulators; columns add eight rows
 * at a time to one row of results. Both go by blocks, so float sums grow their errors slowly, and both are cut by shapes alone.
 */
#include "math/maximum.h"
#include "math/minimum.h"
#include "typegrad.h"
#include <math.h>
#include <string.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif
typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t mask __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define BLOCK 8192  /* elements of a row that are summed before their total joins the others */
#define ROWS 256    /* rows, likewise */
#define STRIP 512   /* columns of a share */
#define LINE 128    /* columns that narrow rows are joined to */
#define SHARE 16384 /* elements of a share, at least */
#define PARTS 8     /* blocks of rows of one strip that are reduced apart */

/* ---- one row of floats ---- */

static inline vec pick(mask m, vec a, vec b) { return (vec)(((mask)a & m) | ((mask)b & ~m)); }
static inline vec vec_sum(vec a, vec b) { return a + b; }
static inline vec vec_prod(vec a, vec b) { return a * b; }
static inline vec vec_max(vec a, vec b) { return pick((a > b) | (a != a), a, b); }
static inline vec vec_min(vec a, vec b) { return pick((a < b) | (a != a), a, b); }
static inline float one_sum(float a, float b) { return a + b; }
static inline float one_prod(float a, float b) { return a * b; }
static inline float one_max(float a, float b) { return tg_maximum(a, b); }
static inline float one_min(float a, float b) { return tg_minimum(a, b); }

/* Four chains of vectors; a row shorter than a vector goes element by element. */
#define ROW(op, first) \
  static inline float block_##op(const float *x, long n) { \
    if (n < LANES) { \
      float r = first; \
      for (long i = 0; i < n; i++) r = one_##op(r, x[i]); \
      return r; \
    } \
    vec a = *(const vec *)x, b, c, d; \
    long i = LANES; \
    if (n >= 4 * LANES) { \
      b = *(const vec *)(x + LANES), c = *(const vec *)(x + 2 * LANES), d = *(const vec *)(x + 3 * LANES); \
      for (i = 4 * LANES; i + 4 * LANES <= n; i += 4 * LANES) { \
        a = vec_##op(a, *(const vec *)(x + i)); \
        b = vec_##op(b, *(const vec *)(x + i + LANES)); \
        c = vec_##op(c, *(const vec *)(x + i + 2 * LANES)); \
        d = vec_##op(d, *(const vec *)(x + i + 3 * LANES)); \
      } \
      a = vec_##op(vec_##op(a, b), vec_##op(c, d)); \
    } \
    for (; i + LANES <= n; i += LANES) a = vec_##op(a, *(const vec *)(x + i)); \
    float lane[LANES]; \
    memcpy(lane, &a, sizeof lane); \
    for (long l = 0; i < n; i++, l++) lane[l] = one_##op(lane[l], x[i]); \
    for (int half = LANES / 2; half; half /= 2) for (int l = 0; l < half; l++) lane[l] = one_##op(lane[l], lane[l + half]); \
    return lane[0]; \
  }
ROW(sum, 0.0f)
ROW(prod, 1.0f)
ROW(max, -INFINITY)
ROW(min, INFINITY)

float tg_row_sum(const float *x, long n) {
  if (n <= BLOCK) return block_sum(x, n);
  double total = 0;
  for (long i = 0; i < n; i += BLOCK) total += (double)block_sum(x + i, n - i < BLOCK ? n - i : BLOCK);
  return (float)total;
}
float tg_row_prod(const float *x, long n) { return block_prod(x, n); }
float tg_row_max(const float *x, long n) { return block_max(x, n); }
float tg_row_min(const float *x, long n) { return block_min(x, n); }

/* ---- columns: out[a] = out[a] op x[i, a] ---- */

#define INTO(name, type, op) \
  static void into_##name(void *restrict total, const void *restrict from, long rows, long stride, long width) { \
    type *restrict out = total; \
    const type *restrict x = from; \
    long i = 0; \
    for (; i + 8 <= rows; i += 8, x += 8 * stride) { \
      const type *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride, *x4 = x3 + stride, *x5 = x4 + stride, *x6 = x5 + stride, \
                 *x7 = x6 + stride; \
      for (long a = 0; a < width; a++) \
        out[a] = op(out[a], op(op(op(x[a], x1[a]), op(x2[a], x3[a])), op(op(x4[a], x5[a]), op(x6[a], x7[a])))); \
    } \
    for (; i < rows; i++, x += stride) for (long a = 0; a < width; a++) out[a] = op(out[a], x[a]); \
  }
#define ADD(a, b) ((a) + (b))
static inline uint32_t times(uint32_t a, uint32_t b) { return a * b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline uint8_t either(uint8_t a, uint8_t b) { return a | b; }
static inline uint8_t both(uint8_t a, uint8_t b) { return a & b; }
INTO(f32_sum, float, one_sum)
INTO(f32_max, float, one_max)
INTO(f32_min, float, one_min)
INTO(f32_prod, float, one_prod)
INTO(i32_sum, uint32_t, ADD)
INTO(i32_max, int32_t, larger)
INTO(i32_min, int32_t, smaller)
INTO(i32_prod, uint32_t, times)
INTO(bool_or, uint8_t, either)
INTO(bool_and, uint8_t, both)

typedef void (*into)(void *restrict total, const void *restrict from, long rows, long stride, long width);
static const into intos[3][4] = {
    [TG_F32] = {[TG_SUM] = into_f32_sum, [TG_MAX] = into_f32_max, [TG_MIN] = into_f32_min, [TG_PROD] = into_f32_prod},
    [TG_I32] = {[TG_SUM] = into_i32_sum, [TG_MAX] = into_i32_max, [TG_MIN] = into_i32_min, [TG_PROD] = into_i32_prod},
    [TG_BOOL] = {[TG_SUM] = into_bool_or, [TG_MAX] = into_bool_or, [TG_MIN] = into_bool_and, [TG_PROD] = into_bool_and},
};

/* Sets `count` results to what an empty reduction is. */
static void start(tg_reduction op, tg_dtype dtype, char *out, long count) {
  static const float floats[4] = {[TG_SUM] = 0, [TG_MAX] = -INFINITY, [TG_MIN] = INFINITY, [TG_PROD] = 1};
  static const int32_t integers[4] = {[TG_SUM] = 0, [TG_MAX] = INT32_MIN, [TG_MIN] = INT32_MAX, [TG_PROD] = 1};
  if (dtype == TG_F32) for (long i = 0; i < count; i++) ((float *)out)[i] = floats[op];
  else if (dtype == TG_I32) for (long i = 0; i < count; i++) ((int32_t *)out)[i] = integers[op];
  else memset(out, op == TG_MIN || op == TG_PROD, (size_t)count);
}

/* `rows` rows of `width` columns to out, by blocks. Narrow rows that lie one behind the other go several at a time, as one. */
static void columns(tg_reduction op, tg_dtype dtype, const char *x, char *out, long rows, long stride, long width) {
  long size = dtype == TG_BOOL ? 1 : 4, together = LINE / width;
  uint32_t total[STRIP];
  into f = intos[dtype][op];
  if (stride == width && together > 1 && rows >= 2 * together) {
    columns(op, dtype, x, (char *)total, rows / together, together * width, together * width);
    start(op, dtype, out, width);
    f(out, total, together, width, width);
    long done = rows / together * together;
    f(out, x + done * width * size, rows - done, width, width);
    return;
  }
  start(op, dtype, out, width);
  for (long i = 0; i < rows; i += ROWS) {
    long m = rows - i < ROWS ? rows - i : ROWS;
    if (i == 0 || op != TG_SUM) f(out, x + i * stride * size, m, stride, width);
    else {
      start(op, dtype, (char *)total, width);
      f(total, x + i * stride * size, m, stride, width);
      f(out, total, 1, width, width);
    }
  }
}

static void row(tg_reduction op, tg_dtype dtype, const char *x, char *out, long n) {
  static float (*const rows[4])(const float *, long) = {
      [TG_SUM] = tg_row_sum, [TG_MAX] = tg_row_max, [TG_MIN] = tg_row_min, [TG_PROD] = tg_row_prod};
  if (dtype == TG_F32) *(float *)out = rows[op]((const float *)x, n);
  else columns(op, dtype, x, out, n, 1, 1);
}

/* ---- shares ---- */

enum { OP, DTYPE, N, AFTER, STRIPS, PART };

static void row_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4;
  for (long b = lo; b < hi; b++) row((tg_reduction)n[OP], (tg_dtype)n[DTYPE], p[0] + b * n[N] * size, p[1] + b * size, n[N]);
}

/* Blocks of PART elements of one long row, to a result each. */
static void piece_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4;
  for (long i = lo; i < hi; i++) {
    long at = i * n[PART], m = n[N] - at < n[PART] ? n[N] - at : n[PART];
    row((tg_reduction)n[OP], (tg_dtype)n[DTYPE], p[0] + at * size, p[1] + i * size, m);
  }
}

/* Units [before, parts, strips]: PART rows of STRIP columns, to [before, parts, after]. */
static void column_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4, after = n[AFTER], strips = n[STRIPS], parts = n[N] ? (n[N] - 1) / n[PART] + 1 : 1;
  for (long unit = lo; unit < hi; unit++) {
    long a = unit % strips * STRIP, part = unit / strips % parts, b = unit / strips / parts, i = part * n[PART];
    columns((tg_reduction)n[OP], (tg_dtype)n[DTYPE], p[0] + ((b * n[N] + i) * after + a) * size,
            p[1] + ((b * parts + part) * after + a) * size, n[N] - i < n[PART] ? n[N] - i : n[PART], after,
            after - a < STRIP ? after - a : STRIP);
  }
}

static long grain(long elements) { return elements >= SHARE ? 1 : SHARE / (elements < 1 ? 1 : elements); }

/* Few long rows: pieces of each, then the pieces. */
static void long_rows(tg_reduction op, tg_dtype dtype, const char *x, char *out, long before, long n) {
  long size = dtype == TG_BOOL ? 1 : 4, part = (n / 256 / BLOCK + 1) * BLOCK, parts = (n - 1) / part + 1;
  uint32_t partial[256];
  const long numbers[] = {op, dtype, n, 1, 1, part};
  for (long b = 0; b < before; b++) {
    tg_parallel(piece_share, (char *const[]){(char *)x + b * n * size, (char *)partial}, numbers, parts, grain(part));
    row(op, dtype, (char *)partial, out + b * size, parts);
  }
}

static void by_columns(tg_reduction op, tg_dtype dtype, const char *x, char *out, long before, long n, long after) {
  long strips = (after - 1) / STRIP + 1, width = after < STRIP ? after : STRIP;
  /* A few strips of many rows are cut into blocks of rows as well. */
  int apart = before * strips < PARTS && n >= 4 * ROWS && before * n * after >= 2 * SHARE;
  long part = apart ? (n / PARTS / ROWS + 1) * ROWS : n, parts = apart ? (n - 1) / part + 1 : 1;
  float partial[PARTS * PARTS * STRIP];
  const long numbers[] = {op, dtype, n, after, strips, part};
  tg_parallel(column_share, (char *const[]){(char *)x, parts > 1 ? (char *)partial : out}, numbers, before * parts * strips,
              grain(part * width));
  const long finish[] = {op, dtype, parts, after, strips, parts};
  if (parts > 1) column_share((char *const[]){(char *)partial, out}, finish, 0, before * strips, 0);
}

void tg_reduce(tg_reduction op, tg_dtype dtype, const void *x, void *out, long before, long n, long after) {
  if (!before || !after) return;
  if (!n) start(op, dtype, out, before * after);
  else if (after > 1) by_columns(op, dtype, x, out, before, n, after);
  else if (before < 8 && n >= 4 * BLOCK) long_rows(op, dtype, x, out, before, n);
  else {
    const long numbers[] = {op, dtype, n, 1, 1, n};
    tg_parallel(row_share, (char *const[]){(char *)x, out}, numbers, before, grain(n));
  }
}
