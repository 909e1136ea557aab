/*
 * Convolutions and their gradients by images, as matrix products without the matrix of windows: the tile's rows of A are windows where
 * they lie in the images. The gradient by images is cut by the stride's phases: the pixels of a phase see the same taps of the kernel,
 * one step apart, so each phase is a convolution of stride 1 and nothing is multiplied by the zeros between strides.
 */
#include "conv_view.h"
#include <string.h>

/* Outputs whose windows have the same taps: places t, u within the spans; (0, 0, 0) would be written at `out`. */
typedef struct {
  const tg_segment *taps; /* a: offset in the view; b: offset of its first row in the kernel; n: rows. */
  long count, k;
  const float *panels;
  long out, t_first, t_end, u_first, u_end;
} phase;

typedef struct {
  tg_view view;
  const phase *phases;
  long phase_count, groups, k_group, n_group; /* Channels of a group in the view and in the output. */
  float *out;
  long out_image, out_row, out_col;
  long batch, images, places; /* Of a block. */
} plan;

/* The taps' part from k = `from` on, `length` long, as segments of the packed panel; neighbours that lie in one piece are joined. */
static long segments_of(const phase *f, long from, long length, tg_segment *out) {
  long count = 0, start = 0;
  for (long i = 0; i < f->count; start += f->taps[i++].n) {
    long lo = tg_max(from, start), hi = tg_min(from + length, start + f->taps[i].n);
    if (lo >= hi) continue;
    long a = f->taps[i].a + lo - start;
    if (count && out[count - 1].a + out[count - 1].n == a) out[count - 1].n += hi - lo;
    else out[count++] = (tg_segment){ a, (lo - from) * TG_NR, hi - lo };
  }
  return count;
}

static long k_block(long k) { return k ? tg_blocks(k, tg_blocks(k, TG_KC)) : 1; }
static long padded(long n) { return tg_blocks(n, TG_NR) * TG_NR; }

/* Panels of one group lie in the order of the blocks of k, then of columns. */
static void pack(const phase *f, const float *w, long w_row, long w_col, long n, float *panels) {
  long kc = k_block(f->k), start = 0;
  for (long i = 0; i < f->count; start += f->taps[i++].n) {
    for (long lo = start, hi; lo < start + f->taps[i].n; lo = hi) {
      long block = lo / kc * kc, length = tg_min(kc, f->k - block);
      hi = tg_min(block + length, start + f->taps[i].n);
      for (long j = 0; j < n; j += TG_NR)
        tg_pack_panel(w + f->taps[i].b + (lo - start) * w_row + j * w_col, w_row, w_col, hi - lo, tg_min(TG_NR, n - j),
          panels + block * padded(n) + j * length + (lo - block) * TG_NR);
    }
  }
}

static void clear(const plan *q, const phase *f, long b, long count, long t0, long t1) {
  for (long i = b; i < b + count; i++) for (long t = t0; t < t1; t++) for (long u = f->u_first; u < f->u_end; u++)
    memset(q->out + f->out + i * q->out_image + t * q->out_row + u * q->out_col, 0, (size_t)(q->groups * q->n_group) * sizeof(float));
}

/* One block of k and of columns of one phase and group, over all its places of a block of images. */
static void places_by_panels(const plan *q, const phase *f, const float *view, long image, long b, long count, long t, long t0, long t1,
                             float *out, const float *panels, const tg_sum *sum, long length, long n, int add) {
  long width = f->u_end - f->u_first, total = count * (t1 - t0) * width, height = tg_tile_rows(total);
  long i = 0, at_t = t0, at_u = f->u_first;
  for (long done = 0; done < total; done += height) {
    long rows = tg_min(height, total - done);
    tg_rows tile;
    for (long r = 0; r < rows; r++) {
      tile.a[r] = view + i * image + (at_t - t) * q->view.y.stride * q->view.row + (at_u - q->view.x.first) * q->view.x.stride * q->view.c;
      tile.c[r] = out + f->out + (b + i) * q->out_image + at_t * q->out_row + at_u * q->out_col;
      if (++at_u == f->u_end) {
        at_u = f->u_first;
        if (++at_t == t1) {
          at_t = t0;
          i++;
        }
      }
    }
    for (long j = 0; j < n; j += TG_NR) tg_tile(&tile, rows, sum, panels + j * length, j, tg_min(TG_NR, n - j), add);
  }
}

