/* What went wrong first in a run. Threads may report at once; one of them is kept. */
#include "typegrad.h"
#include <stdatomic.h>

static _Atomic(const char *) first;

void tg_fault(const char *what) {
  const char *none = NULL;
  atomic_compare_exchange_strong(&first, &none, what);
}

const char *tg_take_fault(void) { return atomic_exchange(&first, NULL); }
