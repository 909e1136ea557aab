/* log(x), x = 2^e (1 + m) with m in [-0.25, 0.5). */
#ifndef TYPEGRAD_MATH_LOG_H
#define TYPEGRAD_MATH_LOG_H
#include "bits.h"
#include "log1p_near.h"

static inline float tg_log(float x) {
  int tiny = x < 1.17549435e-38f;
  float a = tiny ? x * 8388608.0f : x; /* 2^23: no denormal */
  uint32_t e = (tg_bits(a) - 0x3F400000u) & 0xFF800000u;
  float m = tg_float(tg_bits(a) - e) - 1.0f;
  float k = (float)((int32_t)e >> 23) + (tiny ? -23.0f : 0.0f);
  float r = tg_log1p_near(m, k);
  r = x > 0.0f ? r : x == 0.0f ? -__builtin_inff() : __builtin_nanf("");
  return x < __builtin_inff() ? r : x; /* infinity, and what is not a number */
}
#endif
