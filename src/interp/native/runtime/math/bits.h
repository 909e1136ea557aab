/* A float's bits, and the float of some bits. Unsigned, so that arithmetic on them wraps. */
#ifndef TYPEGRAD_MATH_BITS_H
#define TYPEGRAD_MATH_BITS_H
#include <stdint.h>

static inline uint32_t tg_bits(float x) {
  union { float f; uint32_t u; } v = {x};
  return v.u;
}
static inline float tg_float(uint32_t u) {
  union { uint32_t u; float f; } v = {u};
  return v.f;
}
static inline uint64_t tg_bits64(double x) {
  union { double f; uint64_t u; } v = {x};
  return v.u;
}
static inline double tg_double(uint64_t u) {
  union { uint64_t u; double f; } v = {u};
  return v.f;
}
#endif
