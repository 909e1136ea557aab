/* The remainder with the sign of the divisor, a - b floor(a / b). In float64, where the quotient of two floats never rounds to an integer
   that it is not; of two int32 it is exact. */
#ifndef TYPEGRAD_MATH_MOD_H
#define TYPEGRAD_MATH_MOD_H
#include <stdint.h>

static inline float tg_mod(float a, float b) {
  double x = a, y = b;
  return (float)(x - y * __builtin_floor(x / y));
}

/* Remainders by 0 are 0. */
static inline int32_t tg_mod_i32(int32_t a, int32_t b) {
  double x = a, y = b == 0 ? 1.0 : (double)b;
  return (int32_t)(x - y * __builtin_floor(x / y));
}
#endif
