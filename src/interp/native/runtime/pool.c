/*
 * Threads for loops. The caller is worker 0; the others spin for a moment after each loop, since the next one mostly follows at once,
 * and then sleep. A loop is cut into shares by its count and grain alone, so no result depends on the number of threads or on timing.
 * Every worker takes the shares of its own stretch first (its cache has seen that part of the arrays before), then those left of others.
 */
#include "typegrad.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORKERS 64
#define MAX_SHARES 64
#define SCRATCHES 4
#define SPIN_NANOSECONDS 50000

/*
 * What is left of a stretch: the loop's number (32 bits), the stretch's end (16) and its next free share (16), in one word that is
 * exchanged whole. A worker that comes late finds another loop's number and takes nothing, so the caller never waits for one that has
 * not begun.
 */
typedef struct {
  _Alignas(128) _Atomic uint64_t left;
} stretch;

static uint64_t stretch_of(unsigned loop, unsigned next, unsigned end) { return (uint64_t)loop << 32 | end << 16 | next; }

typedef struct {
  void *memory;
  size_t bytes;
} block;

static struct {
  _Alignas(128) _Atomic(tg_body) body;
  _Atomic(char *const *) p;
  _Atomic(const long *) n;
  atomic_long count, share;
  _Alignas(128) atomic_uint loop;
  _Alignas(128) atomic_uint done;
  _Alignas(128) atomic_int sleepers;
  atomic_int stop;
} job;

static stretch stretches[MAX_WORKERS];
static block blocks[MAX_WORKERS][SCRATCHES];
static pthread_t threads[MAX_WORKERS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int wanted; /* Workers asked for, the caller included; 0 before anyone asked. */
static int started = 1;
static _Thread_local int self; /* This thread's worker. */
static _Thread_local int inside; /* Whether this thread is in a loop's body. */

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Takes the shares of one stretch, one after another, until it is empty or belongs to another loop. */
static void work_on(stretch *s, unsigned loop, int worker) {
  uint64_t left = atomic_load_explicit(&s->left, memory_order_acquire);
  while (left >> 32 == loop && (left & 0xffff) < (left >> 16 & 0xffff)) {
    /* Read before the share is taken: once it is, and until it is done, the loop cannot end and these cannot change. */
    tg_body body = atomic_load_explicit(&job.body, memory_order_relaxed);
    char *const *p = atomic_load_explicit(&job.p, memory_order_relaxed);
    const long *n = atomic_load_explicit(&job.n, memory_order_relaxed);
    long count = atomic_load_explicit(&job.count, memory_order_relaxed), share = atomic_load_explicit(&job.share, memory_order_relaxed);
    if (!atomic_compare_exchange_weak_explicit(&s->left, &left, left + 1, memory_order_acq_rel, memory_order_acquire)) continue;
    long lo = (long)(left & 0xffff) * share, hi = lo + share < count ? lo + share : count;
    body(p, n, lo, hi, worker);
    atomic_fetch_add_explicit(&job.done, 1, memory_order_release);
    left = atomic_load_explicit(&s->left, memory_order_acquire);
  }
}

static void work(unsigned loop, int worker, int workers) {
  inside = 1;
  for (int i = 0; i < workers; i++) work_on(&stretches[(worker + i) % workers], loop, worker);
  inside = 0;
}

/* Waits for a loop after `seen`: spins first, then sleeps. */
static unsigned next_loop(unsigned seen) {
  int64_t until = nanoseconds() + SPIN_NANOSECONDS;
  for (unsigned turn = 1;; turn++) {
    unsigned loop = atomic_load_explicit(&job.loop, memory_order_acquire);
    if (loop != seen) return loop;
    relax();
    if (turn % 64 == 0 && nanoseconds() > until) break;
  }
  pthread_mutex_lock(&mutex);
  atomic_fetch_add(&job.sleepers, 1);
  unsigned loop;
  while ((loop = atomic_load(&job.loop)) == seen) pthread_cond_wait(&wake, &mutex);
  atomic_fetch_sub(&job.sleepers, 1);
  pthread_mutex_unlock(&mutex);
  return loop;
}

static void *run_worker(void *arg) {
  self = (int)(intptr_t)arg;
  unsigned seen = 0;
  for (;;) {
    seen = next_loop(seen);
    if (atomic_load(&job.stop)) return NULL;
    work(seen, self, started);
  }
}

/* Numbers a new loop, which is what workers wait for. 0 is no loop: threads start there. */
static unsigned announce(unsigned loop) {
  atomic_store(&job.loop, loop);
  if (atomic_load(&job.sleepers)) {
    pthread_mutex_lock(&mutex);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&mutex);
  }
  return loop;
}

