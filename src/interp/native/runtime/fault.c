/* What went wrong first in a run. Threads may report at once; one of them is kept, and read when all have ended. */
#include "typegrad.h"
#include <stdatomic.h>
#include <stdbool.h>

static tg_stop first;
static atomic_bool kept;

static void keep(tg_stop stop) {
  if (!atomic_exchange(&kept, true)) first = stop;
}

void tg_fault(const char *what) { keep((tg_stop){ what, 0, -1 }); }

void tg_outside(const char *op, const int32_t *index, long count, long size) {
  for (long i = 0; i < count; i++)
    if (index[i] < 0 || index[i] >= size) return keep((tg_stop){ op, index[i], size });
}

tg_stop tg_take_fault(void) { return atomic_exchange(&kept, false) ? first : (tg_stop){ NULL, 0, -1 }; }
