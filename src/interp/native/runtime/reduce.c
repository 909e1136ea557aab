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
#define VECTOR(lanes, element) element __attribute__((vector_size(4 * (lanes)), aligned(4), may_alias))
typedef VECTOR(4, float) f4;
typedef VECTOR(8, float) f8;
typedef VECTOR(LANES, float) vec;
typedef VECTOR(4, int32_t) i4;
typedef VECTOR(8, int32_t) i8;
typedef VECTOR(LANES, int32_t) ivec;

#define BLOCK (512 * LANES) /* elements of a row that are summed before their total joins the others: 128 a lane and chain */
#define ROWS 256    /* rows, likewise */
#define STRIP 512   /* columns of a share */
#define LINE 128    /* columns that narrow rows are joined to */
#define SHARE 16384 /* elements of a share, at least */
#define PARTS 8     /* blocks of rows of one strip that are reduced apart */

/* ---- one row of floats ---- */

/* Lanes from the 16th on are kept. */
static const int32_t keep[32] = {[16] = -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

#define PICK(V, I, m, a, b) ((V)(((I)(a) & (m)) | ((I)(b) & ~(m))))
#define VEC_SUM(V, I, a, b) ((a) + (b))
#define VEC_PROD(V, I, a, b) ((a) * (b))
#define VEC_MAX(V, I, a, b) PICK(V, I, ((a) > (b)) | ((a) != (a)), a, b)
#define VEC_MIN(V, I, a, b) PICK(V, I, ((a) < (b)) | ((a) != (a)), a, b)
static inline float one_sum(float a, float b) { return a + b; }
static inline float one_prod(float a, float b) { return a * b; }
static inline float one_max(float a, float b) { return tg_maximum(a, b); }
static inline float one_min(float a, float b) { return tg_minimum(a, b); }

/*
 * A row of at least as many elements as a vector has lanes: four chains of vectors, then single ones, then the last vector of the row
 * without the lanes that were there before. A shorter row takes a shorter vector.
 */
#define ROW(op, VOP, first) \
  static inline float fold4_##op(f4 v) { return one_##op(one_##op(v[0], v[2]), one_##op(v[1], v[3])); } \
  static inline float fold8_##op(f8 v) { return fold4_##op(VOP(f4, i4, ((const f4 *)&v)[0], ((const f4 *)&v)[1])); } \
  static inline float fold_##op(vec v) { \
    if (LANES == 4) return fold4_##op(*(const f4 *)&v); \
    if (LANES == 8) return fold8_##op(*(const f8 *)&v); \
    return fold8_##op(VOP(f8, i8, ((const f8 *)&v)[0], ((const f8 *)&v)[LANES / 16])); \
  } \
  static inline float block_##op(const float *x, long n) { \
    if (n < 4) { \
      float r = first; \
      for (long i = 0; i < n; i++) r = one_##op(r, x[i]); \
      return r; \
    } \
    if (n < 8 && LANES > 4) { \
      i4 m = *(const i4 *)(keep + 8 + n); \
      f4 last = PICK(f4, i4, m, *(const f4 *)(x + n - 4), (f4){0} + first); \
      return fold4_##op(VOP(f4, i4, *(const f4 *)x, last)); \
    } \
    if (n < 16 && LANES > 8) { \
      i8 m = *(const i8 *)(keep + n); \
      f8 last = PICK(f8, i8, m, *(const f8 *)(x + n - 8), (f8){0} + first); \
      return fold8_##op(VOP(f8, i8, *(const f8 *)x, last)); \
    } \
    vec a = *(const vec *)x; \
    long i = LANES; \
    if (n >= 4 * LANES) { \
      vec b = *(const vec *)(x + LANES), c = *(const vec *)(x + 2 * LANES), d = *(const vec *)(x + 3 * LANES); \
      for (i = 4 * LANES; i + 4 * LANES <= n; i += 4 * LANES) { \
        a = VOP(vec, ivec, *(const vec *)(x + i), a); \
        b = VOP(vec, ivec, *(const vec *)(x + i + LANES), b); \
        c = VOP(vec, ivec, *(const vec *)(x + i + 2 * LANES), c); \
        d = VOP(vec, ivec, *(const vec *)(x + i + 3 * LANES), d); \
      } \
      b = VOP(vec, ivec, c, b), a = VOP(vec, ivec, d, a); \
      a = VOP(vec, ivec, b, a); \
    } \
    for (; i + LANES <= n; i += LANES) a = VOP(vec, ivec, *(const vec *)(x + i), a); \
    if (i < n) { \
      ivec m = *(const ivec *)(keep + 16 - LANES + (n - i)); \
      vec last = PICK(vec, ivec, m, *(const vec *)(x + n - LANES), (vec){0} + first); \
      a = VOP(vec, ivec, last, a); \
    } \
    return fold_##op(a); \
  }
