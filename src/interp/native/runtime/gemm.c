/*
 * Matrix products. C is cut into one rectangle a worker; within one, panels of B stay in the second cache and a tile's rows of A in the
 * first (Goto and van de Geijn, 2008, with the roles of A and B exchanged as rows are contiguous here). The sum over k is cut by k alone,
 * so an element's value depends neither on the number of threads nor on the other sizes of the rectangle it falls into.
 */
#include "gemm_kernel.h"
#include "gemm_vector.h"
#include <string.h>

typedef struct {
  const float *a, *b;
  float *c;
  long a_row, a_col, b_row, b_col, c_row, m, n, k;
  int add;
} product;

/* Up to so many rows, panels of B that are contiguous in rows are read where they lie. */
#define DIRECT_ROWS (2 * TG_MR)

static long smaller(long a, long b) { return a < b ? a : b; }
static long blocks(long n, long size) { return (n + size - 1) / size; }

/* Copies a tile's rows of A so that neighbours do not fall into the same cache set; k elements a row, contiguous. */
static void copy_rows(const product *g, long row, long rows, long from, long k, float *copy) {
  for (long i = 0; i < rows; i++) {
    const float *a = g->a + (row + i) * g->a_row + from * g->a_col;
    float *to = copy + i * (TG_KC + 16);
    if (g->a_col == 1) memcpy(to, a, (size_t)k * sizeof(float));
    else for (long p = 0; p < k; p++) to[p] = a[p * g->a_col];
  }
}

/* The same for an A that is contiguous down its columns: rows of the copy are columns of the tile, TG_MR apart. */
static void copy_columns(const product *g, long row, long rows, long from, long k, float *copy) {
  const float *a = g->a + row + from * g->a_col;
  long vecs = blocks(rows, TG_W);
  if (row + vecs * TG_W <= g->m) {
    /* In whole vectors: what they write too much is overwritten by the next. */
    for (long p = 0; p < k; p++) for (long v = 0; v < vecs; v++)
      *(tg_uvec *)(copy + p * TG_MR + v * TG_W) = *(const tg_uvec *)(a + p * g->a_col + v * TG_W);
  } else for (long p = 0; p < k; p++) for (long i = 0; i < rows; i++) copy[p * TG_MR + i] = a[p * g->a_col + i];
}

/* Adds (or sets) the products from `from` on, k of them, of all rows with columns j <= .. < j + n, whose panels lie at b. */
static void rows_by_panels(const product *g, long from, long k, long j, long n, const float *b, long panel, long b_row, int add) {
  float copy[TG_MR * (TG_KC + 16)];
  long height = tg_tile_rows(g->m);
  tg_segment segment = { 0, 0, k };
  /* A copy pays if it is read often. */
  int copied = n > 2 * TG_NR, by_column = copied && g->a_col != 1 && g->a_row == 1;
  tg_sum sum = { &segment, 1, by_column ? TG_MR : copied ? 1 : g->a_col, b_row };
  for (long i = 0; i < g->m; i += height) {
    long rows = smaller(height, g->m - i);
    tg_rows t;
    if (by_column) copy_columns(g, i, rows, from, k, copy);
    else if (copied) copy_rows(g, i, rows, from, k, copy);
    for (long r = 0; r < rows; r++) {
      t.a[r] = by_column ? copy + r : copied ? copy + r * (TG_KC + 16) : g->a + (i + r) * g->a_row + from * g->a_col;
      t.c[r] = g->c + (i + r) * g->c_row + j;
    }
    for (long q = 0; q < n; q += TG_NR) tg_tile(&t, rows, &sum, b + q / TG_NR * panel, q, smaller(TG_NR, n - q), add);
  }
}