static void stop_threads(void) {
  if (started == 1) return;
  atomic_store(&job.stop, 1);
  announce(UINT32_MAX);
  for (int i = 1; i < started; i++) {
    pthread_join(threads[i], NULL);
    for (int j = 0; j < SCRATCHES; j++) {
      free(blocks[i][j].memory);
      blocks[i][j] = (block){0};
    }
  }
  started = 1;
  atomic_store(&job.stop, 0);
  atomic_store(&job.loop, 0);
}

/* Threads that the system refuses are gone without: the loop runs on those there are. */
static void start_threads(void) {
  int workers = tg_worker_count();
  if (started != 1 || workers == 1) return;
  /* Workers read `started` only once a loop is announced, so it may still change here. */
  for (int i = 1; i < workers; i++) {
    if (pthread_create(&threads[i], NULL, run_worker, (void *)(intptr_t)i)) {
      wanted = i;
      break;
    }
    started = i + 1;
  }
}

void tg_set_threads(int count) {
  int workers = count < 1 ? 1 : count > MAX_WORKERS ? MAX_WORKERS : count;
  if (workers != started) stop_threads();
  wanted = workers;
}

int tg_worker_count(void) {
  if (!wanted) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    wanted = online < 1 ? 1 : online > MAX_WORKERS ? MAX_WORKERS : (int)online;
  }
  return wanted;
}

void tg_parallel(tg_body body, char *const *p, const long *n, long count, long grain) {
  if (count <= 0) return;
  if (grain < 1) grain = 1;
  long units = (count - 1) / grain + 1;
  long share = ((units - 1) / MAX_SHARES + 1) * grain;
  if (!inside && units > 1) start_threads();
  if (units == 1 || inside || started == 1) {
    for (long lo = 0; lo < count; lo += share) body(p, n, lo, lo + share < count ? lo + share : count, self);
    return;
  }
  unsigned shares = (unsigned)((count - 1) / share + 1);
  unsigned workers = (unsigned)started;
  unsigned loop = atomic_load_explicit(&job.loop, memory_order_relaxed) + 1;
  if (loop >= UINT32_MAX) loop = 1;
  atomic_store_explicit(&job.body, body, memory_order_relaxed);
  atomic_store_explicit(&job.p, p, memory_order_relaxed);
  atomic_store_explicit(&job.n, n, memory_order_relaxed);
  atomic_store_explicit(&job.count, count, memory_order_relaxed);
  atomic_store_explicit(&job.share, share, memory_order_relaxed);
  atomic_store_explicit(&job.done, 0, memory_order_relaxed);
  for (unsigned i = 0; i < workers; i++)
    atomic_store_explicit(&stretches[i].left, stretch_of(loop, shares * i / workers, shares * (i + 1) / workers), memory_order_release);
  announce(loop);
  work(loop, 0, (int)workers);
  for (unsigned turn = 1; atomic_load_explicit(&job.done, memory_order_acquire) != shares; turn++)
    if (turn % 1024) relax();
    else sched_yield();
}

void *tg_scratch(int worker, int which, size_t bytes) {
  block *b = &blocks[worker][which];
  if (bytes > b->bytes) {
    size_t rounded = (bytes + 65535) / 65536 * 65536;
    free(b->memory);
    b->memory = aligned_alloc(64, rounded);
    b->bytes = rounded;
    if (!b->memory) {
      fprintf(stderr, "typegrad: out of memory: %zu bytes for a kernel's workspace.\n", rounded);
      abort();
    }
  }
  return b->memory;
}
