/* Reductions of columns: eight rows at a time are added to one row of results, out[a] = out[a] op x[i, a]. */
#include "reduce.h"

#define ROWS 256    /* rows that are summed before their total joins the others */
#define LINE 128    /* columns that narrow rows are joined to */
#define FEW_ROWS 64 /* narrow rows that are not worth joining */

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

void tg_reduce_start(tg_reduction op, tg_dtype dtype, char *out, long count) {
  static const float floats[4] = {[TG_SUM] = 0, [TG_MAX] = -INFINITY, [TG_MIN] = INFINITY, [TG_PROD] = 1};
  static const int32_t integers[4] = {[TG_SUM] = 0, [TG_MAX] = INT32_MIN, [TG_MIN] = INT32_MAX, [TG_PROD] = 1};
  if (dtype == TG_F32) for (long i = 0; i < count; i++) ((float *)out)[i] = floats[op];
  else if (dtype == TG_I32) for (long i = 0; i < count; i++) ((int32_t *)out)[i] = integers[op];
  else memset(out, op == TG_MIN || op == TG_PROD, (size_t)count);
}

/* A few narrow rows, one behind the other: two chains for each vector of columns; the last vector may overlap the one before. */
#define FEW(op, VOP, first) \
  static void few_##op(const float *x, float *out, long rows, long width) { \
    for (long a = 0; a < width; a += LANES) { \
      long at = a + LANES <= width ? a : width - LANES, i = 0; \
      vec even = (vec){0} + first, odd = even; \
      for (; i + 2 <= rows; i += 2) { \
        even = VOP(vec, ivec, *(const vec *)(x + i * width + at), even); \
        odd = VOP(vec, ivec, *(const vec *)(x + (i + 1) * width + at), odd); \
      } \
      if (i < rows) even = VOP(vec, ivec, *(const vec *)(x + i * width + at), even); \
      *(vec *)(out + at) = VOP(vec, ivec, even, odd); \
    } \
  }
FEW(sum, VEC_SUM, 0.0f)
FEW(prod, VEC_PROD, 1.0f)
FEW(max, VEC_MAX, -INFINITY)
FEW(min, VEC_MIN, INFINITY)
static void (*const few[4])(const float *x, float *out, long rows, long width) = {
    [TG_SUM] = few_sum, [TG_MAX] = few_max, [TG_MIN] = few_min, [TG_PROD] = few_prod};

/* By blocks of rows. Narrow rows that lie one behind the other go several at a time, as one. */
void tg_reduce_columns(tg_reduction op, tg_dtype dtype, const char *x, char *out, long rows, long stride, long width) {
  long size = dtype == TG_BOOL ? 1 : 4, together = LINE / width;
  if (dtype == TG_F32 && stride == width && width >= LANES && width <= LINE && rows <= FEW_ROWS) {
    few[op]((const float *)x, (float *)out, rows, width);
    return;
  }
  uint32_t total[TG_WIDEST];
  into f = intos[dtype][op];
  if (stride == width && together > 1 && rows >= 2 * together) {
    tg_reduce_columns(op, dtype, x, (char *)total, rows / together, together * width, together * width);
    tg_reduce_start(op, dtype, out, width);
    f(out, total, together, width, width);
    long done = rows / together * together;
    f(out, x + done * width * size, rows - done, width, width);
    return;
  }
  tg_reduce_start(op, dtype, out, width);
  for (long i = 0; i < rows; i += ROWS) {
    long m = rows - i < ROWS ? rows - i : ROWS;
    if (i == 0 || op != TG_SUM) f(out, x + i * stride * size, m, stride, width);
    else {
      tg_reduce_start(op, dtype, (char *)total, width);
      f(total, x + i * stride * size, m, stride, width);
      f(out, total, 1, width, width);
    }
  }
}

void tg_reduce_join(tg_reduction op, tg_dtype dtype, char *out, const char *x, long width) { intos[dtype][op](out, x, 1, width, width); }
