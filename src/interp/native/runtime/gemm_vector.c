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
  tg_parallel(many_dots, pointers, numbers, batch * count, 4 * (TG_SHARED_ELEMENTS / 4 / (k + 1) + 1));
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

/* Rows that are read side by side, and columns whose sums stay in the first cache meanwhile. */
#define ROWS 8
#define SUMS 4096
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

/* c[j] (+)= the sum of a[p] b[p][j] over p < k, for j < width; `room` elements may be read from b on. */
typedef struct { const float *a, *b; float *c; long a_step, b_row, k, width, room; int add; } sums;

/* Of a matrix that the second cache does not hold: its rows are read from end to end. */
static void sums_by_rows(const sums *s) {
  for (long j = 0; j < s->width; j += SUMS) {
    long width = s->width - j < SUMS ? s->width - j : SUMS, i = 0;
    const float *b = s->b + j;
    for (; i + ROWS <= s->k; i += ROWS)
      rows_sum(ROWS, s->a + i * s->a_step, s->a_step, b + i * s->b_row, s->b_row, s->c + j, width, i == 0 && !s->add);
    for (; i < s->k; i++)
      rows_sum(1, s->a + i * s->a_step, s->a_step, b + i * s->b_row, s->b_row, s->c + j, width, i == 0 && !s->add);
  }
}

/* By eight vectors of columns, then by fewer, a last part of a vector by single columns. */
static void sums_by_columns(const sums *s) {
  const float *a = s->a, *b = s->b;
  float *c = s->c;
  long step = s->a_step, row = s->b_row, k = s->k, end = s->width, j = 0;
  int add = s->add;
  for (; j + 8 * TG_W <= end; j += 8 * TG_W) columns_sum(8, a, step, b + j, row, c + j, k, add);
  if (j + 4 * TG_W <= end) columns_sum(4, a, step, b + j, row, c + j, k, add), j += 4 * TG_W;
  if (j + 2 * TG_W <= end) columns_sum(2, a, step, b + j, row, c + j, k, add), j += 2 * TG_W;
  if (j + TG_W <= end) columns_sum(1, a, step, b + j, row, c + j, k, add), j += TG_W;
  if (j == end) return;
  /* Whole vectors, also past the columns as long as they end within the matrix. */
  tg_vec acc = {0};
  long q = 0;
  for (; q < k && q * row + j + TG_W <= s->room; q++) acc += a[q * step] * *(const tg_uvec *)(b + q * row + j);
  float rest[TG_W];
  *(tg_uvec *)rest = acc;
  for (; q < k; q++) for (long i = 0; i < end - j; i++) rest[i] += a[q * step] * b[q * row + j + i];
  for (long i = 0; i < end - j; i++) c[j + i] = add ? c[j + i] + rest[i] : rest[i];
}

enum { A_STEP, A_BATCH, B_ROW, B_BATCH, C_BATCH, N, SUM_K, SUM_ADD, WIDTH, GROUPS, PARTS, SUM_NUMBERS };

/* Units [batch, parts, groups]: a part of the rows and WIDTH columns, to [batch, parts, n]. */
static void many_sums(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  for (long u = lo; u < hi; u++) {
    long at = u % n[GROUPS] * n[WIDTH], parts = n[PARTS], part = u / n[GROUPS] % parts, batch = u / n[GROUPS] / parts;
    long from = n[SUM_K] * part / parts, k = n[SUM_K] * (part + 1) / parts - from;
    const float *b = (const float *)p[1] + batch * n[B_BATCH] + from * n[B_ROW] + at;
    float *c = parts > 1 ? (float *)p[2] + (batch * parts + part) * n[N] : (float *)p[2] + batch * n[C_BATCH];
    sums s = { (const float *)p[0] + batch * n[A_BATCH] + from * n[A_STEP], b, c + at, n[A_STEP], n[B_ROW], k,
      n[N] - at < n[WIDTH] ? n[N] - at : n[WIDTH], (k - 1) * n[B_ROW] + n[N] - at, (int)n[SUM_ADD] };
    if (n[SUM_K] * n[N] > LARGE_MATRIX) sums_by_rows(&s);
    else sums_by_columns(&s);
  }
}

/* Adds `parts` rows of n to the first of them, and that to c, or sets c. */
static void join(float *partial, long parts, float *c, long n, int add) {
  for (long i = 1; i < parts; i++) tg_add_floats(partial, partial + i * n, n);
  if (add) tg_add_floats(c, partial, n);
  else tg_copy_floats(c, partial, n);
}

/* Into how many parts the rows are cut, so that threads read stretches of the matrix, those that they wrote mostly. */
static long parts_of(long n, long k, long batch) {
  if (k < 32 || k * n < 2 * TG_SHARED_ELEMENTS || batch * (n / SUMS + 1) >= 8) return 1;
  return k * n <= LARGE_MATRIX || k < 256 ? 4 : k < 1024 ? 8 : 16;
}

static void sum_all(const float *a, long a_step, long a_batch, const float *b, long b_row, long b_batch, float *c, long c_batch, long n,
                    long k, long batch, int add) {
  long parts = parts_of(n, k, batch), width = parts > 1 ? SUMS : k * n > LARGE_MATRIX ? SUMS / 4 : 8 * TG_W;
  long groups = (n + width - 1) / width, each = (k / parts + 1) * (n < width ? n : width);
  const long numbers[SUM_NUMBERS] = { a_step, a_batch, b_row, b_batch, c_batch, n, k, parts > 1 ? 0 : add, width, groups, parts };
  float *to = parts > 1 ? tg_scratch(tg_worker(), 2, (size_t)(batch * parts * n) * sizeof(float)) : c;
  char *pointers[3] = { (char *)(uintptr_t)a, (char *)(uintptr_t)b, (char *)to };
  tg_parallel(many_sums, pointers, numbers, batch * parts * groups, TG_SHARED_ELEMENTS / (each + 1) + 1);
  if (parts > 1) for (long s = 0; s < batch; s++) join(to + s * parts * n, parts, c + s * c_batch, n, add);
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
