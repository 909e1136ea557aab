/*
 * Products where A is one row or B one column. They read the matrix once, so nothing is copied. Which of the two forms runs, and the
 * order of each sum, depend on the sizes and the layout alone.
 */
#include "gemm_vector.h"

typedef struct { const float *matrix, *vector; float *out; long row, vector_step, out_step, k; int add; } dots;

static inline float sum_of(tg_vec v) {
  float x[TG_W];
  *(tg_uvec *)x = v;
  for (int half = TG_W / 2; half > 0; half /= 2) for (int i = 0; i < half; i++) x[i] += x[i + half];
  return x[0];
}

/* Rows of the matrix times the vector, `rows` of them at once; the vector is contiguous. */
static inline __attribute__((always_inline)) void rows_dot(const int rows, const dots *d, long first) {
  const float *x = d->vector, *a[4];
  tg_vec even[4], odd[4];
  for (int i = 0; i < rows; i++) {
    a[i] = d->matrix + (first + i) * d->row;
    even[i] = odd[i] = (tg_vec){0};
  }
  long p = 0;
  for (; p + 2 * TG_W <= d->k; p += 2 * TG_W) {
    tg_vec x0 = *(const tg_uvec *)(x + p), x1 = *(const tg_uvec *)(x + p + TG_W);
    for (int i = 0; i < rows; i++) {
      even[i] += *(const tg_uvec *)(a[i] + p) * x0;
      odd[i] += *(const tg_uvec *)(a[i] + p + TG_W) * x1;
    }
  }
  if (p + TG_W <= d->k) {
    tg_vec x0 = *(const tg_uvec *)(x + p);
    for (int i = 0; i < rows; i++) even[i] += *(const tg_uvec *)(a[i] + p) * x0;
    p += TG_W;
  }
  for (int i = 0; i < rows; i++) {
    float sum = sum_of(even[i] + odd[i]);
    for (long q = p; q < d->k; q++) sum += a[i][q] * x[q];
    float *out = d->out + (first + i) * d->out_step;
    *out = d->add ? *out + sum : sum;
  }
}

enum { MATRIX, VECTOR, OUT };
enum { ROW, MATRIX_BATCH, VECTOR_STEP, VECTOR_BATCH, OUT_STEP, OUT_BATCH, COUNT, K, ADD, NUMBERS };

static void many_dots(char *const *p, const long *n, long lo, long hi, int worker) {
  for (long at = lo; at < hi;) {
    long s = at / n[COUNT], first = at % n[COUNT], end = at - first + n[COUNT] < hi ? n[COUNT] : first + hi - at;
    dots d = { (const float *)p[MATRIX] + s * n[MATRIX_BATCH], (const float *)p[VECTOR] + s * n[VECTOR_BATCH],
      (float *)p[OUT] + s * n[OUT_BATCH], n[ROW], n[VECTOR_STEP], n[OUT_STEP], n[K], (int)n[ADD] };
    if (d.vector_step != 1) {
      float *copy = tg_scratch(worker, 3, (size_t)d.k * sizeof(float));
      for (long i = 0; i < d.k; i++) copy[i] = d.vector[i * d.vector_step];
      d.vector = copy;
    }
    at += end - first;
    for (; first + 4 <= end; first += 4) rows_dot(4, &d, first);
    for (; first < end; first++) rows_dot(1, &d, first);
  }
}

static void dot_all(const float *matrix, long row, long matrix_batch, const float *vector, long step, long vector_batch, float *out,
                    long out_step, long out_batch, long count, long k, long batch, int add) {
  const long numbers[NUMBERS] = { row, matrix_batch, step, vector_batch, out_step, out_batch, count, k, add };
  char *pointers[3] = { (char *)(uintptr_t)matrix, (char *)(uintptr_t)vector, (char *)out };
  tg_parallel(many_dots, pointers, numbers, batch * count, 4 * (TG_PARALLEL_PRODUCTS / 4 / (k + 1) + 1));
}

/* `vecs` whole vectors of the sum of a[p] times row p of the matrix. */
static inline __attribute__((always_inline)) void columns_sum(const int vecs, const float *a, long a_step, const float *b, long b_row,
                                                              float *c, long k, int add) {
  tg_vec acc[8];
  for (int v = 0; v < vecs; v++) acc[v] = (tg_vec){0};
  for (long p = 0; p < k; p++) for (int v = 0; v < vecs; v++)
    acc[v] += (a[p * a_step] - (tg_vec){0}) * *(const tg_uvec *)(b + p * b_row + v * TG_W);
  for (int v = 0; v < vecs; v++) {
    tg_uvec *to = (tg_uvec *)(c + v * TG_W);
    if (add) acc[v] += *to;
    *to = acc[v];
  }
}

/* Rows that are read side by side, and bytes of sums that they are added to. */
#define ROWS 8
#define SUMS_BYTES 16384
/* Elements of a matrix above which its rows are read from end to end. */
#define LARGE_MATRIX (256 * 1024)

