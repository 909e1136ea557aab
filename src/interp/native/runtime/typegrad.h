/*
 * What generated programs and the runtime know of each other. Arrays are dense and row-major unless a function takes strides (counted
 * in elements). float32 is `float`, int32 `int32_t`, bool one byte of 0 or 1. Nothing here keeps state between calls but the threads.
 */
#ifndef TYPEGRAD_H
#define TYPEGRAD_H
#include <stddef.h>
#include <stdint.h>

typedef enum { TG_F32, TG_I32, TG_BOOL } tg_dtype;
typedef enum { TG_SUM, TG_MAX, TG_MIN, TG_PROD } tg_reduction;

/* One share, lo <= i < hi, of a parallel loop. `p` and `n` are the loop's pointers and numbers; `worker` tells threads apart. */
typedef void (*tg_body)(char *const *p, const long *n, long lo, long hi, int worker);

/* Convolution of images [batch, h, w, cin] by kernels [kh, kw, cin / groups, cout] into [batch, oh, ow, cout]. */
typedef struct {
  long batch, h, w, cin, kh, kw, oh, ow, cout;
  long stride_h, stride_w, dilation_h, dilation_w, top, left, groups;
} tg_conv;

/* Windows [batch, oh, ow, kh, kw, c] of images [batch, h, w, c]. */
typedef struct {
  long batch, h, w, c, kh, kw, oh, ow;
  long stride_h, stride_w, dilation_h, dilation_w, top, left;
} tg_windows;

/*
 * A loop whose output number `reduced` among its `pointers` pointers is reduced as it is made; it is kept as well if that pointer is not
 * NULL. A turn makes `turn` of its elements.
 */
typedef struct {
  tg_body body;
  char *const *p;
  const long *n;
  long pointers, reduced, turn;
} tg_loop;

typedef struct tg {
  /* pool.c: shares are cut the same way whatever the number of threads, in multiples of `grain`; small loops run on the caller. */
  void (*parallel)(tg_body body, char *const *p, const long *n, long count, long grain);
  /* Memory of one worker, at least `bytes`, aligned to 64; valid until that worker asks again with the same `which` (0..3). */
  void *(*scratch)(int worker, int which, size_t bytes);

  /* gemm.c: for each s < batch, C[s] = A[s] B[s] (accumulate == 0) or C[s] += A[s] B[s]. C is [m, n] with rows c_row apart. */
  void (*gemm)(const float *a, long a_row, long a_col, long a_batch, const float *b, long b_row, long b_col, long b_batch,
               float *c, long c_row, long c_batch, long m, long n, long k, long batch, int accumulate);
  /* conv.c */
  void (*conv)(const tg_conv *g, const float *x, const float *w, float *y);
  void (*conv_input)(const tg_conv *g, const float *y, const float *w, float *x);
  void (*conv_kernel)(const tg_conv *g, const float *x, const float *y, float *w);

  /* move.c: `size` is an element's bytes, 1 or 4. Strides may be 0 or negative. */
  void (*copy)(int size, int rank, const long *shape, const void *src, const long *src_strides, void *dst, const long *dst_strides);
  void (*fill)(int size, void *dst, long count, uint32_t bits);
  void (*patches)(const tg_windows *g, int size, const void *x, void *out, uint32_t fill_bits);
  void (*fold)(const tg_windows *g, tg_dtype dtype, const void *windows, void *out);

  /* reduce.c: over the middle of [before, n, after]. Empty sums are 0, products 1, maxima the least value. */
  void (*reduce)(tg_reduction op, tg_dtype dtype, const void *x, void *out, long before, long n, long after);
  /* reduce_loop.c: likewise, of what a loop makes, after <= 1024. */
  void (*reduce_loop)(const tg_loop *loop, tg_reduction op, tg_dtype dtype, void *out, long before, long n, long after);
  float (*row_sum)(const float *x, long n);
  float (*row_max)(const float *x, long n);
  float (*row_min)(const float *x, long n);
  float (*row_prod)(const float *x, long n);
  void (*argmax)(tg_dtype dtype, const void *x, int32_t *out, long before, long n, long after);
  void (*cumsum)(tg_dtype dtype, const void *x, void *out, long before, long n, long after, int exclusive, int reverse);
  void (*sort_indices)(tg_dtype dtype, const void *x, int32_t *out, long before, long n, long after, long k, int descending);

  /* index.c: positions along the axis of size n; a position outside of [0, n) is reported, and reads or adds nothing. */
  void (*gather)(int size, const void *x, const int32_t *index, void *out, long before, long n, long after, long count);
  /* out already holds the base. */
  void (*scatter_add)(tg_dtype dtype, void *out, const int32_t *index, const void *updates, long before, long n, long after, long count);
  /* index and out (updates) are [shape...]; x (out) has the same shape but n along `axis`, so its strides are given. */
  void (*take_along)(int size, int rank, const long *shape, int axis, long n, const void *x, const int32_t *index, void *out);
  void (*scatter_along)(tg_dtype dtype, int rank, const long *shape, int axis, long n, void *out, const int32_t *index, const void *updates);

  /* random.c: Threefry-2x32, words as in dsl/core/threefry.ts. */
  void (*random_bits)(const int32_t *key, uint32_t stream, int32_t *out, long count);
  void (*uniform)(const int32_t *key, uint32_t stream, float *out, long count);

  /* What went wrong in this run, as a static sentence without names; the first one is kept. */
  void (*fault)(const char *what);
} tg;