static void run_block(const plan *q, long b, long count, long t, long places, int worker) {
  const float *view = tg_view_block(&q->view, b, count, t, places, worker);
  long image = tg_view_image(&q->view, places), n_all = padded(q->n_group);
  for (long s = 0; s < q->phase_count; s++) {
    const phase *f = &q->phases[s];
    long t0 = tg_max(t, f->t_first), t1 = tg_min(t + places, f->t_end);
    if (t0 >= t1 || f->u_first >= f->u_end) continue;
    if (!f->k) {
      clear(q, f, b, count, t0, t1);
      continue;
    }
    long kc = k_block(f->k), most = tg_max(1, TG_PANELS_BYTES / (long)sizeof(float) / kc / TG_NR) * TG_NR;
    tg_segment segments[TG_KC];
    for (long g = 0; g < q->groups; g++) for (long j = 0; j < q->n_group; j += most) for (long k = 0; k < f->k; k += kc) {
      long length = tg_min(kc, f->k - k);
      tg_sum sum = { segments, segments_of(f, k, length, segments), 1, TG_NR };
      places_by_panels(q, f, view + g * q->k_group, image, b, count, t, t0, t1, q->out + g * q->n_group + j,
        f->panels + (g * f->k + k) * n_all + j * length, &sum, length, tg_min(most, q->n_group - j), k > 0);
    }
  }
}

static void blocks_of_images(char *const *p, const long *n, long lo, long hi, int worker) {
  const plan *q = (const plan *)p[0];
  for (long i = lo; i < hi; i++) {
    long b = i / n[0] * q->images, t = q->view.y.first + i % n[0] * q->places;
    run_block(q, b, tg_min(q->images, q->batch - b), t, tg_min(q->places, q->view.y.end - t), worker);
  }
}

/* Blocks that fit the cache, as many as there are workers if they can be. How it is cut changes no value. */
static void run(plan *q, long products) {
  long places = q->view.y.end - q->view.y.first, workers = tg_worker_count();
  if (q->batch <= 0 || places <= 0 || q->view.x.end <= q->view.x.first) return;
  long row = tg_max(1, q->view.row * q->view.y.stride) * (long)sizeof(float), fit = tg_max(1, TG_VIEW_BYTES / row);
  q->places = tg_blocks(places, tg_max(tg_blocks(places, fit), tg_blocks(workers, q->batch)));
  q->images = q->places < places ? 1 : tg_max(1, tg_min(fit / places, tg_blocks(q->batch, workers)));
  long cuts = tg_blocks(places, q->places), units = tg_blocks(q->batch, q->images) * cuts;
  char *pointers[1] = { (char *)q };
  if (products >= TG_WAKING_PRODUCTS) tg_wake();
  tg_parallel(blocks_of_images, pointers, &cuts, units, products < TG_PARALLEL_PRODUCTS ? units : 1);
}

static float *aligned(void *x) { return (float *)(((uintptr_t)x + 63) / 64 * 64); }

void tg_conv_forward(const tg_conv *g, const float *x, const float *w, float *y) {
  long cin = g->cin / g->groups, cout = g->cout / g->groups, k = g->kh * g->kw * cin;
  long taps = g->kh * g->kw, in_one = g->groups == 1 && g->dilation_w == 1;
  plan q = {
    .view = {
      .images = x, .c = g->cin,
      .y = { g->h, 0, g->oh, g->stride_h, -g->top, (g->kh - 1) * g->dilation_h - g->top },
      .x = { g->w, 0, g->ow, g->stride_w, -g->left, (g->kw - 1) * g->dilation_w - g->left },
    },
    .phase_count = 1, .groups = g->groups, .k_group = cin, .n_group = cout,
    .out = y, .out_image = g->oh * g->ow * g->cout, .out_row = g->ow * g->cout, .out_col = g->cout, .batch = g->batch,
  };
  if (g->batch <= 0 || g->oh <= 0 || g->ow <= 0 || g->cout <= 0) return;
  if (!k) {
    memset(y, 0, (size_t)(g->batch * g->oh * g->ow * g->cout) * sizeof(float));
    return;
  }
  if (tg_conv_is_depthwise(g)) {
    tg_conv_depthwise_forward(g, x, w, y);
    return;
  }
  if (tg_conv_is_product(g)) {
    tg_gemm(x, g->cin, 1, 0, w, g->cout, 1, 0, y, g->cout, 0, g->batch * g->h * g->w, g->cout, g->cin, 1, 0);
    return;
  }
  tg_view_init(&q.view);
  size_t floats = (size_t)(g->groups * k * padded(cout)) * sizeof(float);
  tg_segment *runs = tg_scratch(tg_worker(), 3, (size_t)taps * sizeof(tg_segment) + 64 + floats);
  float *panels = aligned(runs + taps);
  phase f = { runs, in_one ? g->kh : taps, k, panels, 0, 0, g->oh, 0, g->ow };
  for (long p = 0, i = 0; p < g->kh; p++) for (long r = 0; r < (in_one ? 1 : g->kw); r++, i++)
    runs[i] = (tg_segment){ p * g->dilation_h * q.view.row + r * g->dilation_w * g->cin, (p * g->kw + r) * cin * g->cout,
      in_one ? g->kw * cin : cin };
  for (long i = 0; i < g->groups; i++) pack(&f, w + i * cout, g->cout, 1, cout, panels + i * k * padded(cout));
  q.phases = &f;
  run(&q, g->batch * g->oh * g->ow * k * g->cout);
}

