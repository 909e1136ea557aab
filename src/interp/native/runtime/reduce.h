/* What reductions of rows and of columns share: vectors and operations. */
#ifndef TYPEGRAD_REDUCE_H
#define TYPEGRAD_REDUCE_H
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

#define PICK(V, I, m, a, b) ((V)(((I)(a) & (m)) | ((I)(b) & ~(m))))
#define VEC_SUM(V, I, a, b) ((a) + (b))
#define VEC_PROD(V, I, a, b) ((a) * (b))
#define VEC_MAX(V, I, a, b) PICK(V, I, ((a) > (b)) | ((a) != (a)), a, b)
#define VEC_MIN(V, I, a, b) PICK(V, I, ((a) < (b)) | ((a) != (a)), a, b)
static inline float one_sum(float a, float b) { return a + b; }
static inline float one_prod(float a, float b) { return a * b; }
static inline float one_max(float a, float b) { return tg_maximum(a, b); }
static inline float one_min(float a, float b) { return tg_minimum(a, b); }
#define ADD(a, b) ((a) + (b))
static inline uint32_t times(uint32_t a, uint32_t b) { return a * b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline uint8_t either(uint8_t a, uint8_t b) { return a | b; }
static inline uint8_t both(uint8_t a, uint8_t b) { return a & b; }

/* Columns that a unit of a reduction takes, and of a reduction of what a loop makes, at most. */
#define TG_STRIP 512
#define TG_WIDEST 1024

/* Sets `count` results to what an empty reduction is. */
void tg_reduce_start(tg_reduction op, tg_dtype dtype, char *out, long count);
/* Reduces `rows` rows of `width` columns, `stride` elements apart, to out. */
void tg_reduce_columns(tg_reduction op, tg_dtype dtype, const char *x, char *out, long rows, long stride, long width);
/* out[a] = out[a] op x[a] */
void tg_reduce_join(tg_reduction op, tg_dtype dtype, char *out, const char *x, long width);
#endif