static void multiply(const product *g, int worker) {
  if (g->k == 0) {
    if (!g->add) for (long i = 0; i < g->m; i++) memset(g->c + i * g->c_row, 0, (size_t)g->n * sizeof(float));
    return;
  }
  long kc = blocks(g->k, blocks(g->k, TG_KC));
  long width = blocks(g->n, TG_NR), most = TG_PANELS_BYTES / (long)sizeof(float) / kc / TG_NR;
  long nc = blocks(width, blocks(width, most)) * TG_NR;
  int direct = g->b_col == 1 && g->m <= DIRECT_ROWS;
  float *panels = tg_scratch(worker, 3, (size_t)(nc * kc) * sizeof(float));
  for (long j = 0; j < g->n; j += nc) {
    long n = smaller(nc, g->n - j), whole = n / TG_NR * TG_NR;
    for (long p = 0; p < g->k; p += kc) {
      long k = smaller(kc, g->k - p);
      const float *b = g->b + p * g->b_row + j * g->b_col;
      int add = g->add || p > 0;
      if (direct) {
        if (whole) rows_by_panels(g, p, k, j, whole, b, TG_NR, g->b_row, add);
        if (n > whole) {
          tg_pack_panel(b + whole, g->b_row, 1, k, n - whole, panels);
          rows_by_panels(g, p, k, j + whole, n - whole, panels, 0, TG_NR, add);
        }
        continue;
      }
      for (long q = 0; q < n; q += TG_NR)
        tg_pack_panel(b + q * g->b_col, g->b_row, g->b_col, k, smaller(TG_NR, n - q), panels + q * k);
      rows_by_panels(g, p, k, j, n, panels, k * TG_NR, TG_NR, add);
    }
  }
}

enum { A_ROW, A_COL, A_BATCH, B_ROW, B_COL, B_BATCH, C_ROW, C_BATCH, M, N, K, ADD, ROW_CUTS, COL_CUTS, NUMBERS };

/* One rectangle: units count batches first, then rows, then columns. */
static void rectangles(char *const *p, const long *n, long lo, long hi, int worker) {
  for (long u = lo; u < hi; u++) {
    long col = u % n[COL_CUTS], row = u / n[COL_CUTS] % n[ROW_CUTS], s = u / n[COL_CUTS] / n[ROW_CUTS];
    long width = blocks(n[N], TG_NR);
    long i = n[M] * row / n[ROW_CUTS], i_end = n[M] * (row + 1) / n[ROW_CUTS];
    long j = width * col / n[COL_CUTS] * TG_NR, j_end = smaller(width * (col + 1) / n[COL_CUTS] * TG_NR, n[N]);
    if (i == i_end || j == j_end) continue;
    product g = {
      (const float *)p[0] + s * n[A_BATCH] + i * n[A_ROW], (const float *)p[1] + s * n[B_BATCH] + j * n[B_COL],
      (float *)p[2] + s * n[C_BATCH] + i * n[C_ROW] + j,
      n[A_ROW], n[A_COL], n[B_ROW], n[B_COL], n[C_ROW], i_end - i, j_end - j, n[K], (int)n[ADD],
    };
    multiply(&g, worker);
  }
}

/* How many stretches of columns to cut C into for `workers`, the rest being cut from rows: the cut with the least time by count. */
static long column_cuts(long m, long n, long workers) {
  long best = 1, least = -1, width = blocks(n, TG_NR);
  for (long cuts = 1; cuts <= workers; cuts++) {
    if (workers % cuts) continue;
    /* Two steps a row and panel, and a few to pack each panel. */
    long time = blocks(width, cuts) * (2 * blocks(m, workers / cuts) + 6);
    if (least < 0 || time < least) {
      least = time;
      best = cuts;
    }
  }
  return best;
}

void tg_gemm(const float *a, long a_row, long a_col, long a_batch, const float *b, long b_row, long b_col, long b_batch,
             float *c, long c_row, long c_batch, long m, long n, long k, long batch, int accumulate) {
  if (m <= 0 || n <= 0 || batch <= 0) return;
  if ((m == 1 || n == 1) &&
      tg_gemm_vector(a, a_row, a_col, a_batch, b, b_row, b_col, b_batch, c, c_row, c_batch, m, n, k, batch, accumulate)) return;
  long workers = tg_worker_count(), each = m * n * (k + 1);
  long grain = each >= TG_PARALLEL_PRODUCTS ? 1 : blocks(TG_PARALLEL_PRODUCTS, each), cols = 1, rows = 1;
  if (workers > 1 && each >= 2 * TG_PARALLEL_PRODUCTS && batch % workers && batch < 4 * workers) {
    cols = column_cuts(m, n, workers);
    rows = workers / cols;
  }
  const long numbers[NUMBERS] = { a_row, a_col, a_batch, b_row, b_col, b_batch, c_row, c_batch, m, n, k, accumulate, rows, cols };
  char *pointers[3] = { (char *)(uintptr_t)a, (char *)(uintptr_t)b, (char *)c };
  if (each * batch >= TG_WAKING_PRODUCTS) tg_wake();
  tg_parallel(rectangles, pointers, numbers, batch * rows * cols, grain);
}
