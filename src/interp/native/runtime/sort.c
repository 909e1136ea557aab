/*
 * Stable orders. An element and its position make one 64-bit key: the upper half orders as the values do (ascending, or inverted for
 * descending), the lower half is the position, so keys differ and equal values stay in their old order. What is not a number comes last.
 */
#include "typegrad.h"
#include <string.h>

#define SMALL 48 /* keys that are sorted by insertion */

static inline uint32_t ordered(tg_dtype dtype, const void *x, long i, uint32_t descending) {
  if (dtype == TG_BOOL) return ((const uint8_t *)x)[i] ^ descending;
  if (dtype == TG_I32) return (((const uint32_t *)x)[i] ^ 0x80000000u) ^ descending;
  float f = ((const float *)x)[i] + 0.0f; /* -0 becomes 0 */
  if (f != f) return 0xFFFFFFFFu;
  uint32_t u;
  memcpy(&u, &f, 4);
  return (u & 0x80000000u ? ~u : u | 0x80000000u) ^ descending;
}

static void insertion_sort(uint64_t *keys, long n) {
  for (long i = 1; i < n; i++) {
    uint64_t key = keys[i];
    long j = i;
    for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

/* By the upper halves, a byte at a time from the lowest; bytes that all keys share are passed over. The result is in `keys`. */
static void radix_sort(uint64_t *keys, uint64_t *other, long n) {
  static const int shifts[4] = {32, 40, 48, 56};
  long counts[4][256] = {{0}};
  uint64_t *from = keys, *to = other;
  for (long i = 0; i < n; i++) for (int d = 0; d < 4; d++) counts[d][keys[i] >> shifts[d] & 255]++;
  for (int d = 0; d < 4; d++) {
    if (counts[d][from[0] >> shifts[d] & 255] == n) continue;
    long at = 0;
    for (int v = 0; v < 256; v++) {
      long c = counts[d][v];
      counts[d][v] = at;
      at += c;
    }
    for (long i = 0; i < n; i++) to[counts[d][from[i] >> shifts[d] & 255]++] = from[i];
    uint64_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != keys) memcpy(keys, from, (size_t)n * sizeof *keys);
}

/* Sinks the root of a heap whose largest key is on top. */
static void sink(uint64_t *heap, long n, long at) {
  uint64_t key = heap[at];
  for (long child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= key) break;
    heap[at] = heap[child];
  }
  heap[at] = key;
}

/* The k smallest keys, in order, to the front; for k far below n. */
static void select_first(uint64_t *keys, long n, long k) {
  for (long i = k / 2 - 1; i >= 0; i--) sink(keys, k, i);
  for (long i = k; i < n; i++) {
    if (keys[i] >= keys[0]) continue;
    keys[0] = keys[i];
    sink(keys, k, 0);
  }
  for (long m = k - 1; m > 0; m--) {
    uint64_t largest = keys[0];
    keys[0] = keys[m];
    keys[m] = largest;
    sink(keys, m, 0);
  }
}

static void sort_lines(char *const *p, const long *numbers, long lo, long hi, int worker) {
  long n = numbers[0], after = numbers[1], k = numbers[2];
  uint32_t descending = numbers[3] ? 0xFFFFFFFFu : 0u;
  tg_dtype dtype = (tg_dtype)numbers[4];
  uint64_t *keys = tg_scratch(worker, 0, (size_t)n * sizeof *keys);
  uint64_t *other = n > SMALL && k * 16 > n ? tg_scratch(worker, 1, (size_t)n * sizeof *other) : NULL;
  for (long line = lo; line < hi; line++) {
    long b = line / after, a = line % after;
    for (long i = 0; i < n; i++)
      keys[i] = (uint64_t)ordered(dtype, p[0], (b * n + i) * after + a, descending) << 32 | (uint32_t)i;
    if (n <= SMALL) insertion_sort(keys, n);
    else if (k * 16 > n) radix_sort(keys, other, n);
    else select_first(keys, n, k);
    int32_t *out = (int32_t *)p[1] + b * k * after + a;
    for (long i = 0; i < k; i++) out[i * after] = (int32_t)(uint32_t)keys[i];
  }
}

void tg_sort_indices(tg_dtype dtype, const void *x, int32_t *out, long before, long n, long after, long k, int descending) {
  const long numbers[] = {n, after, k, descending, dtype};
  if (n && k) tg_parallel(sort_lines, (char *const[]){(char *)x, (char *)out}, numbers, before * after, 1 + 2048 / n);
}
