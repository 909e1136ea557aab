/*
 * The gradient of a convolution by its kernel: the sum over pixels of windows times what comes back there, [kh * kw * cin, pixels] by
 * [pixels, cout]. Rows of A are the same place of every window, so their elements are a stride of the image apart. Blocks of images are
 * summed in order by every worker for its own part of the kernel: no sum depends on the number of threads.
 */
#include "conv_view.h"
#include <string.h>

/* Most pixels of a block, so that a panel of what comes back stays in the first cache. */
#define BLOCK_PIXELS 256
/* Up to so many rows, what comes back is read where it lies. */
#define DIRECT_ROWS (2 * TG_MR)

typedef struct {
  const tg_conv *g;
  tg_view view;
  const float *y;
  float *w;
  long images, places; /* Of a block. */
  long row_cuts, col_cuts;
} plan;

/* Part of a block: images b <= .. < b + count, output rows t <= .. < t + places. */
typedef struct { long b, count, t, places; } block;

static void pack(const plan *q, const block *d, long col, long cols, float *panels) {
  const tg_conv *g = q->g;
  long run = d->places * g->ow, pixels = d->count * run;
  for (long i = 0; i < d->count; i++) for (long j = 0; j < cols; j += TG_NR)
    tg_pack_panel(q->y + ((d->b + i) * g->oh + d->t) * g->ow * g->cout + col + j, g->cout, 1, run, tg_min(TG_NR, cols - j),
      panels + j * pixels + i * run * TG_NR);
}

/* Rows r0 <= .. < r1 of one group of the kernel, as [kh * kw * cin / groups, cout / groups], and `cols` columns from `col` on. */
static void add_block(const plan *q, const block *d, long group, long r0, long r1, long col, long cols, int worker) {
  const tg_conv *g = q->g;
  long cin = g->cin / g->groups, first = group * (g->cout / g->groups) + col;
  long pixels = d->count * d->places * g->ow, image = tg_view_image(&q->view, d->places);
  const float *view = tg_view_block(&q->view, d->b, d->count, d->t, d->places, worker) + group * cin;
  long runs = d->count * d->places, whole = r1 - r0 <= DIRECT_ROWS ? cols / TG_NR * TG_NR : 0;
  size_t lists = (size_t)runs * sizeof(tg_segment);
  tg_segment *lying = tg_scratch(worker, 3, 2 * lists + 64 + (size_t)(tg_blocks(cols, TG_NR) * TG_NR * pixels) * sizeof(float));
  tg_segment *packed = lying + runs;
  float *panels = (float *)(((uintptr_t)packed + lists + 63) / 64 * 64);
  for (long i = 0, s = 0; i < d->count; i++) for (long t = 0; t < d->places; t++, s++) {
    long a = i * image + t * g->stride_h * q->view.row;
    lying[s] = (tg_segment){ a, (((d->b + i) * g->oh + d->t + t) * g->ow) * g->cout, g->ow };
    packed[s] = (tg_segment){ a, s * g->ow * TG_NR, g->ow };
  }
  tg_sum of_lying = { lying, runs, g->stride_w * g->cin, g->cout }, of_packed = { packed, runs, g->stride_w * g->cin, TG_NR };
  pack(q, d, first + whole, cols - whole, panels);
  long height = tg_tile_rows(r1 - r0);
  for (long r = r0; r < r1; r += height) {
    long rows = tg_min(height, r1 - r);
    tg_rows tile;
    for (long i = 0; i < rows; i++) {
      long c = (r + i) % cin, tap = (r + i) / cin;
      tile.a[i] = view + tap / g->kw * g->dilation_h * q->view.row + tap % g->kw * g->dilation_w * g->cin + c;
      tile.c[i] = q->w + (r + i) * g->cout + first;
    }
    for (long j = 0; j < whole; j += TG_NR) tg_tile(&tile, rows, &of_lying, q->y + first + j, j, TG_NR, 1);
    for (long j = whole; j < cols; j += TG_NR)
      tg_tile(&tile, rows, &of_packed, panels + (j - whole) * pixels, j, tg_min(TG_NR, cols - j), 1);
  }
}

