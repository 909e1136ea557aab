/* The error function: a polynomial in x^2 near 0, and 1 - exp(polynomial) away from it (coefficients of N. Juffa). */
#ifndef TYPEGRAD_MATH_ERF_H
#define TYPEGRAD_MATH_ERF_H
#include "exp.h"

static inline float tg_erf(float x) {
  float t = __builtin_fabsf(x);
  float s = x * x;
  float p = -5.96761703e-4f;
  p = p * s + 4.99119423e-3f;
  p = p * s - 2.67681349e-2f;
  p = p * s + 1.12819925e-1f;
  p = p * s - 3.76125336e-1f;
  p = p * s + 1.28379166e-1f;
  float near = p * x + x;
  float c = t > 4.0f ? 4.0f : t; /* erf is 1 from there on */
  float q = -1.72853470e-5f * c + 3.83197126e-4f;
  q = q * (c * c) + (-3.88396438e-3f * c + 2.42546219e-2f);
  q = q * c - 1.06777877e-1f;
  q = q * c - 6.34846687e-1f;
  q = q * c - 1.28717512e-1f;
  q = q * c - c;
  float far = __builtin_copysignf(1.0f - tg_exp(q), x);
  return t > 0.927734375f ? far : near;
}
#endif
