/* Threefry-2x32 with 20 rounds (Salmon et al., 2011): word i of a stream is half of the block at counter [stream, i / 2]. */
#include "typegrad.h"

#define GRAIN 4096 /* blocks */
#define PIECE 64   /* blocks hashed at a time, a loop that compilers vectorise */

static inline uint32_t left(uint32_t x, int r) { return x << r | x >> (32 - r); }

#define FOUR_ROUNDS(a, b, c, d) \
  x += y; y = left(y, a) ^ x; x += y; y = left(y, b) ^ x; x += y; y = left(y, c) ^ x; x += y; y = left(y, d) ^ x

/* The blocks at [stream, first], [stream, first + 1], ... */
static void hash(const uint32_t *k, uint32_t stream, uint32_t first, uint32_t *restrict even, uint32_t *restrict odd) {
  uint32_t k0 = k[0], k1 = k[1], k2 = k0 ^ k1 ^ 0x1BD11BDAu;
  for (uint32_t i = 0; i < PIECE; i++) {
    uint32_t x = stream + k0, y = first + i + k1;
    FOUR_ROUNDS(13, 15, 26, 6);
    x += k1; y += k2 + 1u;
    FOUR_ROUNDS(17, 29, 16, 24);
    x += k2; y += k0 + 2u;
    FOUR_ROUNDS(13, 15, 26, 6);
    x += k0; y += k1 + 3u;
    FOUR_ROUNDS(17, 29, 16, 24);
    x += k1; y += k2 + 4u;
    FOUR_ROUNDS(13, 15, 26, 6);
    even[i] = x + k2;
    odd[i] = y + k0 + 5u;
  }
}

static inline float unit(uint32_t word) { return (float)(int32_t)(word >> 8) * 0x1p-24f; }

/* Shares are of pieces; the last one may end within a piece, or within a block. */
static inline void draw(char *const *p, const long *n, long lo, long hi, int uniform) {
  uint32_t k[2] = {(uint32_t)((const int32_t *)p[0])[0], (uint32_t)((const int32_t *)p[0])[1]};
  uint32_t even[PIECE], odd[PIECE], words[2 * PIECE];
  long count = n[0];
  for (long piece = lo; piece < hi; piece++) {
    long at = piece * 2 * PIECE, left_over = count - at;
    hash(k, (uint32_t)n[1], (uint32_t)(piece * PIECE), even, odd);
    for (int i = 0; i < PIECE; i++) {
      words[2 * i] = even[i];
      words[2 * i + 1] = odd[i];
    }
    long m = left_over < 2 * PIECE ? left_over : 2 * PIECE;
    if (uniform) for (long i = 0; i < m; i++) ((float *)p[1])[at + i] = unit(words[i]);
    else for (long i = 0; i < m; i++) ((uint32_t *)p[1])[at + i] = words[i];
  }
}

static void draw_bits(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  draw(p, n, lo, hi, 0);
}
static void draw_uniform(char *const *p, const long *n, long lo, long hi, int worker) {
  (void)worker;
  draw(p, n, lo, hi, 1);
}

void tg_random_bits(const int32_t *key, uint32_t stream, int32_t *out, long count) {
  tg_parallel(draw_bits, (char *const[]){(char *)key, (char *)out}, (const long[]){count, (long)stream},
              (count + 2 * PIECE - 1) / (2 * PIECE), GRAIN / PIECE);
}
void tg_uniform(const int32_t *key, uint32_t stream, float *out, long count) {
  tg_parallel(draw_uniform, (char *const[]){(char *)key, (char *)out}, (const long[]){count, (long)stream},
              (count + 2 * PIECE - 1) / (2 * PIECE), GRAIN / PIECE);
}
