/*
 * Convolutions where each channel is its own group: no product of matrices is in them. Channels lie side by side; a few vectors of them
 * are summed in registers, over a pixel's taps, or over a row's pixels for the gradient by the kernel.
 */
#include "conv_view.h"

/* Parts of the kernel's gradient, at most; each has as many pixels at least. */
#define PARTS 16
#define PART_PIXELS 64
/* Rows of pixels that are summed before their total joins the others. */
#define ROWS 32
/* Channels that are summed over all taps of a row before the next ones: what they read stays in the first cache. */
#define CHANNELS 64

int tg_conv_is_depthwise(const tg_conv *g) { return g->groups > 1 && g->groups == g->cin && g->groups == g->cout; }

/* ---- sums of products, channel by channel ---- */

/* `many` vectors of channels: their sums go to `to`, or are added to what is there. */
#define SUM(name, vector, type, many) \
  static inline void name(const tg_sum *s, const float *a, const float *b, float *to, int add) { \
    enum { EACH = sizeof(type) / sizeof(float) }; \
    type sum[many]; \
    for (int v = 0; v < many; v++) sum[v] = (type){0}; \
    for (long i = 0; i < s->count; i++) { \
      const float *p = a + s->segments[i].a, *q = b + s->segments[i].b; \
      for (long n = s->segments[i].n; n > 0; n--, p += s->a_step, q += s->b_row) \
        for (int v = 0; v < many; v++) sum[v] += *(const vector *)(p + v * EACH) * *(const vector *)(q + v * EACH); \
    } \
    if (add) for (int v = 0; v < many; v++) sum[v] += *(const vector *)(to + v * EACH); \
    for (int v = 0; v < many; v++) *(vector *)(to + v * EACH) = sum[v]; \
  }
SUM(sum_four, tg_uvec, tg_vec, 4)
SUM(sum_two, tg_uvec, tg_vec, 2)
SUM(sum_one, tg_uvec, tg_vec, 1)
SUM(sum_quad, tg_uquad, tg_uquad, 1)
SUM(sum_float, float, float, 1)

static inline void sums(const tg_sum *s, const float *a, const float *b, float *to, long c, int add) {
  long i = 0;
  for (; i + 4 * TG_W <= c; i += 4 * TG_W) sum_four(s, a + i, b + i, to + i, add);
  if (i + 2 * TG_W <= c) sum_two(s, a + i, b + i, to + i, add), i += 2 * TG_W;
  if (i + TG_W <= c) sum_one(s, a + i, b + i, to + i, add), i += TG_W;
  for (; i + 4 <= c; i += 4) sum_quad(s, a + i, b + i, to + i, add);
  for (; i < c; i++) sum_float(s, a + i, b + i, to + i, add);
}

/* ---- which taps meet which places along one axis ---- */

/* Those of one point: `n` of them, the first tap and the place that it meets. */
typedef struct { long tap, place, n; } run;
/* Those of every point; from one to the next, taps are `taps` apart and places `places`. */
typedef struct { run *runs; long taps, places; } axis;

/* Point i and tap p meet at (i * point + p * tap + start) / divisor, if that is whole and inside of `size` places. */
typedef struct { long point, tap, start, divisor, size; } rule;

static axis meetings(run *runs, long points, long taps, rule r) {
  axis found = { runs, 0, 0 };
  for (long i = 0; i < points; i++) {
    runs[i] = (run){ 0, 0, 0 };
    for (long p = 0; p < taps; p++) {
      long at = i * r.point + p * r.tap + r.start;
      if (at < 0 || at % r.divisor || at / r.divisor >= r.size) continue;
      if (runs[i].n++ == 0) runs[i].tap = p, runs[i].place = at / r.divisor;
      else if (runs[i].n == 2) found.taps = p - runs[i].tap, found.places = at / r.divisor - runs[i].place;
    }
  }
  return found;
}

/* ---- a convolution, and its gradient by images ---- */

/* Pixels [batch, h, w] from places [batch, place_h, place_w] of `a` and taps of kh rows of kw. */
typedef struct {
  axis y, x;
  long h, w, place_h, place_w, kh, kw, c;
} pixels;

static void pixel_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n;
  const pixels *g = (const pixels *)p[0];
  tg_segment *taps = tg_scratch(worker, 2, (size_t)g->kh * sizeof(tg_segment));
  for (long r = lo; r < hi; r++) {
    const run *y = &g->y.runs[r % g->h];
    tg_sum sum = { taps, y->n, g->x.places * g->c, g->x.taps * g->c };
    for (long at = 0; at < g->w; at++) {
      const run *x = &g->x.runs[at];
      for (long k = 0; k < y->n; k++)
        taps[k] = (tg_segment){ ((r / g->h * g->place_h + y->place + k * g->y.places) * g->place_w + x->place) * g->c,
          ((y->tap + k * g->y.taps) * g->kw + x->tap) * g->c, x->n };
      sums(&sum, (const float *)p[1], (const float *)p[2], (float *)p[3] + (r * g->w + at) * g->c, g->c, 0);
    }
  }
}

