/* exp(x) = 2^n exp(r) with |r| <= ln(2) / 2. 2^n goes in as two factors, so that results overflow and become denormal as they should. */
#ifndef TYPEGRAD_MATH_EXP_H
#define TYPEGRAD_MATH_EXP_H
#include "bits.h"

static inline float tg_exp(float x) {
  const float whole = 12582912.0f; /* 1.5 * 2^23: added and taken away, it rounds to an integer */
  float c = x > 89.0f ? 89.0f : x;
  c = c < -104.0f ? -104.0f : c;
  float t = c * 1.44269504f + whole;
  float n = t - whole;
  float r = c - n * 0.693145752f; /* exact: few bits of ln(2) */
  r = r - n * 1.42860677e-6f;
  float q = 1.38145988e-3f;
  q = q * r + 8.36871658e-3f;
  q = q * r + 4.16683890e-2f;
  q = q * r + 1.66665211e-1f;
  q = q * r + 4.99999940e-1f;
  float p = (q * r) * r + r + 1.0f;
  int32_t i = (int32_t)(tg_bits(t) - 0x4B400000u);
  int32_t half = i >> 1;
  float s = tg_float((uint32_t)(half + 127) << 23);
  float u = tg_float((uint32_t)(i - half + 127) << 23);
  return p * s * u;
}
#endif
