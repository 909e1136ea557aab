/*
 * What the machine can do: multiply-adds of float vectors in registers, and copies of memory. Arguments: the number of threads, then
 * bytes (source and destination together) to copy. Prints one line of JSON: GFLOP/s of all threads, and GB/s read and written by size.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX2__)
#define BYTES 32
#else
#define BYTES 16
#endif
typedef float vector __attribute__((vector_size(BYTES)));
enum { CHAINS = 12, ROUNDS = 7 };
static const double turn = 0.03;

static pthread_barrier_t together;
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Enough independent chains to hide an instruction's latency; one function so that they stay in registers. */
__attribute__((noinline)) static float multiply(long times, float by) {
  /* Without this the compiler sees that equal calls give equal answers. */
  __asm__ volatile("" : "+r"(times));
  vector a[CHAINS], m = {0}, c = {0};
  m += by, c += 1 - by;
  for (int i = 0; i < CHAINS; i++) a[i] = m + (float)i;
  for (long t = 0; t < times; t++)
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) a[i] = a[i] * m + c;
  for (int i = 1; i < CHAINS; i++) a[0] += a[i];
  return a[0][0];
}

typedef struct { long bytes; double rate; float seen; } job;

static void *flops(void *at) {
  job *j = at;
  const double each = 2.0 * CHAINS * BYTES / sizeof(float);
  for (int r = 0; r < ROUNDS; r++) {
    pthread_barrier_wait(&together);
    long times = 0;
    const double began = seconds();
    double now;
    do j->seen += multiply(100000, 0.999f), times += 100000, now = seconds(); while (now - began < turn);
    if (times * each / (now - began) > j->rate) j->rate = times * each / (now - began);
  }
  return NULL;
}

/* Each thread copies its own part. */
static void *copies(void *at) {
  job *j = at;
  const long half = j->bytes / 2;
  char *from = aligned_alloc(64, (half + 63) / 64 * 64), *to = aligned_alloc(64, (half + 63) / 64 * 64);
  memset(from, 1, half), memset(to, 0, half);
  for (int r = 0; r < ROUNDS; r++) {
    pthread_barrier_wait(&together);
    long times = 0;
    const double began = seconds();
    double now;
    do {
      from[times % half]++;
      memcpy(to, from, half);
      __asm__ volatile("" : : "r"(to) : "memory");
      times++, now = seconds();
    } while (now - began < turn);
    if (2.0 * half * times / (now - began) > j->rate) j->rate = 2.0 * half * times / (now - began);
  }
  free(from), free(to);
  return NULL;
}

static double all(int threads, void *(*work)(void *), long bytes) {
  pthread_t ids[threads];
  job jobs[threads];
  pthread_barrier_init(&together, NULL, threads);
  for (int i = 0; i < threads; i++) {
    jobs[i] = (job){ bytes / threads, 0, 0 };
    pthread_create(&ids[i], NULL, work, &jobs[i]);
  }
  double sum = 0;
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL), sum += jobs[i].rate;
  pthread_barrier_destroy(&together);
  return sum / 1e9;
}

int main(int count, char **words) {
  const int threads = count > 1 ? atoi(words[1]) : 1;
  printf("{\"vector\": %d, \"gflops\": %.3f, \"copies\": {", BYTES, all(threads, flops, 0));
  for (int i = 2; i < count; i++) printf("%s\"%s\": %.3f", i > 2 ? ", " : "", words[i], all(threads, copies, atol(words[i])));
  printf("}}\n");
  return 0;
}
