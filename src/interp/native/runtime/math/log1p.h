/* log(1 + x): 1 + x = 2^e (1 + m), and m from x itself, so that nothing of a small x is lost. */
#ifndef TYPEGRAD_MATH_LOG1P_H
#define TYPEGRAD_MATH_LOG1P_H
#include "bits.h"
#include "log1p_near.h"

static inline float tg_log1p(float x) {
  float u = 1.0f + x;
  uint32_t e = (tg_bits(u) - 0x3F400000u) & 0xFF800000u;
  float m = tg_float(tg_bits(x) - e);       /* x 2^-e */
  float s = tg_float(0x40800000u - e);      /* 4 * 2^-e, which is never denormal */
  m = m + (0.25f * s - 1.0f);
  float r = tg_log1p_near(m, (float)((int32_t)e >> 23));
  r = x == 0.0f ? x : r;
  r = x > -1.0f ? r : x == -1.0f ? -__builtin_inff() : __builtin_nanf("");
  return x < __builtin_inff() ? r : x;
}
#endif
