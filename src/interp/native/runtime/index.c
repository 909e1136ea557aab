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

/* The same for single elements of 4 bytes. */
static void gather_elements(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  const int32_t *index = (const int32_t *)p[1];
  const uint32_t *x = (const uint32_t *)p[0];
  uint32_t *out = (uint32_t *)p[2];
  long count = n[COUNT], size = n[N];
  for (long row = lo; row < hi;) {
    long b = row / count, first = row % count, m = count - first < hi - row ? count - first : hi - row;
    const uint32_t *line = x + b * size;
    int wrong = 0;
    for (long i = 0; i < m; i++) {
      int in = within(index[first + i], size);
      wrong |= !in;
      out[row + i] = in ? line[index[first + i]] : 0u;
    }
    if (wrong) tg_outside("gather", index + first, m, size);
    row += m;
  }
}

void tg_gather(int size, const void *x, const int32_t *index, void *out, long before, long n, long after, long count) {
  char *const p[] = {(char *)x, (char *)index, out};
  const long numbers[] = {before, n, after, count, size};
  if (!after) return;
  tg_parallel(after == 1 && size == 4 ? gather_elements : gather_rows, p, numbers, before * count, rows_a_share(after));
}

/* ---- takeAlong: indices [before, m, after] into [before, n, after] ---- */

static void take_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long after = n[AFTER], m = n[COUNT];
  for (long row = lo; row < hi; row++) {
    const int32_t *index = (const int32_t *)p[1] + row * after;
    long from = row / m * n[N] * after, to = row * after;
    int wrong = 0;
    for (long a = 0; a < after; a++) {
      int in = within(index[a], n[N]);
      long at = from + (in ? index[a] * after : 0) + a;
      wrong |= !in;
      if (n[SIZE] == 4) ((uint32_t *)p[2])[to + a] = in ? ((const uint32_t *)p[0])[at] : 0u;
      else p[2][to + a] = in ? p[0][at] : 0;
    }
    if (wrong) tg_outside("takeAlong", index, after, n[N]);
  }
}

static long product(const long *shape, int from, int to) {
  long n = 1;
  for (int i = from; i < to; i++) n *= shape[i];
  return n;
}

void tg_take_along(int size, int rank, const long *shape, int axis, long n, const void *x, const int32_t *index, void *out) {
  long before = product(shape, 0, axis), after = product(shape, axis + 1, rank);
  const long numbers[] = {before, n, after, shape[axis], size};
  if (after) tg_parallel(take_rows, (char *const[]){(char *)x, (char *)index, out}, numbers, before * shape[axis], rows_a_share(after));
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
