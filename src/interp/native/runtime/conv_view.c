#include "conv_view.h"

static int inside(const tg_span *s) {
  return s->first * s->stride + s->low >= 0 && (s->end - 1) * s->stride + s->high < s->size;
}

/* Pixels that `places` places reach over. */
static long reach(const tg_span *s, long places) { return (places - 1) * s->stride + s->high - s->low + 1; }

void tg_view_init(tg_view *v) {
  v->whole = inside(&v->y) && inside(&v->x);
  v->row = (v->whole ? v->x.size : reach(&v->x, v->x.end - v->x.first)) * v->c;
}

long tg_view_image(const tg_view *v, long places) { return (v->whole ? v->y.size : reach(&v->y, places)) * v->row; }

const float *tg_view_block(const tg_view *v, long b, long count, long t, long places, int worker) {
  long top = t * v->y.stride + v->y.low, left = v->x.first * v->x.stride + v->x.low;
  long image = v->y.size * v->x.size * v->c;
  if (v->whole) return v->images + b * image + (top * v->x.size + left) * v->c;
  long rows = reach(&v->y, places), width = v->row / v->c;
  float *block = tg_scratch(worker, 2, (size_t)(count * rows * v->row) * sizeof(float)), *to = block;
  /* Columns from..until of the view are in the image. */
  long from = tg_min(tg_max(0, -left), width), until = tg_max(from, tg_min(width, v->x.size - left));
  for (long i = 0; i < count; i++) for (long r = 0; r < rows; r++, to += v->row) {
    long y = top + r;
    if (y < 0 || y >= v->y.size || from == until) {
      tg_zero_floats(to, v->row);
      continue;
    }
    tg_zero_floats(to, from * v->c);
    tg_copy_floats(to + from * v->c, v->images + (b + i) * image + (y * v->x.size + left + from) * v->c, (until - from) * v->c);
    tg_zero_floats(to + until * v->c, (width - until) * v->c);
  }
  return block;
}
