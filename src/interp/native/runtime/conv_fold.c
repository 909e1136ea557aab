/*
 * The gradient of a convolution by images of few channels, such as the pictures a decoder paints: the product [pixels, cout] by
 * [cout, kh * kw * cin] fills the vectors that the channels alone would leave mostly empty; its rows are then added where they fall.
 */
#include "conv_view.h"

/* Bytes of the product that are made at a time: they stay in the second cache. */
#define PRODUCT_BYTES (128 * 1024)

static long vectors(long n) { return tg_blocks(n, TG_W); }

/* By the vector operations of both ways, for as many pixels as outputs: adding a row takes about one for every float. */
int tg_conv_input_folds(const tg_conv *g) {
  long taps = g->kh * g->kw;
  return g->groups == 1 && taps * g->cout * vectors(g->cin) > g->cout * vectors(taps * g->cin) + taps * g->cin;
}

static void add_row(const tg_conv *g, const float *row, long i, long j, float *image) {
  long left = j * g->stride_w - g->left, first = tg_max(0, -left), end = tg_min(g->kw, g->w - left);
  for (long p = 0; p < g->kh; p++, row += g->kw * g->cin) {
    long y = i * g->stride_h - g->top + p * g->dilation_h;
    if (y < 0 || y >= g->h) continue;
    float *line = image + y * g->w * g->cin;
    if (g->dilation_w == 1) {
      if (first < end) tg_add_floats(line + (left + first) * g->cin, row + first * g->cin, (end - first) * g->cin);
    } else for (long q = 0; q < g->kw; q++) {
      long x = left + q * g->dilation_w;
      if (x >= 0 && x < g->w) tg_add_floats(line + x * g->cin, row + q * g->cin, g->cin);
    }
  }
}

static void fold_images(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)n;
  const tg_conv *g = (const tg_conv *)p[0];
  long width = g->kh * g->kw * g->cin, line = g->ow * width, at_once = tg_max(1, PRODUCT_BYTES / (long)sizeof(float) / line);
  float *product = tg_scratch(worker, 2, (size_t)(tg_min(at_once, g->oh) * line) * sizeof(float));
  for (long b = lo; b < hi; b++) {
    const float *y = (const float *)p[1] + b * g->oh * g->ow * g->cout;
    float *image = (float *)p[3] + b * g->h * g->w * g->cin;
    tg_zero_floats(image, g->h * g->w * g->cin);
    for (long i = 0; i < g->oh; i += at_once) {
      long lines = tg_min(at_once, g->oh - i);
      tg_gemm(y + i * g->ow * g->cout, g->cout, 1, 0, (const float *)p[2], 1, g->cout, 0, product, width, 0, lines * g->ow, width,
        g->cout, 1, 0);
      for (long r = 0; r < lines; r++) for (long j = 0; j < g->ow; j++)
        add_row(g, product + r * line + j * width, i + r, j, image);
    }
  }
}

void tg_conv_input_fold(const tg_conv *g, const float *y, const float *w, float *x) {
  long products = g->oh * g->ow * g->kh * g->kw * g->cin * g->cout;
  char *pointers[4] = { (char *)(uintptr_t)g, (char *)(uintptr_t)y, (char *)(uintptr_t)w, (char *)x };
  tg_parallel(fold_images, pointers, NULL, g->batch, TG_PARALLEL_PRODUCTS / (products + 1) + 1);
}
