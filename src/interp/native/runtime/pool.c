/*
 * Threads for loops. The caller is worker 0; the others stay awake for a moment after each loop, since the next one mostly follows at
 * once, and then sleep. A loop is cut into shares by its count and grain alone, so no result depends on the number of threads or on timing.
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
/* Shares of many elements begin with a cache line, even of elements of one byte. */
#define LINE 64
#define MANY (16 * LINE)
/* How long a worker without work spins, and how long it then offers its core to others before it sleeps. */
#define SPIN_NANOSECONDS 5000
#define AWAKE_NANOSECONDS 200000
/*
 * Waking a sleeper takes the caller longer than a small loop does, so it works alone for so long first; for twice as long each time that
 * nobody came, as when other programs hold the cores, up to the longest.
 */
#define ALONE_NANOSECONDS 50000
#define LONGEST_ALONE 800000
#define UNIT_NANOSECONDS 2000 /* about what a loop's unit of one grain takes */

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
  atomic_long count, shares;
  _Alignas(128) atomic_uint loop;
  _Alignas(128) atomic_uint done;
  _Alignas(128) atomic_int sleepers;
  atomic_int stop, helped;
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

/* Where a share begins: shares are equal, so that loops over the same rows give each worker the same ones, whatever their grains. */
static long start_of(long share, long shares, long count) {
  long whole = count / shares, at = whole * share + count % shares * share / shares;
  return share == shares || whole < MANY ? at : at / LINE * LINE;
}

/*
 * The caller's loops while others sleep: how long it has worked on those close together, when the present share and when the last loop
 * began, and how long it works before it wakes them.
 */
static struct { int64_t worked, began, last, patience; } alone = { .patience = ALONE_NANOSECONDS };

static void wake_sleepers(void) {
  pthread_mutex_lock(&mutex);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&mutex);
}

/* Wakes the others once the caller's work alone, with what is expected next, is worth it. */
static void wake_if_worth(int64_t expected) {
  if (alone.worked + expected < alone.patience) return;
  int helped = atomic_exchange(&job.helped, 0);
  alone.patience = helped ? ALONE_NANOSECONDS : alone.patience < LONGEST_ALONE ? 2 * alone.patience : LONGEST_ALONE;
  alone.worked = 0;
  wake_sleepers();
}

static void begin_alone(long units) {
  alone.began = nanoseconds();
  if (alone.began - alone.last > AWAKE_NANOSECONDS) alone.worked = 0;
  alone.last = alone.began;
  wake_if_worth(units * UNIT_NANOSECONDS);
}

/* Takes the shares of one stretch, one after another, until it is empty or belongs to another loop. */
static void work_on(stretch *s, unsigned loop, int worker) {
  uint64_t left = atomic_load_explicit(&s->left, memory_order_acquire);
  while (left >> 32 == loop && (left & 0xffff) < (left >> 16 & 0xffff)) {
    /* Read before the share is taken: once it is, and until it is done, the loop cannot end and these cannot change. */
    tg_body body = atomic_load_explicit(&job.body, memory_order_relaxed);
    char *const *p = atomic_load_explicit(&job.p, memory_order_relaxed);
    const long *n = atomic_load_explicit(&job.n, memory_order_relaxed);
    long count = atomic_load_explicit(&job.count, memory_order_relaxed), shares = atomic_load_explicit(&job.shares, memory_order_relaxed);
    if (!atomic_compare_exchange_weak_explicit(&s->left, &left, left + 1, memory_order_acq_rel, memory_order_acquire)) continue;
    int counted = worker == 0 && atomic_load_explicit(&job.sleepers, memory_order_relaxed);
    if (counted) wake_if_worth(0);
    if (worker != 0 && !atomic_load_explicit(&job.helped, memory_order_relaxed)) atomic_store(&job.helped, 1);
    long share = (long)(left & 0xffff);
    body(p, n, start_of(share, shares, count), start_of(share + 1, shares, count), worker);
    atomic_fetch_add_explicit(&job.done, 1, memory_order_release);
    if (counted) {
      int64_t now = nanoseconds();
      alone.worked += now - alone.began;
      alone.began = now;
    }
    left = atomic_load_explicit(&s->left, memory_order_acquire);
  }
}

static void work(unsigned loop, int worker, int workers) {
  inside = 1;
  for (int i = 0; i < workers; i++) work_on(&stretches[(worker + i) % workers], loop, worker);
  inside = 0;
}

/* Waits for a loop after `seen`: spins, then lets other threads have the core if they want it, then sleeps. */
static unsigned next_loop(unsigned seen) {
  int64_t from = nanoseconds(), spent = 0;
  for (unsigned turn = 1; spent < AWAKE_NANOSECONDS; turn++) {
    unsigned loop = atomic_load_explicit(&job.loop, memory_order_acquire);
    if (loop != seen) return loop;
    if (spent < SPIN_NANOSECONDS) relax();
    else sched_yield();
    if (turn % 32 == 0 || spent >= SPIN_NANOSECONDS) spent = nanoseconds() - from;
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

static void stop_threads(void) {
  if (started == 1) return;
  atomic_store(&job.stop, 1);
  atomic_store(&job.loop, UINT32_MAX);
  wake_sleepers();
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

int tg_worker(void) { return self; }

void tg_parallel(tg_body body, char *const *p, const long *n, long count, long grain) {
  if (count <= 0) return;
  if (grain < 1) grain = 1;
  long units = (count - 1) / grain + 1;
  long shares = units <= MAX_SHARES ? units : MAX_SHARES;
  /* Two workers have as much to do. */
  if (grain > 1 && shares > 1 && shares % 2) shares++;
  if (!inside && units > 1) start_threads();
  if (units == 1 || inside || started == 1) {
    for (long i = 0; i < shares; i++) body(p, n, start_of(i, shares, count), start_of(i + 1, shares, count), self);
    return;
  }
  unsigned workers = (unsigned)started;
  unsigned loop = atomic_load_explicit(&job.loop, memory_order_relaxed) + 1;
  if (loop >= UINT32_MAX) loop = 1;
  atomic_store_explicit(&job.body, body, memory_order_relaxed);
  atomic_store_explicit(&job.p, p, memory_order_relaxed);
  atomic_store_explicit(&job.n, n, memory_order_relaxed);
  atomic_store_explicit(&job.count, count, memory_order_relaxed);
  atomic_store_explicit(&job.shares, shares, memory_order_relaxed);
  atomic_store_explicit(&job.done, 0, memory_order_relaxed);
  for (unsigned i = 0; i < workers; i++) {
    uint64_t left = stretch_of(loop, (unsigned)shares * i / workers, (unsigned)shares * (i + 1) / workers);
    atomic_store_explicit(&stretches[i].left, left, memory_order_release);
  }
  atomic_store(&job.loop, loop);
  if (atomic_load(&job.sleepers)) begin_alone(units);
  work(loop, 0, (int)workers);
  for (unsigned turn = 1; atomic_load_explicit(&job.done, memory_order_acquire) != (unsigned)shares; turn++)
    if (turn % 64) relax();
    else sched_yield();
}

void tg_wake(void) {
  alone.worked = LONGEST_ALONE;
  alone.last = nanoseconds();
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
