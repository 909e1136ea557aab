/*
 * The error function: x P(x^2) / Q(x^2) with the coefficients of XLA, and 1 from where it rounds to it. Within 3.1e-7 of the exact value,
 * as close to it in proportion near 0, and half the work of an exponential.
 */
#ifndef TYPEGRAD_MATH_ERF_H
#define TYPEGRAD_MATH_ERF_H

static inline float tg_erf(float x) {
  float s = x * x;
  float p = 2.2905065861350646e-4f;
  p = p * s + 3.4082910107109506e-3f;
  p = p * s + 5.0955695062380861e-2f;
  p = p * s + 0.18520832239976145f;
  p = p * s + 1.128379143519084f;
  float q = -1.1791602954361697e-7f;
  q = q * s + 2.3547966471313185e-5f;
  q = q * s + 1.0179625278914885e-3f;
  q = q * s + 1.4070470171167667e-2f;
  q = q * s + 0.11098505178285362f;
  q = q * s + 0.49746925110067538f;
  q = q * s + 1.0f;
  float y = x * p / q;
  return __builtin_fabsf(x) > 3.7439211627767994f ? __builtin_copysignf(1.0f, x) : y;
}
#endif
