/*
 * Reductions over the middle of [before, n, after]. Rows (after == 1) run along vectors with several accumulators; columns add eight rows
 * at a time to one row of results. Both go by blocks, so float sums grow their errors slowly, and both are cut by shapes alone.
 */
#include "reduce.h"

#define BLOCK (512 * LANES) /* elements of a row that are summed before their total joins the others: 128 a lane and chain */
#define SHARE 16384    /* elements of a share, at least */
#define PARTS 8        /* parts that many rows of a few strips are cut into; fewer rows into half as many */
#define MANY_ROWS 1024

/* ---- one row of floats ---- */

/* Lanes from the 16th on are kept. */
static const int32_t keep[32] = {[16] = -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

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

/* Units [before, parts, strips]: one of PART parts of the rows and TG_STRIP columns, to [before, parts, after]. */
static void column_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long size = n[DTYPE] == TG_BOOL ? 1 : 4, after = n[AFTER], strips = n[STRIPS], parts = n[PART];
  for (long unit = lo; unit < hi; unit++) {
    long a = unit % strips * TG_STRIP, part = unit / strips % parts, b = unit / strips / parts;
    long i = n[N] * part / parts, m = n[N] * (part + 1) / parts - i;
    tg_reduce_columns((tg_reduction)n[OP], (tg_dtype)n[DTYPE], p[0] + ((b * n[N] + i) * after + a) * size,
                      p[1] + ((b * parts + part) * after + a) * size, m, after, after - a < TG_STRIP ? after - a : TG_STRIP);
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
  long strips = (after - 1) / TG_STRIP + 1, width = after < TG_STRIP ? after : TG_STRIP;
  /* A few strips are cut into parts of their rows as well: where a thread wrote rows, it reads them. */
  int apart = before * strips < PARTS && n >= 8 * PARTS && before * n * after >= 2 * SHARE;
  long parts = !apart ? 1 : n < MANY_ROWS ? PARTS / 2 : PARTS;
  float partial[PARTS * PARTS * TG_STRIP];
  const long numbers[] = {op, dtype, n, after, strips, parts};
  tg_parallel(column_share, (char *const[]){(char *)x, parts > 1 ? (char *)partial : out}, numbers, before * parts * strips,
              grain(n / parts * width));
  const long finish[] = {op, dtype, parts, after, strips, 1};
  if (parts > 1) column_share((char *const[]){(char *)partial, out}, finish, 0, before * strips, 0);
}

void tg_reduce(tg_reduction op, tg_dtype dtype, const void *x, void *out, long before, long n, long after) {
  if (!before || !after) return;
  if (!n) tg_reduce_start(op, dtype, out, before * after);
  else if (after > 1) by_columns(op, dtype, x, out, before, n, after);
  else if (before < 8 && n >= 4 * BLOCK) long_rows(op, dtype, x, out, before, n);
  else {
    const long numbers[] = {op, dtype, n, 1, 1, n};
    tg_parallel(row_share, (char *const[]){(char *)x, out}, numbers, before, grain(n));
  }
}