/*
 * What went wrong first in a run: a static sentence without names, of size -1; or the operation with a position outside of an axis of
 * `size`.
 */
typedef struct { const char *what; int32_t position; long size; } tg_stop;

/* What a generated program exports: one run. `slot` holds the bases of its memory, in the order that the engine binds them. */
typedef void (*tg_program)(const tg *R, char *const *slot);

/* The runtime's parts, which runtime.c puts into one table. */
void tg_parallel(tg_body body, char *const *p, const long *n, long count, long grain);
/* The next loop has few shares, each long: workers that sleep are woken at its beginning. */
void tg_wake(void);
void *tg_scratch(int worker, int which, size_t bytes);
void tg_set_threads(int threads);
int tg_worker_count(void);
/* The worker that asks. */
int tg_worker(void);
void tg_gemm(const float *a, long a_row, long a_col, long a_batch, const float *b, long b_row, long b_col, long b_batch,
             float *c, long c_row, long c_batch, long m, long n, long k, long batch, int accumulate);
void tg_conv_forward(const tg_conv *g, const float *x, const float *w, float *y);
void tg_conv_input(const tg_conv *g, const float *y, const float *w, float *x);
void tg_conv_kernel(const tg_conv *g, const float *x, const float *y, float *w);
void tg_copy(int size, int rank, const long *shape, const void *src, const long *src_strides, void *dst, const long *dst_strides);
void tg_fill(int size, void *dst, long count, uint32_t bits);
void tg_patches(const tg_windows *g, int size, const void *x, void *out, uint32_t fill_bits);
void tg_fold(const tg_windows *g, tg_dtype dtype, const void *windows, void *out);
void tg_reduce(tg_reduction op, tg_dtype dtype, const void *x, void *out, long before, long n, long after);
void tg_reduce_loop(const tg_loop *loop, tg_reduction op, tg_dtype dtype, void *out, long before, long n, long after);
float tg_row_sum(const float *x, long n);
float tg_row_max(const float *x, long n);
float tg_row_min(const float *x, long n);
float tg_row_prod(const float *x, long n);
void tg_argmax(tg_dtype dtype, const void *x, int32_t *out, long before, long n, long after);
void tg_cumsum(tg_dtype dtype, const void *x, void *out, long before, long n, long after, int exclusive, int reverse);
void tg_sort_indices(tg_dtype dtype, const void *x, int32_t *out, long before, long n, long after, long k, int descending);
void tg_gather(int size, const void *x, const int32_t *index, void *out, long before, long n, long after, long count);
void tg_scatter_add(tg_dtype dtype, void *out, const int32_t *index, const void *updates, long before, long n, long after, long count);
void tg_take_along(int size, int rank, const long *shape, int axis, long n, const void *x, const int32_t *index, void *out);
void tg_scatter_along(tg_dtype dtype, int rank, const long *shape, int axis, long n, void *out, const int32_t *index, const void *updates);
void tg_random_bits(const int32_t *key, uint32_t stream, int32_t *out, long count);
void tg_uniform(const int32_t *key, uint32_t stream, float *out, long count);
void tg_fault(const char *what);
/* Reports the first of `count` positions that is outside of an axis of `size`. */
void tg_outside(const char *op, const int32_t *index, long count, long size);
/* The first fault since the last call; `what` is NULL where there is none. */
tg_stop tg_take_fault(void);
extern const tg tg_runtime;
#endif
