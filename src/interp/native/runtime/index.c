/* Reading and adding at positions that are data. `before` x axis x `after`, as everywhere. */
#include "runs.h"
#include "typegrad.h"

#define GRAIN 8192 /* elements */

static long rows_a_share(long elements) { return elements >= GRAIN ? 1 : GRAIN / (elements < 1 ? 1 : elements); }
static inline int within(int32_t i, long n) { return i >= 0 && i < n; }

/* ---- gather ---- */

enum { BEFORE, N, AFTER, COUNT, SIZE };

/* A share of the rows [before, count]. */
static void gather_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  const int32_t *index = (const int32_t *)p[1];
  long count = n[COUNT], b = lo / count, i = lo % count, bytes = n[AFTER] * n[SIZE];
  const char *x = p[0] + b * n[N] * bytes;
  for (long row = lo; row < hi; row++) {
    char *to = p[2] + row * bytes;
    if (within(index[i], n[N])) tg_run_copy(to, x + index[i] * bytes, bytes);
    else {
      tg_outside("gather", index + i, 1, n[N]);
      memset(to, 0, (size_t)bytes);
    }
    if (++i == count) {
      i = 0;
      x += n[N] * bytes;
    }
  }
}

static inline int all_within(const int32_t *index, long count, long n) {
  int outside = 0;
  for (long i = 0; i < count; i++) outside |= (uint32_t)index[i] >= (uint64_t)n;
  return !outside;
}

/* One by one: vector instructions that read at several positions take longer than as many loads. */
static inline uint32_t scalar(uint32_t v) {
  __asm__("" : "+r"(v));
  return v;
}

/* out[i] = x[index[i] * step + i * along], 4 bytes each; every position lies within. */
static inline __attribute__((always_inline)) void pick(const uint32_t *restrict x, const int32_t *restrict index, long step, long along,
                                                       uint32_t *restrict out, long count) {
  long i = 0;
  for (; i + 4 <= count; i += 4) for (int j = 0; j < 4; j++) out[i + j] = scalar(x[index[i + j] * step + (i + j) * along]);
  for (; i < count; i++) out[i] = scalar(x[index[i] * step + i * along]);
}

/* The same, of elements of 1 or 4 bytes and an axis of n; those of positions outside are 0. */
static inline __attribute__((always_inline)) void take(const char *op, long size, const char *x, const int32_t *index, long step,
                                                       long along, char *out, long count, long n) {
  if (all_within(index, count, n) && size == 4) {
    pick((const uint32_t *)x, index, step, along, (uint32_t *)out, count);
    return;
  }
  for (long i = 0; i < count; i++) {
    int in = within(index[i], n);
    long at = in ? index[i] * step + i * along : 0;
    if (size == 4) ((uint32_t *)out)[i] = in ? ((const uint32_t *)x)[at] : 0u;
    else out[i] = in ? x[at] : 0;
  }
  tg_outside(op, index, count, n);
}

/* A share of the elements [before, count], taken from lines of n. `shared`: all lines have the same positions. */
static inline void take_elements(const char *op, char *const *p, const long *n, long lo, long hi, int shared) {
  long count = n[COUNT], size = n[SIZE];
  for (long at = lo; at < hi;) {
    long line = at / count, first = at % count, m = count - first < hi - at ? count - first : hi - at;
    take(op, size, p[0] + line * n[N] * size, (const int32_t *)p[1] + (shared ? first : at), 1, 0, p[2] + at * size, m, n[N]);
    at += m;
  }
}

static void gather_elements(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  take_elements("gather", p, n, lo, hi, 1);
}

void tg_gather(int size, const void *x, const int32_t *index, void *out, long before, long n, long after, long count) {
  char *const p[] = {(char *)x, (char *)index, out};
  const long numbers[] = {before, n, after, count, size};
  if (!after) return;
  tg_parallel(after == 1 ? gather_elements : gather_rows, p, numbers, before * count, rows_a_share(after));
}

/* ---- takeAlong: indices [before, m, after] into [before, n, after] ---- */

static void take_along_elements(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  take_elements("takeAlong", p, n, lo, hi, 0);
}

static void take_along_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long after = n[AFTER], size = n[SIZE];
  for (long row = lo; row < hi; row++)
    take("takeAlong", size, p[0] + row / n[COUNT] * n[N] * after * size, (const int32_t *)p[1] + row * after, after, 1,
         p[2] + row * after * size, after, n[N]);
}

