/*
 * The innermost part of matrix products and convolutions: a tile of at most TG_MR rows and TG_NR columns of C, held in registers while
 * the products of one row of A and one panel of B are summed. Rows of A and C are given by pointers, so a row may be a matrix's row or
 * the window of a pixel; the sum runs over segments, so a window may be the rows of a kernel. Each element of C is summed in the order
 * of the segments, whatever the tile's size: results do not depend on how C is cut into tiles.
 */
#ifndef TYPEGRAD_GEMM_KERNEL_H
#define TYPEGRAD_GEMM_KERNEL_H
#include "typegrad.h"

/* Floats a vector, and a tile's rows and vectors a row: as many as the registers hold beside the operands. */
#if defined(__AVX512F__)
#define TG_W 16
#define TG_MR 14
#elif defined(__AVX__)
#define TG_W 8
#define TG_MR 6
#elif defined(__aarch64__)
#define TG_W 4
#define TG_MR 12
#else
#define TG_W 4
#define TG_MR 6
#endif
#define TG_NR (2 * TG_W)
/* Longest sum before it is added to C: a tile's rows of A of this length fit the first cache beside what passes of B. */
#define TG_KC 384
/* Bytes of B's panels that one worker keeps in its second cache. */
#define TG_PANELS_BYTES (512 * 1024)
/* A product of fewer multiplications is not worth a second thread. */
#define TG_PARALLEL_PRODUCTS 60000
/* Elements of a matrix that is multiplied by a vector, likewise. */
#define TG_SHARED_ELEMENTS 16384
/* A product of so many is worth waking a thread at once. */
#define TG_WAKING_PRODUCTS 2000000

typedef float tg_vec __attribute__((vector_size(TG_W * 4)));
typedef float tg_uvec __attribute__((vector_size(TG_W * 4), aligned(4), may_alias));
typedef float tg_uquad __attribute__((vector_size(16), aligned(4), may_alias));

/* `n` products: of A from `a` on, counted in elements from each row's pointer, and of B's rows from element `b` of the panel on. */
typedef struct { long a, b, n; } tg_segment;

/* What is summed: the segments, the step between a row's elements of A, and that between rows of the panel. */
typedef struct {
  const tg_segment *segments;
  long count, a_step, b_row;
} tg_sum;

typedef struct {
  const float *a[TG_MR];
  float *c[TG_MR];
} tg_rows;

/*
 * Columns col <= j < col + cols of the C of `rows` rows, cols <= TG_NR; `add` keeps what C holds. `b` is the panel: it is read in whole
 * vectors, so it must hold TG_NR columns if cols > TG_W and TG_W otherwise.
 */
void tg_tile(const tg_rows *t, long rows, const tg_sum *sum, const float *b, long col, long cols, int add);

/* Copies k rows of `cols` columns of B into a panel of rows of TG_NR; the columns left over hold anything. */
void tg_pack_panel(const float *b, long b_row, long b_col, long k, long cols, float *panel);

/* memcpy of n floats without a call, for the short runs that convolutions copy. */
static inline void tg_copy_floats(float *to, const float *from, long n) {
  if (n >= TG_W) {
    for (long i = 0; i + TG_W < n; i += TG_W) *(tg_uvec *)(to + i) = *(const tg_uvec *)(from + i);
    *(tg_uvec *)(to + n - TG_W) = *(const tg_uvec *)(from + n - TG_W);
  } else if (n >= 4) {
    for (long i = 0; i + 4 < n; i += 4) *(tg_uquad *)(to + i) = *(const tg_uquad *)(from + i);
    *(tg_uquad *)(to + n - 4) = *(const tg_uquad *)(from + n - 4);
  } else {
    if (n > 0) to[0] = from[0];
    if (n > 1) to[1] = from[1];
    if (n > 2) to[2] = from[2];
  }
}

static inline void tg_zero_floats(float *to, long n) {
  for (; n >= TG_W; n -= TG_W, to += TG_W) *(tg_uvec *)to = (tg_vec){0};
  for (; n >= 4; n -= 4, to += 4) *(tg_uquad *)to = (tg_uquad){0};
  if (n > 0) to[0] = 0;
  if (n > 1) to[1] = 0;
  if (n > 2) to[2] = 0;
}

/* to += from. */
static inline void tg_add_floats(float *to, const float *from, long n) {
  for (; n >= TG_W; n -= TG_W, to += TG_W, from += TG_W) *(tg_uvec *)to += *(const tg_uvec *)from;
  for (; n >= 4; n -= 4, to += 4, from += 4) *(tg_uquad *)to += *(const tg_uquad *)from;
  if (n > 0) to[0] += from[0];
  if (n > 1) to[1] += from[1];
  if (n > 2) to[2] += from[2];
}

/* The largest tile height that cuts `rows` evenly. */
static inline long tg_tile_rows(long rows) {
  long tiles = (rows + TG_MR - 1) / TG_MR;
  return tiles ? (rows + tiles - 1) / tiles : 0;
}
#endif
