/* Windows of images as an array of their own, and back: patches [batch, oh, ow, kh, kw, c] and their sums into [batch, h, w, c]. */
#include "runs.h"
#include "typegrad.h"

#define SHARE 16384 /* elements of a share, about */

static long grain(long elements) { return elements >= SHARE ? 1 : SHARE / (elements < 1 ? 1 : elements); }
static inline long at_least(long x, long least) { return x < least ? least : x; }
static inline long at_most(long x, long most) { return x > most ? most : x; }

/* Taps q of a window's row that lie in the image, 0 <= x0 + q dilation < w: from the first to before the end. */
typedef struct { long first, end; } taps;
static inline taps inside(long x0, long dilation, long w, long kw) {
  if (x0 >= 0 && x0 + (kw - 1) * dilation < w) return (taps){0, kw};
  taps t = {x0 >= 0 ? 0 : (-x0 + dilation - 1) / dilation, x0 >= w ? 0 : (w - 1 - x0) / dilation + 1};
  t.first = at_most(t.first, kw);
  t.end = at_least(at_most(t.end, kw), t.first);
  return t;
}

/* ---- patches: a share of the rows [batch, oh] ---- */

/* A row of one window, kw x c elements; x is the image's row, or NULL outside of the image. */
static inline void patch_row(const tg_windows *g, int size, const char *x, char *out, long x0, uint32_t bits) {
  long run = g->c * size;
  taps t = x ? inside(x0, g->dilation_w, g->w, g->kw) : (taps){0, 0};
  if (t.first > 0) tg_run_fill(size, out, bits, t.first * g->c);
  if (g->dilation_w == 1 && t.end > t.first) tg_run_copy(out + t.first * run, x + (x0 + t.first) * run, (t.end - t.first) * run);
  else for (long q = t.first; q < t.end; q++) tg_run_copy(out + q * run, x + (x0 + q * g->dilation_w) * run, run);
  if (t.end < g->kw) tg_run_fill(size, out + t.end * run, bits, (g->kw - t.end) * g->c);
}

static void patch_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  const tg_windows *g = (const tg_windows *)p[2];
  int size = (int)n[0];
  long line = g->kw * g->c * size;
  for (long unit = lo; unit < hi; unit++) {
    long b = unit / g->oh, y0 = unit % g->oh * g->stride_h - g->top;
    char *out = p[1] + unit * g->ow * g->kh * line;
    for (long j = 0; j < g->ow; j++)
      for (long k = 0; k < g->kh; k++, out += line) {
        long y = y0 + k * g->dilation_h;
        const char *x = y < 0 || y >= g->h ? NULL : p[0] + (b * g->h + y) * g->w * g->c * size;
        patch_row(g, size, x, out, j * g->stride_w - g->left, (uint32_t)n[1]);
      }
  }
}

void tg_patches(const tg_windows *g, int size, const void *x, void *out, uint32_t fill_bits) {
  if (g->c < 1 || g->kw < 1) return;
  tg_parallel(patch_share, (char *const[]){(char *)x, out, (char *)g}, (const long[]){size, (long)fill_bits}, g->batch * g->oh,
              grain(g->ow * g->kh * g->kw * g->c));
}

/* ---- fold: a share of the image's rows [batch, h], each of which collects the window rows over it ---- */

static inline void add(tg_dtype dtype, char *restrict out, long to, const char *restrict x, long from, long count) {
  if (dtype == TG_F32) for (long i = 0; i < count; i++) ((float *)out)[to + i] += ((const float *)x)[from + i];
  else if (dtype == TG_I32) for (long i = 0; i < count; i++) ((uint32_t *)out)[to + i] += ((const uint32_t *)x)[from + i];
  else for (long i = 0; i < count; i++) out[to + i] |= x[from + i];
}

static void fold_share(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  const tg_windows *g = (const tg_windows *)p[2];
  tg_dtype dtype = (tg_dtype)n[0];
  long size = dtype == TG_BOOL ? 1 : 4, c = g->c;
  for (long unit = lo; unit < hi; unit++) {
    long b = unit / g->h, y = unit % g->h, out = unit * g->w * c;
    memset(p[1] + out * size, 0, (size_t)(g->w * c * size));
    for (long k = 0; k < g->kh; k++) {
      long above = y + g->top - k * g->dilation_h, i = above / g->stride_h;
      if (above < 0 || above % g->stride_h || i >= g->oh) continue;
      for (long j = 0; j < g->ow; j++) {
        long x0 = j * g->stride_w - g->left, from = (((b * g->oh + i) * g->ow + j) * g->kh + k) * g->kw * c;
        taps t = inside(x0, g->dilation_w, g->w, g->kw);
        if (g->dilation_w == 1) add(dtype, p[1], out + (x0 + t.first) * c, p[0], from + t.first * c, (t.end - t.first) * c);
        else for (long q = t.first; q < t.end; q++) add(dtype, p[1], out + (x0 + q * g->dilation_w) * c, p[0], from + q * c, c);
      }
    }
  }
}

void tg_fold(const tg_windows *g, tg_dtype dtype, const void *windows, void *out) {
  if (g->w < 1 || g->c < 1) return;
  tg_parallel(fold_share, (char *const[]){(char *)windows, out, (char *)g}, (const long[]){dtype}, g->batch * g->h,
              grain(g->w * g->c * g->kh * g->kw / (g->stride_h * g->stride_w)));
}
