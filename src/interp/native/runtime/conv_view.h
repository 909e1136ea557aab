/*
 * What a convolution reads of its images: a block of them with the pixels outside filled with zeros, so that every window lies whole in
 * memory and is read as a row of a matrix. Copying the images costs a small part of copying their windows.
 */
#ifndef TYPEGRAD_CONV_VIEW_H
#define TYPEGRAD_CONV_VIEW_H
#include "gemm_kernel.h"

/* Bytes of a block of images: a part of the second cache. */
#define TG_VIEW_BYTES (192 * 1024)

/* Along one axis of images of `size`: places first <= t < end read from t * stride + low up to t * stride + high, both included. */
typedef struct { long size, first, end, stride, low, high; } tg_span;

/* Images [batch, y.size, x.size, c]. `row` elements lie between rows of the view, `image` between images of a block of `places` rows. */
typedef struct {
  const float *images;
  long c, row;
  tg_span y, x;
  int whole; /* No place reads outside: the view is the images themselves. */
} tg_view;

void tg_view_init(tg_view *v);

/* Elements between the images of a view of `places` rows of places. */
long tg_view_image(const tg_view *v, long places);

/* The view of images b <= .. < b + count and of places t <= .. < t + places: a pointer to what place (t, x.first) reads first. */
const float *tg_view_block(const tg_view *v, long b, long count, long t, long places, int worker);

/* Whether windows are single pixels, each read once: the convolution is a product of matrices. */
static inline int tg_conv_is_product(const tg_conv *g) {
  return g->kh == 1 && g->kw == 1 && g->stride_h == 1 && g->stride_w == 1 && g->top == 0 && g->left == 0 && g->oh == g->h && g->ow == g->w
    && g->groups == 1;
}

/* The gradient by images where they have few channels: the product by all taps at once, then the sum of what falls on each pixel. */
int tg_conv_input_folds(const tg_conv *g);
void tg_conv_input_fold(const tg_conv *g, const float *y, const float *w, float *x);

/* Each channel its own group. */
int tg_conv_is_depthwise(const tg_conv *g);
void tg_conv_depthwise_forward(const tg_conv *g, const float *x, const float *w, float *y);
void tg_conv_depthwise_input(const tg_conv *g, const float *y, const float *w, float *x);
void tg_conv_depthwise_kernel(const tg_conv *g, const float *x, const float *y, float *w);

static inline long tg_min(long a, long b) { return a < b ? a : b; }
static inline long tg_max(long a, long b) { return a > b ? a : b; }
static inline long tg_blocks(long n, long size) { return (n + size - 1) / size; }
#endif