static void run_pixels(pixels g, long batch, rule y, rule x, const float *a, const float *w, float *out) {
  run *runs = tg_scratch(tg_worker(), 3, (size_t)(g.h + g.w) * sizeof(run));
  g.y = meetings(runs, g.h, g.kh, y);
  g.x = meetings(runs + g.h, g.w, g.kw, x);
  char *pointers[4] = { (char *)&g, (char *)(uintptr_t)a, (char *)(uintptr_t)w, (char *)out };
  tg_parallel(pixel_rows, pointers, NULL, batch * g.h, TG_PARALLEL_PRODUCTS / (g.w * g.kh * g.kw * g.c + 1) + 1);
}

void tg_conv_depthwise_forward(const tg_conv *g, const float *x, const float *w, float *y) {
  run_pixels((pixels){ .h = g->oh, .w = g->ow, .place_h = g->h, .place_w = g->w, .kh = g->kh, .kw = g->kw, .c = g->cin }, g->batch,
    (rule){ g->stride_h, g->dilation_h, -g->top, 1, g->h }, (rule){ g->stride_w, g->dilation_w, -g->left, 1, g->w }, x, w, y);
}

void tg_conv_depthwise_input(const tg_conv *g, const float *y, const float *w, float *x) {
  run_pixels((pixels){ .h = g->h, .w = g->w, .place_h = g->oh, .place_w = g->ow, .kh = g->kh, .kw = g->kw, .c = g->cin }, g->batch,
    (rule){ 1, -g->dilation_h, g->top, g->stride_h, g->oh }, (rule){ 1, -g->dilation_w, g->left, g->stride_w, g->ow }, y, w, x);
}

/* ---- the gradient by the kernel ---- */

/* Of the outputs' rows, the taps of their height; of the kernel's columns, the outputs that each meets along a row. */
typedef struct {
  const tg_conv *g;
  axis y, x;
  long parts;
} kernel;

/* Each part of the rows [batch, oh] to a kernel of its own: sums of a row's pixels, of some rows, and of all. */
static void kernel_parts(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n;
  const kernel *q = (const kernel *)p[0];
  const tg_conv *g = q->g;
  long c = g->cin, size = g->kh * g->kw * c, rows = g->batch * g->oh;
  float *some = tg_scratch(worker, 2, (size_t)size * sizeof(float));
  for (long part = lo; part < hi; part++) {
    float *all = (float *)p[3] + part * size;
    long first = rows * part / q->parts, end = rows * (part + 1) / q->parts;
    tg_zero_floats(all, size);
    for (long from = first; from < end; from += ROWS) {
      tg_zero_floats(some, size);
      for (long r = from; r < tg_min(from + ROWS, end); r++) {
        const run *y = &q->y.runs[r % g->oh];
        for (long i = 0; i < c; i += CHANNELS) for (long k = 0; k < y->n; k++) for (long column = 0; column < g->kw; column++) {
          const run *x = &q->x.runs[column];
          long row = (r / g->oh * g->h + y->place + k * q->y.places) * g->w, tap = (y->tap + k * q->y.taps) * g->kw + column;
          tg_segment met = { (row + x->place) * c, (r * g->ow + x->tap) * c, x->n };
          tg_sum sum = { &met, 1, q->x.places * c, q->x.taps * c };
          sums(&sum, (const float *)p[1] + i, (const float *)p[2] + i, some + tap * c + i, tg_min(CHANNELS, c - i), 1);
        }
      }
      tg_add_floats(all, some, size);
    }
  }
}

/* The parts follow from the sizes: they are the order of the sum. */
void tg_conv_depthwise_kernel(const tg_conv *g, const float *x, const float *y, float *w) {
  long size = g->kh * g->kw * g->cin, rows = g->batch * g->oh, pixels = rows * g->ow;
  long parts = tg_max(1, tg_min(tg_min(PARTS, rows), pixels / PART_PIXELS));
  size_t floats = (size_t)(parts * size) * sizeof(float);
  run *runs = tg_scratch(tg_worker(), 3, (size_t)(g->oh + g->kw) * sizeof(run) + floats);
  float *to = parts > 1 ? (float *)(runs + g->oh + g->kw) : w;
  kernel q = { g, meetings(runs, g->oh, g->kh, (rule){ g->stride_h, g->dilation_h, -g->top, 1, g->h }),
    meetings(runs + g->oh, g->kw, g->ow, (rule){ g->dilation_w, g->stride_w, -g->left, 1, g->w }), parts };
  char *pointers[4] = { (char *)&q, (char *)(uintptr_t)x, (char *)(uintptr_t)y, (char *)to };
  tg_parallel(kernel_parts, pointers, NULL, parts, TG_PARALLEL_PRODUCTS / (pixels * g->kh * g->kw * g->cin / parts + 1) + 1);
  if (parts == 1) return;
  tg_zero_floats(w, size);
  for (long i = 0; i < parts; i++) tg_add_floats(w, to + i * size, size);
}
