/* tanh(x) = -t / (2 + t) with t = exp(-2|x|) - 1, which loses nothing near 0 and does not overflow. */
#ifndef TYPEGRAD_MATH_TANH_H
#define TYPEGRAD_MATH_TANH_H
#include "expm1.h"

static inline float tg_tanh(float x) {
  float t = tg_expm1(-2.0f * __builtin_fabsf(x));
  return __builtin_copysignf(-t / (2.0f + t), x);
}
#endif
