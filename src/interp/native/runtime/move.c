/*
 * Copies between strided arrays. Dimensions are put into the order of the destination, those that run together become one, and the two
 * innermost are copied by the best of a few kernels: whole runs, fills, transposed blocks, or one element after another.
 */
#include "runs.h"
#include "typegrad.h"

#define MAX_RANK 32 /* of dimensions longer than 1 */
#define BLOCK 16384 /* elements of a share, about */

/* A pair of inner dimensions, [rows, columns], cut out of a copy. Strides are in elements. */
typedef struct {
  long rows, columns, src_row, src_column, dst_row, dst_column;
} plane;

/* ---- transposed blocks ---- */

#define TILE 8
#define AHEAD 32 /* columns */
typedef uint32_t tile_row __attribute__((vector_size(32), aligned(4), may_alias));
#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (tile_row){__VA_ARGS__})
#endif

/* 8 x 8 elements of 4 bytes: pairs, then pairs of pairs, then halves change places. */
static inline void transpose_tile(const uint32_t *src, long src_step, uint32_t *dst, long dst_step) {
  tile_row r[TILE], s[TILE];
#define LOW(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
  for (int i = 0; i < TILE; i++) r[i] = *(const tile_row *)(src + i * src_step);
  for (int i = 0; i < TILE; i += 2) s[i] = LOW(r[i], r[i + 1]), s[i + 1] = HIGH(r[i], r[i + 1]);
  for (int i = 0; i < TILE; i += 4) {
    r[i] = SHUFFLE(s[i], s[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    r[i + 1] = SHUFFLE(s[i], s[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    r[i + 2] = SHUFFLE(s[i + 1], s[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
    r[i + 3] = SHUFFLE(s[i + 1], s[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < TILE / 2; i++) {
    *(tile_row *)(dst + i * dst_step) = SHUFFLE(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(tile_row *)(dst + (i + 4) * dst_step) = SHUFFLE(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

/* Columns run along the destination, rows along the source. Squares of two tiles, so that lines of memory are touched whole. */
static void transpose(int size, const plane *g, const char *src, char *dst) {
  long rows = g->rows, columns = g->columns, whole_rows = size == 4 ? rows / TILE * TILE : 0, whole = columns / TILE * TILE;
  const uint32_t *x = (const uint32_t *)src;
  uint32_t *y = (uint32_t *)dst;
  for (long i = 0; i < whole_rows; i += 2 * TILE)
    for (long j = 0; j < whole; j += 2 * TILE) {
      /* The source's next lines: they lie in pages apart, where the hardware does not look ahead. */
      if (g->src_column >= 512)
        for (long l = j + AHEAD; l < columns && l < j + AHEAD + 2 * TILE; l++) __builtin_prefetch(x + l * g->src_column + i);
      for (long k = i; k < whole_rows && k < i + 2 * TILE; k += TILE)
        for (long l = j; l < whole && l < j + 2 * TILE; l += TILE)
          transpose_tile(x + l * g->src_column + k, g->src_column, y + k * g->dst_row + l, g->dst_row);
    }
  /* What is left: columns of the whole rows, then rows, by squares again. */
  for (long side = 0; side < 2; side++) {
    long row0 = side ? whole_rows : 0, row1 = side ? rows : whole_rows, column0 = side ? 0 : whole;
    for (long j = column0; j < columns; j += 512) {
      long end = columns < j + 512 ? columns : j + 512;
      for (long i = row0; i < row1; i++)
        if (size == 4) for (long l = j; l < end; l++) y[i * g->dst_row + l] = x[l * g->src_column + i];
        else for (long l = j; l < end; l++) dst[i * g->dst_row + l] = src[l * g->src_column + i];
    }
  }
}

/* ---- other kernels ---- */

static void copy_runs(int size, const plane *g, const char *src, char *dst) {
  for (long i = 0; i < g->rows; i++)
    tg_run_copy(dst + i * g->dst_row * size, src + i * g->src_row * size, g->columns * size);
}

static void copy_fills(int size, const plane *g, const char *src, char *dst) {
  for (long i = 0; i < g->rows; i++) {
    const char *from = src + i * g->src_row * size;
    tg_run_fill(size, dst + i * g->dst_row * size, size == 1 ? (uint8_t)*from : *(const uint32_t *)from, g->columns);
  }
}

/* Element by element, the destination contiguous in the first branch of each. */
#define EACH(type) \
  static void each_##type(const plane *g, const type *restrict x, type *restrict y) { \
    long step = g->src_column; \
    for (long i = 0; i < g->rows; i++, x += g->src_row, y += g->dst_row) \
      if (g->dst_column == 1 && step == -1) for (long j = 0; j < g->columns; j++) y[j] = x[-j]; \
      else if (g->dst_column == 1) for (long j = 0; j < g->columns; j++) y[j] = x[j * step]; \
      else for (long j = 0; j < g->columns; j++) y[j * g->dst_column] = x[j * step]; \
  }
EACH(uint8_t)
EACH(uint32_t)

/* Few columns of many rows that the source has one behind the other: 2, 3 or 4 sequences into one of pairs, triples or fours. */
static int interleave(const plane *g, const uint32_t *restrict x, uint32_t *restrict y) {
  long s = g->src_column;
  if (g->columns == 2) for (long i = 0; i < g->rows; i++) y[2 * i] = x[i], y[2 * i + 1] = x[s + i];
  else if (g->columns == 3) for (long i = 0; i < g->rows; i++) y[3 * i] = x[i], y[3 * i + 1] = x[s + i], y[3 * i + 2] = x[2 * s + i];
  else if (g->columns == 4) for (long i = 0; i < g->rows; i++) for (long j = 0; j < 4; j++) y[4 * i + j] = x[j * s + i];
  else return 0;
  return 1;
}

static void copy_plane(int size, const plane *g, const char *src, char *dst) {
  if (g->dst_column == 1 && g->src_column == 1) copy_runs(size, g, src, dst);
  else if (g->dst_column == 1 && g->src_column == 0) copy_fills(size, g, src, dst);
  else if (g->dst_column == 1 && g->src_row == 1 && g->rows > 1) {
    if (size != 4 || g->dst_row != g->columns || !interleave(g, (const uint32_t *)src, (uint32_t *)dst)) transpose(size, g, src, dst);
  } else if (size == 4) each_uint32_t(g, (const uint32_t *)src, (uint32_t *)dst);
  else each_uint8_t(g, (const uint8_t *)src, (uint8_t *)dst);
}

/* ---- the plan of a copy ---- */

typedef struct {
  int size, rank;
  long shape[MAX_RANK], src[MAX_RANK], dst[MAX_RANK];
  long row_block, column_block;   /* of the inner plane, the last two dimensions */
} copy;

static void swap_dims(copy *c, int i, int j) {
  long n = c->shape[i], s = c->src[i], d = c->dst[i];
  c->shape[i] = c->shape[j], c->src[i] = c->src[j], c->dst[i] = c->dst[j];
  c->shape[j] = n, c->src[j] = s, c->dst[j] = d;
}

/* Makes the plan, and moves the bases where a dimension is walked the other way round. Nothing to copy: 0. */
static int plan(copy *c, int size, int rank, const long *shape, const char **x, const long *src, char **y, const long *dst) {
  int r = 0;
  c->size = size;
  /* First: what has elements has at most MAX_RANK dimensions longer than 1. */
  for (int i = 0; i < rank; i++) if (shape[i] == 0) return 0;
  for (int i = 0; i < rank; i++) {
    if (shape[i] == 1) continue;
    long back = dst[i] < 0 ? shape[i] - 1 : 0;
    *x += back * src[i] * size, *y += back * dst[i] * size;
    c->shape[r] = shape[i], c->src[r] = back ? -src[i] : src[i], c->dst[r] = back ? -dst[i] : dst[i];
    for (int j = r++; j > 0 && c->dst[j] > c->dst[j - 1]; j--) swap_dims(c, j, j - 1);
  }
  int m = 0;
  for (int i = 0; i < r; i++)
    if (m && c->src[m - 1] == c->src[i] * c->shape[i] && c->dst[m - 1] == c->dst[i] * c->shape[i]) {
      c->shape[m - 1] *= c->shape[i], c->src[m - 1] = c->src[i], c->dst[m - 1] = c->dst[i];
    } else {
      c->shape[m] = c->shape[i], c->src[m] = c->src[i], c->dst[m++] = c->dst[i];
    }
  for (; m < 2; m++) {
    for (int i = m; i > 0; i--) c->shape[i] = c->shape[i - 1], c->src[i] = c->src[i - 1], c->dst[i] = c->dst[i - 1];
    c->shape[0] = 1, c->src[0] = c->dst[0] = 0;
  }
  /* Where the source's runs lie along another dimension than the destination's, that one joins the plane. */
  if (c->src[m - 1] != 1 && c->src[m - 1] != 0)
    for (int i = 0; i < m - 2; i++) if (c->src[i] == 1) swap_dims(c, i, m - 2);
  c->rank = m;
  long columns = c->shape[m - 1], rows = c->shape[m - 2];
  int turned = c->src[m - 2] == 1 && c->src[m - 1] != 1;
  c->column_block = turned ? (columns < 256 ? columns : 256) : columns < BLOCK ? columns : BLOCK;
  long most = BLOCK / c->column_block;
  if (turned && most > 16) most = most / 16 * 16;
  c->row_block = rows < most ? rows : most;
  return 1;
}

static long blocks(long n, long block) { return (n - 1) / block + 1; }

/* Units: outer dimensions, blocks of rows, blocks of columns. Decoded once a share, then counted up: planes may be a few elements. */
static void copy_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n, (void)worker;
  const copy *c = (const copy *)p[2];
  int m = c->rank;
  long at[MAX_RANK], extent[MAX_RANK], src[MAX_RANK], dst[MAX_RANK], left = lo, from = 0, to = 0;
  for (int i = m - 1; i >= 0; i--) {
    long step = i == m - 1 ? c->column_block : i == m - 2 ? c->row_block : 1;
    extent[i] = blocks(c->shape[i], step);
    at[i] = left % extent[i];
    left /= extent[i];
    src[i] = step * c->src[i], dst[i] = step * c->dst[i];
    from += at[i] * src[i], to += at[i] * dst[i];
  }
  for (long unit = lo; unit < hi; unit++) {
    long row = at[m - 2] * c->row_block, column = at[m - 1] * c->column_block;
    plane g = {c->shape[m - 2] - row < c->row_block ? c->shape[m - 2] - row : c->row_block,
               c->shape[m - 1] - column < c->column_block ? c->shape[m - 1] - column : c->column_block,
               c->src[m - 2], c->src[m - 1], c->dst[m - 2], c->dst[m - 1]};
    copy_plane(c->size, &g, p[0] + from * c->size, p[1] + to * c->size);
    for (int i = m - 1; i >= 0; i--) {
      from += src[i], to += dst[i];
      if (++at[i] < extent[i]) break;
      from -= extent[i] * src[i], to -= extent[i] * dst[i], at[i] = 0;
    }
  }
}

void tg_copy(int size, int rank, const long *shape, const void *src, const long *src_strides, void *dst, const long *dst_strides) {
  copy c;
  const char *x = src;
  char *y = dst;
  if (!plan(&c, size, rank, shape, &x, src_strides, &y, dst_strides)) return;
  long units = blocks(c.shape[c.rank - 1], c.column_block) * blocks(c.shape[c.rank - 2], c.row_block);
  for (int i = 0; i < c.rank - 2; i++) units *= c.shape[i];
  tg_parallel(copy_share, (char *const[]){(char *)x, y, (char *)&c}, NULL, units, 1 + (BLOCK - 1) / (c.row_block * c.column_block));
}

/* ---- fill ---- */

static void fill_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  tg_run_fill((int)n[0], p[0] + lo * n[0], (uint32_t)n[1], hi - lo);
}

void tg_fill(int size, void *dst, long count, uint32_t bits) {
  tg_parallel(fill_share, (char *const[]){dst}, (const long[]){size, (long)bits}, count, 2 * BLOCK);
}
