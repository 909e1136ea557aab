#include "gemm_kernel.h"

#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/*
 * So many of the pointers to rows of A stay in registers; the others are read anew for each product, which is cheaper than what compilers
 * do when they are out of registers (keep pointers in vector registers, and move them with the units that multiply).
 */
#define IN_REGISTERS 7

static inline __attribute__((always_inline)) tg_vec load(const float *x) { return *(const tg_uvec *)x; }
static inline __attribute__((always_inline)) void store(float *x, tg_vec v) { *(tg_uvec *)x = v; }

static __attribute__((noinline)) void store_some(float *c, const float *row, long cols, int add) {
  if (add) for (long j = 0; j < cols; j++) c[j] += row[j];
  else for (long j = 0; j < cols; j++) c[j] = row[j];
}

static inline __attribute__((always_inline)) void tile(const int rows, const int vecs, const tg_rows *t, const tg_sum *sum, const float *b,
                                                       long col, long cols, int add) {
  tg_vec acc[TG_MR][2];
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < vecs; v++) acc[i][v] = (tg_vec){0};
  const float *a[IN_REGISTERS];
  UNROLL for (int i = 0; i < rows && i < IN_REGISTERS; i++) a[i] = t->a[i];
  const long a_step = sum->a_step, b_row = sum->b_row;
  for (const tg_segment *s = sum->segments, *end = s + sum->count; s < end; s++) {
    const float *row = b + s->b;
    long at = s->a;
    for (long k = s->n; k > 0; k--) {
      tg_vec y[2];
      UNROLL for (int v = 0; v < vecs; v++) y[v] = load(row + v * TG_W);
      UNROLL for (int i = 0; i < rows; i++) {
        const float *from = i < IN_REGISTERS ? a[i] : *(const float *const volatile *)&t->a[i];
        tg_vec x = from[at] - (tg_vec){0};
        UNROLL for (int v = 0; v < vecs; v++) acc[i][v] += x * y[v];
      }
      at += a_step;
      row += b_row;
    }
  }
  if (cols == vecs * TG_W) {
    UNROLL for (int i = 0; i < rows; i++) {
      float *c = t->c[i] + col;
      UNROLL for (int v = 0; v < vecs; v++) store(c + v * TG_W, add ? load(c + v * TG_W) + acc[i][v] : acc[i][v]);
    }
  } else {
    UNROLL for (int i = 0; i < rows; i++) {
      float row[TG_NR];
      UNROLL for (int v = 0; v < vecs; v++) store(row + v * TG_W, acc[i][v]);
      store_some(t->c[i] + col, row, cols, add);
    }
  }
}

/*
 * Up to half a vector of columns: half vectors are as quick to load and, on many processors, twice as quick to multiply. Rows come so
 * many at a time that all their pointers stay in registers. Sums are those of a whole tile, bit for bit.
 */
#define NARROW (TG_W / 2)
typedef float narrow __attribute__((vector_size(TG_W * 2)));
typedef float loose_narrow __attribute__((vector_size(TG_W * 2), aligned(4), may_alias));

/* Rows from `first` on of which `kept` are stored; the others are computed like the last of them. */
static inline __attribute__((always_inline)) void narrow_tile(const int rows, const tg_rows *t, long first, long kept, const tg_sum *sum,
                                                              const float *b, long col, long cols, int add) {
  narrow acc[IN_REGISTERS];
  const float *a[IN_REGISTERS];
  UNROLL for (int i = 0; i < rows; i++) {
    acc[i] = (narrow){0};
    a[i] = t->a[first + (i < kept ? i : kept - 1)];
  }
  const long a_step = sum->a_step, b_row = sum->b_row;
  for (const tg_segment *s = sum->segments, *end = s + sum->count; s < end; s++) {
    const float *row = b + s->b;
    long at = s->a;
    for (long k = s->n; k > 0; k--, at += a_step, row += b_row) {
      narrow y = *(const loose_narrow *)row;
      UNROLL for (int i = 0; i < rows; i++) acc[i] += (a[i][at] - (narrow){0}) * y;
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    if (i >= kept) break;
    float *c = t->c[first + i] + col;
    if (cols < NARROW) store_some(c, (const float *)&acc[i], cols, add);
    else {
      if (add) acc[i] += *(const loose_narrow *)c;
      *(loose_narrow *)c = acc[i];
    }
  }
}

static void narrow_rows(const tg_rows *t, long rows, const tg_sum *sum, const float *b, long col, long cols, int add) {
  long i = 0;
  for (; i + 7 <= rows; i += 7) narrow_tile(7, t, i, 7, sum, b, col, cols, add);
  if (i + 4 <= rows) narrow_tile(4, t, i, 4, sum, b, col, cols, add), i += 4;
  /* Not one row alone: some compilers then round each product, for a shorter chain of additions. */
  for (; i < rows; i += 2) narrow_tile(2, t, i, rows - i < 2 ? 1 : 2, sum, b, col, cols, add);
}

typedef void tile_of(const tg_rows *t, const tg_sum *sum, const float *b, long col, long cols, int add);
#define TILE(rows, vecs) \
  static void tile_##rows##_##vecs(const tg_rows *t, const tg_sum *sum, const float *b, long col, long cols, int add) { \
    tile(rows, vecs, t, sum, b, col, cols, add); \
  }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2)