static long product(const long *shape, int from, int to) {
  long n = 1;
  for (int i = from; i < to; i++) n *= shape[i];
  return n;
}

void tg_take_along(int size, int rank, const long *shape, int axis, long n, const void *x, const int32_t *index, void *out) {
  long before = product(shape, 0, axis), after = product(shape, axis + 1, rank);
  const long numbers[] = {before, n, after, shape[axis], size};
  if (after) tg_parallel(after == 1 ? take_along_elements : take_along_rows, (char *const[]){(char *)x, (char *)index, out}, numbers,
                         before * shape[axis], rows_a_share(after));
}

/* ---- scatters: updates are added in their order, because shares are of whole destinations ---- */

static inline void add(tg_dtype dtype, char *restrict out, long to, const char *restrict updates, long from, long count) {
  if (dtype == TG_F32) for (long i = 0; i < count; i++) ((float *)out)[to + i] += ((const float *)updates)[from + i];
  else if (dtype == TG_I32) for (long i = 0; i < count; i++) ((uint32_t *)out)[to + i] += ((const uint32_t *)updates)[from + i];
  else for (long i = 0; i < count; i++) out[to + i] |= updates[from + i];
}

static inline void add_one(tg_dtype dtype, char *out, long to, const char *updates, long from) {
  if (dtype == TG_F32) ((float *)out)[to] += ((const float *)updates)[from];
  else if (dtype == TG_I32) ((uint32_t *)out)[to] += ((const uint32_t *)updates)[from];
  else out[to] |= updates[from];
}

enum { PIECES = SIZE + 1, DTYPE };

/* A share of [before, pieces]: an outer position and a piece of the elements behind the axis. `along` has an index for each element. */
static inline void add_share(char *const *p, const long *n, long lo, long hi, int along) {
  const int32_t *index = (const int32_t *)p[1];
  long after = n[AFTER], pieces = n[PIECES];
  tg_dtype dtype = (tg_dtype)n[DTYPE];
  for (long unit = lo; unit < hi; unit++) {
    long b = unit / pieces, first = unit % pieces * after / pieces, end = (unit % pieces + 1) * after / pieces, to = b * n[N];
    for (long i = 0; i < n[COUNT]; i++) {
      long from = (b * n[COUNT] + i) * after;
      if (along) for (long a = first; a < end; a++)
        if (within(index[from + a], n[N])) add_one(dtype, p[0], (to + index[from + a]) * after + a, p[2], from + a);
        else tg_outside("scatterAlong", index + from + a, 1, n[N]);
      else if (!within(index[i], n[N])) tg_outside("scatterAdd", index + i, 1, n[N]);
      else if (after == 1) add_one(dtype, p[0], to + index[i], p[2], from);
      else add(dtype, p[0], (to + index[i]) * after + first, p[2], from + first, end - first);
    }
  }
}

static void add_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  add_share(p, n, lo, hi, 0);
}
static void add_along(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  add_share(p, n, lo, hi, 1);
}

/* Into how many pieces the elements behind the axis are cut: as few as keep every thread at work, of at least 32 elements. */
static long pieces_of(long before, long count, long after) {
  long wanted = before * count * after < 4 * GRAIN ? 1 : (4L * tg_worker_count() + before - 1) / (before ? before : 1);
  long most = after / 32 < 1 ? 1 : after / 32;
  return wanted < most ? wanted : most;
}

static void scatter(tg_body body, tg_dtype dtype, void *out, const int32_t *index, const void *updates, long before, long n, long after,
                    long count) {
  long pieces = pieces_of(before, count, after);
  const long numbers[] = {before, n, after, count, 0, pieces, dtype};
  if (after) tg_parallel(body, (char *const[]){out, (char *)index, (char *)updates}, numbers, before * pieces,
                         rows_a_share(count * (after / pieces)));
}

void tg_scatter_add(tg_dtype dtype, void *out, const int32_t *index, const void *updates, long before, long n, long after, long count) {
  scatter(add_rows, dtype, out, index, updates, before, n, after, count);
}

void tg_scatter_along(tg_dtype dtype, int rank, const long *shape, int axis, long n, void *out, const int32_t *index, const void *updates) {
  scatter(add_along, dtype, out, index, updates, product(shape, 0, axis), n, product(shape, axis + 1, rank), shape[axis]);
}
