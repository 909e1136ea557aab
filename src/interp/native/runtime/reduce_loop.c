/*
 * Reductions of columns whose elements a loop makes: block after block in the nearest cache, so that they need not be in memory. Cut by
 * shapes alone, as reductions of what lies in memory are.
 */
#include "reduce.h"

#define BLOCK 4096      /* elements of a block, about */
#define FEWEST_ROWS 8   /* of a block: fewer take longer to add */
#define SUMMED 32       /* blocks that are summed before their total joins the others */
#define SHARE 16384     /* elements of a share, at least */
#define PARTS 8         /* parts that the rows of a few results are cut into */

typedef struct {
  const tg_loop *loop;
  tg_reduction op;
  tg_dtype dtype;
  long n, after, parts;
  char *out;
} job;

static inline long at_most(long x, long most) { return x > most ? most : x; }

/* Units [before, parts]: a part of the rows, to [before, parts, after]. */
static void share(char *const *p, const long *none, long lo, long hi, int worker) {
  (void)none;
  const job *j = (const job *)p[0];
  const tg_loop *l = j->loop;
  long size = j->dtype == TG_BOOL ? 1 : 4, after = j->after, rows = BLOCK / after > FEWEST_ROWS ? BLOCK / after : FEWEST_ROWS;
  long summed = SUMMED * rows;
  _Alignas(64) char block[(BLOCK > FEWEST_ROWS * TG_WIDEST ? BLOCK : FEWEST_ROWS * TG_WIDEST) * 4];
  uint32_t total[TG_WIDEST], one[TG_WIDEST];
  char *q[l->pointers];
  memcpy(q, l->p, sizeof q);
  for (long unit = lo; unit < hi; unit++) {
    long b = unit / j->parts, part = unit % j->parts, first = j->n * part / j->parts, end = j->n * (part + 1) / j->parts;
    char *out = j->out + unit * after * size;
    tg_reduce_start(j->op, j->dtype, out, after);
    for (long i = first; i < end; i += summed) {
      tg_reduce_start(j->op, j->dtype, (char *)total, after);
      for (long k = i; k < at_most(i + summed, end); k += rows) {
        long m = at_most(rows, at_most(i + summed, end) - k), from = (b * j->n + k) * after;
        /* The loop counts from the first element of all: where none are kept, that would lie so far before the block. */
        if (!l->p[l->reduced]) q[l->reduced] = (char *)((uintptr_t)block - (uintptr_t)(from * size));
        l->body(q, l->n, from / l->turn, (from + m * after) / l->turn, worker);
        tg_reduce_columns(j->op, j->dtype, q[l->reduced] + from * size, (char *)one, m, after, after);
        tg_reduce_join(j->op, j->dtype, (char *)total, (char *)one, after);
      }
      tg_reduce_join(j->op, j->dtype, out, (char *)total, after);
    }
  }
}

void tg_reduce_loop(const tg_loop *loop, tg_reduction op, tg_dtype dtype, void *out, long before, long n, long after) {
  /* As in reduce.c: where results are few, their rows are shared out. */
  long parts = before < PARTS && n >= 8 * PARTS && before * n * after >= 2 * SHARE ? PARTS : 1, size = dtype == TG_BOOL ? 1 : 4;
  char *partial = parts > 1 ? tg_scratch(tg_worker(), 3, (size_t)(before * parts * after * size)) : out;
  job j = {loop, op, dtype, n, after, parts, partial};
  long each = n / parts * after;
  tg_parallel(share, (char *const[]){(char *)&j}, NULL, before * parts, each >= SHARE ? 1 : SHARE / (each < 1 ? 1 : each));
  if (parts > 1) for (long b = 0; b < before; b++)
    tg_reduce_columns(op, dtype, partial + b * parts * after * size, (char *)out + b * after * size, parts, after, after);
}