ROW(sum, VEC_SUM, 0.0f)
ROW(prod, VEC_PROD, 1.0f)
ROW(max, VEC_MAX, -INFINITY)
ROW(min, VEC_MIN, INFINITY)

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
    for (; i + 3 <= rows; i += 3, x += 3 * stride) { \
      const type *x1 = x + stride, *x2 = x1 + stride; \
      for (long a = 0; a < width; a++) out[a] = op(op(out[a], x[a]), op(x1[a], x2[a])); \
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

/* Integers may be added in any order, so compilers vectorise these as they are. */
#define INTEGER_ROW(name, type, op, first) \
  static void row_##name(const void *from, void *to, long n) { \
    const type *x = from; \
    type r = first; \
    for (long i = 0; i < n; i++) r = op(r, x[i]); \
    *(type *)to = r; \
  }
INTEGER_ROW(i32_sum, uint32_t, ADD, 0)
INTEGER_ROW(i32_max, int32_t, larger, INT32_MIN)
INTEGER_ROW(i32_min, int32_t, smaller, INT32_MAX)
INTEGER_ROW(i32_prod, uint32_t, times, 1)
INTEGER_ROW(bool_or, uint8_t, either, 0)
INTEGER_ROW(bool_and, uint8_t, both, 1)
#define FLOAT_ROW(op) static void row_f32_##op(const void *x, void *out, long n) { *(float *)out = tg_row_##op(x, n); }
FLOAT_ROW(sum)
FLOAT_ROW(max)
FLOAT_ROW(min)
FLOAT_ROW(prod)

static void (*const rows[3][4])(const void *x, void *out, long n) = {
    [TG_F32] = {[TG_SUM] = row_f32_sum, [TG_MAX] = row_f32_max, [TG_MIN] = row_f32_min, [TG_PROD] = row_f32_prod},
    [TG_I32] = {[TG_SUM] = row_i32_sum, [TG_MAX] = row_i32_max, [TG_MIN] = row_i32_min, [TG_PROD] = row_i32_prod},
    [TG_BOOL] = {[TG_SUM] = row_bool_or, [TG_MAX] = row_bool_or, [TG_MIN] = row_bool_and, [TG_PROD] = row_bool_and},
};

/* ---- shares ---- */

enum { OP, DTYPE, N, AFTER, STRIPS, PART };

static void row_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4;
  for (long b = lo; b < hi; b++) rows[n[DTYPE]][n[OP]](p[0] + b * n[N] * size, p[1] + b * size, n[N]);
}

/* Blocks of PART elements of one long row, to a result each. */
static void piece_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4;
  for (long i = lo; i < hi; i++) {
    long at = i * n[PART], m = n[N] - at < n[PART] ? n[N] - at : n[PART];
    rows[n[DTYPE]][n[OP]](p[0] + at * size, p[1] + i * size, m);
  }
}

/* Units [before, parts, strips]: one of PART parts of the rows and STRIP columns, to [before, parts, after]. */
static void column_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4, after = n[AFTER], strips = n[STRIPS], parts = n[PART];
  for (long unit = lo; unit < hi; unit++) {
    long a = unit % strips * STRIP, part = unit / strips % parts, b = unit / strips / parts;
    long i = n[N] * part / parts, m = n[N] * (part + 1) / parts - i;
    columns((tg_reduction)n[OP], (tg_dtype)n[DTYPE], p[0] + ((b * n[N] + i) * after + a) * size,
            p[1] + ((b * parts + part) * after + a) * size, m, after, after - a < STRIP ? after - a : STRIP);
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
    rows[dtype][op](partial, out + b * size, parts);
  }
}

static void by_columns(tg_reduction op, tg_dtype dtype, const char *x, char *out, long before, long n, long after) {
  long strips = (after - 1) / STRIP + 1, width = after < STRIP ? after : STRIP;
  /* A few strips are cut into parts of their rows as well: where a thread wrote rows, it reads them. */
  int apart = before * strips < PARTS && n >= 8 * PARTS && before * n * after >= 2 * SHARE;
  long parts = !apart ? 1 : n < 4 * ROWS ? PARTS / 2 : PARTS;
  float partial[PARTS * PARTS * STRIP];
  const long numbers[] = {op, dtype, n, after, strips, parts};
  tg_parallel(column_share, (char *const[]){(char *)x, parts > 1 ? (char *)partial : out}, numbers, before * parts * strips,
              grain(n / parts * width));
  const long finish[] = {op, dtype, parts, after, strips, 1};
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