#define ENTRY(rows) { tile_##rows##_1, tile_##rows##_2 },
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if TG_MR > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif
#if TG_MR > 12
TILES(13) TILES(14)
#endif
static tile_of *const tiles[TG_MR][2] = {
  ENTRY(1) ENTRY(2) ENTRY(3) ENTRY(4) ENTRY(5) ENTRY(6)
#if TG_MR > 6
  ENTRY(7) ENTRY(8) ENTRY(9) ENTRY(10) ENTRY(11) ENTRY(12)
#endif
#if TG_MR > 12
  ENTRY(13) ENTRY(14)
#endif
};

void tg_tile(const tg_rows *t, long rows, const tg_sum *sum, const float *b, long col, long cols, int add) {
  if (TG_W == 16 && cols <= NARROW) narrow_rows(t, rows, sum, b, col, cols, add);
  else tiles[rows - 1][cols > TG_W](t, sum, b, col, cols, add);
}

typedef float quad __attribute__((vector_size(16)));
typedef int indices __attribute__((vector_size(16)));
#if defined(__clang__)
#define SHUFFLE(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d)
#else
#define SHUFFLE(x, y, a, b, c, d) __builtin_shuffle(x, y, (indices){ a, b, c, d })
#endif

/* to[j][i] = from[i][j] for 4 rows and columns. */
static inline void transpose_4(const float *from, long from_row, float *to) {
  quad r0 = *(const tg_uquad *)from, r1 = *(const tg_uquad *)(from + from_row);
  quad r2 = *(const tg_uquad *)(from + 2 * from_row), r3 = *(const tg_uquad *)(from + 3 * from_row);
  quad a = SHUFFLE(r0, r1, 0, 4, 1, 5), b = SHUFFLE(r2, r3, 0, 4, 1, 5);
  quad c = SHUFFLE(r0, r1, 2, 6, 3, 7), d = SHUFFLE(r2, r3, 2, 6, 3, 7);
  *(tg_uquad *)to = SHUFFLE(a, b, 0, 1, 4, 5);
  *(tg_uquad *)(to + TG_NR) = SHUFFLE(a, b, 2, 3, 6, 7);
  *(tg_uquad *)(to + 2 * TG_NR) = SHUFFLE(c, d, 0, 1, 4, 5);
  *(tg_uquad *)(to + 3 * TG_NR) = SHUFFLE(c, d, 2, 3, 6, 7);
}

static void pack_transposed(const float *b, long b_col, long k, long cols, float *panel) {
  long j = 0;
  for (; j + 4 <= cols; j += 4) {
    const float *from = b + j * b_col;
    long p = 0;
    for (; p + 4 <= k; p += 4) transpose_4(from + p, b_col, panel + p * TG_NR + j);
    for (; p < k; p++) for (long i = 0; i < 4; i++) panel[p * TG_NR + j + i] = from[p + i * b_col];
  }
  for (; j < cols; j++) for (long p = 0; p < k; p++) panel[p * TG_NR + j] = b[p + j * b_col];
}

void tg_pack_panel(const float *b, long b_row, long b_col, long k, long cols, float *panel) {
  if (b_row == 1 && b_col != 1) {
    pack_transposed(b, b_col, k, cols, panel);
    return;
  }
  long p = 0;
  if (b_col == 1) {
    /* Whole vectors, also past the columns as long as they end within B. */
    long width = cols > TG_W ? TG_NR : TG_W, end = (k - 1) * b_row + cols;
    for (; p < k && p * b_row + width <= end; p++) {
      store(panel + p * TG_NR, load(b + p * b_row));
      if (width > TG_W) store(panel + p * TG_NR + TG_W, load(b + p * b_row + TG_W));
    }
  }
  for (; p < k; p++) for (long j = 0; j < cols; j++) panel[p * TG_NR + j] = b[p * b_row + j * b_col];
}
