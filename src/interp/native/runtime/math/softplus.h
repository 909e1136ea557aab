/* log(1 + exp(x)) = max(x, 0) + log(1 + e) with e = exp(-|x|) in [0, 1]. */
#ifndef TYPEGRAD_MATH_SOFTPLUS_H
#define TYPEGRAD_MATH_SOFTPLUS_H
#include "exp.h"
#include "log1p_near.h"

static inline float tg_softplus(float x) {
  float e = tg_exp(-__builtin_fabsf(x));
  int large = e > 0.5f; /* 1 + e = 2 (1 + m) */
  float m = large ? 0.5f * e - 0.5f : e;
  float r = tg_log1p_near(m, large ? 1.0f : 0.0f);
  return r + (x > 0.0f ? x : 0.0f);
}
#endif