static void parts(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n;
  const plan *q = (const plan *)p[0];
  const tg_conv *g = q->g;
  long rows = g->kh * g->kw * (g->cin / g->groups), cols = g->cout / g->groups, width = tg_blocks(cols, TG_NR);
  for (long i = lo; i < hi; i++) {
    long cut = i / q->col_cuts % q->row_cuts, side = i % q->col_cuts, group = i / q->col_cuts / q->row_cuts;
    long r0 = rows * cut / q->row_cuts, r1 = rows * (cut + 1) / q->row_cuts;
    long j0 = width * side / q->col_cuts * TG_NR, j1 = tg_min(width * (side + 1) / q->col_cuts * TG_NR, cols);
    if (r0 == r1 || j0 == j1) continue;
    for (long r = r0; r < r1; r++) memset(q->w + r * g->cout + group * cols + j0, 0, (size_t)(j1 - j0) * sizeof(float));
    for (long b = 0; b < g->batch; b += q->images) for (long t = 0; t < g->oh; t += q->places) {
      block d = { b, tg_min(q->images, g->batch - b), t, tg_min(q->places, g->oh - t) };
      add_block(q, &d, group, r0, r1, j0, j1 - j0, worker);
    }
  }
}

void tg_conv_kernel(const tg_conv *g, const float *x, const float *y, float *w) {
  long rows = g->kh * g->kw * (g->cin / g->groups), cols = g->cout / g->groups;
  if (!rows || !cols) return;
  if (tg_conv_is_depthwise(g)) {
    tg_conv_depthwise_kernel(g, x, y, w);
    return;
  }
  if (tg_conv_is_product(g)) {
    tg_gemm(x, 1, g->cin, 0, y, g->cout, 1, 0, w, g->cout, 0, g->cin, g->cout, g->batch * g->h * g->w, 1, 0);
    return;
  }
  if (g->batch <= 0 || g->oh <= 0 || g->ow <= 0) {
    memset(w, 0, (size_t)(rows * g->cout) * sizeof(float));
    return;
  }
  plan q = {
    .g = g, .y = y, .w = w, .row_cuts = 1, .col_cuts = 1,
    .view = {
      .images = x, .c = g->cin,
      .y = { g->h, 0, g->oh, g->stride_h, -g->top, (g->kh - 1) * g->dilation_h - g->top },
      .x = { g->w, 0, g->ow, g->stride_w, -g->left, (g->kw - 1) * g->dilation_w - g->left },
    },
  };
  tg_view_init(&q.view);
  /* By sizes alone: the blocks are the order of the sum. */
  long bytes = tg_max(1, q.view.row * g->stride_h) * (long)sizeof(float);
  long fit = tg_max(1, tg_min(TG_VIEW_BYTES / bytes, BLOCK_PIXELS / g->ow));
  q.places = tg_blocks(g->oh, tg_blocks(g->oh, fit));
  q.images = q.places < g->oh ? 1 : tg_max(1, fit / g->oh);
  long workers = tg_worker_count(), products = g->batch * g->oh * g->ow * rows * g->cout;
  if (workers > 1 && products >= 2 * TG_PARALLEL_PRODUCTS && g->groups % workers && g->groups < 4 * workers) {
    q.col_cuts = tg_blocks(cols, TG_NR) % workers ? 1 : workers;
    q.row_cuts = workers / q.col_cuts;
  }
  long units = g->groups * q.row_cuts * q.col_cuts;
  char *pointers[1] = { (char *)&q };
  if (products >= TG_WAKING_PRODUCTS) tg_wake();
  tg_parallel(parts, pointers, NULL, units, products < 2 * TG_PARALLEL_PRODUCTS ? units : 1);
}
