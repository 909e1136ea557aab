/* exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1) with |r| <= ln(2) / 2. */
#ifndef TYPEGRAD_MATH_EXPM1_H
#define TYPEGRAD_MATH_EXPM1_H
#include "bits.h"

static inline float tg_expm1(float x) {
  const float whole = 12582912.0f; /* 1.5 * 2^23: added and taken away, it rounds to an integer */
  float c = x > 89.0f ? 89.0f : x;
  c = c < -40.0f ? -40.0f : c;
  float t = c * 1.44269504f + whole;
  float n = t - whole;
  float r = c - n * 0.693145752f;
  r = r - n * 1.42860677e-6f;
  float q = 1.99141694e-4f;
  q = q * r + 1.39410084e-3f;
  q = q * r + 8.33327323e-3f;
  q = q * r + 4.16663550e-2f;
  q = q * r + 1.66666672e-1f;
  q = q * r + 0.5f;
  float p = (q * r) * r + r;
  /* Half of 2^n, because 2^128 is no float. */
  float h = tg_float((tg_bits(t) - 0x4B400000u + 126u) << 23);
  float y = h * p + (h - 0.5f);
  return __builtin_copysignf(y + y, x);
}
#endif