/* `rows` rows of the matrix times a, added to c one after the other; `first` sets c. */
static inline __attribute__((always_inline)) void rows_sum(const int rows, const float *a, long a_step, const float *b, long b_row,
                                                           float *restrict c, long width, int first) {
  long j = 0;
  for (; j + TG_W <= width; j += TG_W) {
    tg_vec sum = {0};
    if (!first) sum += *(const tg_uvec *)(c + j);
    for (int r = 0; r < rows; r++) sum += (a[r * a_step] - (tg_vec){0}) * *(const tg_uvec *)(b + r * b_row + j);
    *(tg_uvec *)(c + j) = sum;
  }
  for (; j < width; j++) {
    float sum = first ? 0 : c[j];
    for (int r = 0; r < rows; r++) sum += a[r * a_step] * b[r * b_row + j];
    c[j] = sum;
  }
}

enum { A_STEP, A_BATCH, B_ROW, B_BATCH, C_BATCH, N, SUM_K, SUM_ADD, GROUPS, SUM_NUMBERS };

/* The sums of many_sums, bit for bit, of a matrix that the second cache does not hold: its rows are read from end to end. */
static void many_sums_by_rows(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  long each = 8 * TG_W, most = SUMS_BYTES / (long)sizeof(float) / each, step = n[A_STEP], row = n[B_ROW], k = n[SUM_K];
  for (long u = lo, next; u < hi; u = next) {
    long s = u / n[GROUPS], first = u % n[GROUPS], last = first + most < n[GROUPS] ? first + most : n[GROUPS];
    next = u + last - first < hi ? u + last - first : hi;
    long j = first * each, end = (first + next - u) * each, width = (end < n[N] ? end : n[N]) - j, i = 0;
    const float *a = (const float *)p[0] + s * n[A_BATCH], *b = (const float *)p[1] + s * n[B_BATCH] + j;
    float *c = (float *)p[2] + s * n[C_BATCH] + j;
    for (; i + ROWS <= k; i += ROWS) rows_sum(ROWS, a + i * step, step, b + i * row, row, c, width, i == 0);
    for (; i < k; i++) rows_sum(1, a + i * step, step, b + i * row, row, c, width, i == 0);
  }
}

/* Groups of eight vectors of columns; the last of a row takes what is left, a last part of a vector by single columns. */
static void many_sums(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  for (long u = lo; u < hi; u++) {
    long s = u / n[GROUPS], j = u % n[GROUPS] * 8 * TG_W, end = j + 8 * TG_W < n[N] ? j + 8 * TG_W : n[N];
    const float *a = (const float *)p[0] + s * n[A_BATCH], *b = (const float *)p[1] + s * n[B_BATCH];
    float *c = (float *)p[2] + s * n[C_BATCH];
    long step = n[A_STEP], row = n[B_ROW], k = n[SUM_K];
    int add = (int)n[SUM_ADD];
    if (j + 8 * TG_W <= end) columns_sum(8, a, step, b + j, row, c + j, k, add), j += 8 * TG_W;
    if (j + 4 * TG_W <= end) columns_sum(4, a, step, b + j, row, c + j, k, add), j += 4 * TG_W;
    if (j + 2 * TG_W <= end) columns_sum(2, a, step, b + j, row, c + j, k, add), j += 2 * TG_W;
    if (j + TG_W <= end) columns_sum(1, a, step, b + j, row, c + j, k, add), j += TG_W;
    if (j == end) continue;
    /* Whole vectors, also past the columns as long as they end within the matrix. */
    tg_vec acc = {0};
    long q = 0;
    for (; q * row + j + TG_W <= (k - 1) * row + n[N]; q++) acc += a[q * step] * *(const tg_uvec *)(b + q * row + j);
    float sums[TG_W];
    *(tg_uvec *)sums = acc;
    for (; q < k; q++) for (long i = 0; i < end - j; i++) sums[i] += a[q * step] * b[q * row + j + i];
    for (long i = 0; i < end - j; i++) c[j + i] = add ? c[j + i] + sums[i] : sums[i];
  }
}

static void sum_all(const float *a, long a_step, long a_batch, const float *b, long b_row, long b_batch, float *c, long c_batch, long n,
                    long k, long batch, int add) {
  long groups = (n + 8 * TG_W - 1) / (8 * TG_W);
  const long numbers[SUM_NUMBERS] = { a_step, a_batch, b_row, b_batch, c_batch, n, k, add, groups };
  char *pointers[3] = { (char *)(uintptr_t)a, (char *)(uintptr_t)b, (char *)c };
  int by_rows = !add && k * n > LARGE_MATRIX;
  tg_parallel(by_rows ? many_sums_by_rows : many_sums, pointers, numbers, batch * groups,
              TG_PARALLEL_PRODUCTS / (8 * TG_W) / (k + 1) + 1);
}

int tg_gemm_vector(const float *a, long a_row, long a_col, long a_batch, const float *b, long b_row, long b_col, long b_batch,
                   float *c, long c_row, long c_batch, long m, long n, long k, long batch, int add) {
  if (m == 1 && b_col == 1) sum_all(a, a_col, a_batch, b, b_row, b_batch, c, c_batch, n, k, batch, add);
  else if (n == 1 && a_row == 1 && c_row == 1) sum_all(b, b_row, b_batch, a, a_col, a_batch, c, c_batch, m, k, batch, add);
  else if (m == 1 && b_row == 1) dot_all(b, b_col, b_batch, a, a_col, a_batch, c, 1, c_batch, n, k, batch, add);
  else if (n == 1 && a_col == 1) dot_all(a, a_row, a_batch, b, b_row, b_batch, c, c_row, c_batch, m, k, batch, add);
  else return 0;
  return 1;
}
