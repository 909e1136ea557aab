/*
 * Convolutions where each channel is its own group: no product of matrices is in them, so they are loops over taps with the channels,
 * which lie side by side, in the innermost.
 */
#include "conv_view.h"

int tg_conv_is_depthwise(const tg_conv *g) { return g->groups > 1 && g->groups == g->cin && g->groups == g->cout; }

static void add_products(float *restrict to, const float *restrict a, const float *restrict b, long n) {
  for (long c = 0; c < n; c++) to[c] += a[c] * b[c];
}

/* The row or column of the output that pixel y sees through tap p, or -1. */
static long output_of(long y, long before, long p, long dilation, long stride, long outputs) {
  long at = y + before - p * dilation;
  return at < 0 || at % stride || at / stride >= outputs ? -1 : at / stride;
}

static void forward_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n, (void)worker;
  const tg_conv *g = (const tg_conv *)p[0];
  const float *x = (const float *)p[1], *w = (const float *)p[2];
  long c = g->cin;
  for (long r = lo; r < hi; r++) for (long j = 0; j < g->ow; j++) {
    float *to = (float *)p[3] + (r * g->ow + j) * c;
    tg_zero_floats(to, c);
    for (long k = 0; k < g->kh; k++) for (long q = 0; q < g->kw; q++) {
      long y = r % g->oh * g->stride_h - g->top + k * g->dilation_h, at = j * g->stride_w - g->left + q * g->dilation_w;
      if (y >= 0 && y < g->h && at >= 0 && at < g->w)
        add_products(to, x + ((r / g->oh * g->h + y) * g->w + at) * c, w + (k * g->kw + q) * c, c);
    }
  }
}

static void input_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n, (void)worker;
  const tg_conv *g = (const tg_conv *)p[0];
  const float *y = (const float *)p[1], *w = (const float *)p[2];
  long c = g->cin;
  for (long r = lo; r < hi; r++) for (long at = 0; at < g->w; at++) {
    float *to = (float *)p[3] + (r * g->w + at) * c;
    tg_zero_floats(to, c);
    for (long k = 0; k < g->kh; k++) for (long q = 0; q < g->kw; q++) {
      long i = output_of(r % g->h, g->top, k, g->dilation_h, g->stride_h, g->oh);
      long j = output_of(at, g->left, q, g->dilation_w, g->stride_w, g->ow);
      if (i >= 0 && j >= 0) add_products(to, y + ((r / g->h * g->oh + i) * g->ow + j) * c, w + (k * g->kw + q) * c, c);
    }
  }
}

/* One tap of the kernel: sums of each image, then of the images, so that long sums lose less. */
static void kernel_taps(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n;
  const tg_conv *g = (const tg_conv *)p[0];
  const float *x = (const float *)p[1], *dy = (const float *)p[2];
  long c = g->cin;
  float *sum = tg_scratch(worker, 2, (size_t)c * sizeof(float));
  for (long tap = lo; tap < hi; tap++) {
    float *to = (float *)p[3] + tap * c;
    tg_zero_floats(to, c);
    for (long b = 0; b < g->batch; b++) {
      tg_zero_floats(sum, c);
      for (long i = 0; i < g->oh; i++) for (long j = 0; j < g->ow; j++) {
        long y = i * g->stride_h - g->top + tap / g->kw * g->dilation_h, at = j * g->stride_w - g->left + tap % g->kw * g->dilation_w;
        if (y >= 0 && y < g->h && at >= 0 && at < g->w)
          add_products(sum, x + ((b * g->h + y) * g->w + at) * c, dy + ((b * g->oh + i) * g->ow + j) * c, c);
      }
      tg_add_floats(to, sum, c);
    }
  }
}

static void run(tg_body body, const tg_conv *g, const float *a, const float *b, float *out, long count, long each) {
  char *pointers[4] = { (char *)(uintptr_t)g, (char *)(uintptr_t)a, (char *)(uintptr_t)b, (char *)out };
  tg_parallel(body, pointers, NULL, count, TG_PARALLEL_PRODUCTS / (each + 1) + 1);
}

void tg_conv_depthwise_forward(const tg_conv *g, const float *x, const float *w, float *y) {
  run(forward_rows, g, x, w, y, g->batch * g->oh, g->ow * g->kh * g->kw * g->cin);
}

void tg_conv_depthwise_input(const tg_conv *g, const float *y, const float *w, float *x) {
  run(input_rows, g, y, w, x, g->batch * g->h, g->w * g->kh * g->kw * g->cin);
}

void tg_conv_depthwise_kernel(const tg_conv *g, const float *x, const float *y, float *w) {
  run(kernel_taps, g, x, y, w, g->kh * g->kw, g->batch * g->oh * g->ow * g->cin);
}