static long floor_div(long a, long b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

/*
 * One axis: pixel y sees tap p where y + before - p * dilation = i * stride. With y + before = t * stride + r, 0 <= r < stride, tap p is
 * of phase r if p * dilation leaves r, and reads i = t + (r - p * dilation) / stride.
 */
static long tap_shift(long p, long dilation, long stride) { return -(p * dilation / stride); }
static tg_span gathered(long size, long pixels, long before, long kernel, long dilation, long stride) {
  return (tg_span){ size, floor_div(before, stride), floor_div(pixels - 1 + before, stride) + 1, 1,
    tap_shift(kernel - 1, dilation, stride), 0 };
}
/* The first t of phase r whose pixel is not before `pixel`. */
static long first_place(long pixel, long before, long r, long stride) { return -floor_div(r - before - pixel, stride); }

void tg_conv_input(const tg_conv *g, const float *y, const float *w, float *x) {
  long cin = g->cin / g->groups, cout = g->cout / g->groups, taps = g->kh * g->kw, phases = g->stride_h * g->stride_w;
  if (g->batch <= 0 || g->h <= 0 || g->w <= 0 || g->cin <= 0) return;
  if (!taps || !g->oh || !g->ow || !cout) {
    memset(x, 0, (size_t)(g->batch * g->h * g->w * g->cin) * sizeof(float));
    return;
  }
  if (tg_conv_is_depthwise(g)) {
    tg_conv_depthwise_input(g, y, w, x);
    return;
  }
  if (tg_conv_is_product(g)) {
    tg_gemm(y, g->cout, 1, 0, w, 1, g->cout, 0, x, g->cin, 0, g->batch * g->h * g->w, g->cin, g->cout, 1, 0);
    return;
  }
  if (tg_conv_input_folds(g)) {
    tg_conv_input_fold(g, y, w, x);
    return;
  }
  plan q = {
    .view = {
      .images = y, .c = g->cout,
      .y = gathered(g->oh, g->h, g->top, g->kh, g->dilation_h, g->stride_h),
      .x = gathered(g->ow, g->w, g->left, g->kw, g->dilation_w, g->stride_w),
    },
    .phase_count = phases, .groups = g->groups, .k_group = cout, .n_group = cin,
    .out = x, .out_image = g->h * g->w * g->cin, .out_row = g->stride_h * g->w * g->cin, .out_col = g->stride_w * g->cin, .batch = g->batch,
  };
  tg_view_init(&q.view);
  size_t floats = (size_t)(g->groups * taps * cout * padded(cin)) * sizeof(float);
  phase *f = tg_scratch(tg_worker(), 3, (size_t)phases * sizeof(phase) + (size_t)taps * sizeof(tg_segment) + 64 + floats);
  tg_segment *runs = (tg_segment *)(f + phases);
  float *panels = aligned(runs + taps);
  q.phases = f;
  for (long ry = 0; ry < g->stride_h; ry++) for (long rx = 0; rx < g->stride_w; rx++, f++) {
    /* Where pixel (t, u) of the phase lies: y = t * stride + r - before. */
    long out = ((ry - g->top) * g->w + rx - g->left) * g->cin;
    *f = (phase){ runs, 0, 0, panels, out, first_place(0, g->top, ry, g->stride_h), first_place(g->h, g->top, ry, g->stride_h),
      first_place(0, g->left, rx, g->stride_w), first_place(g->w, g->left, rx, g->stride_w) };
    /* From the last tap on, so that what is read lies in ascending order and often in one piece. */
    for (long p = g->kh - 1; p >= 0; p--) for (long r = g->kw - 1; r >= 0; r--) {
      if (p * g->dilation_h % g->stride_h != ry || r * g->dilation_w % g->stride_w != rx) continue;
      long down = tap_shift(p, g->dilation_h, g->stride_h) - q.view.y.low, right = tap_shift(r, g->dilation_w, g->stride_w) - q.view.x.low;
      runs[f->count++] = (tg_segment){ down * q.view.row + right * g->cout, (p * g->kw + r) * cin * g->cout, cout };
    }
    f->k = f->count * cout;
    for (long i = 0; i < g->groups; i++) pack(f, w + i * cout, 1, g->cout, cin, panels + i * f->k * padded(cin));
    runs += f->count;
    panels += g->groups * f->k * padded(cin);
  }
  run(&q, g->batch * g->h * g->w * taps / phases * cout * g->cin);
}
