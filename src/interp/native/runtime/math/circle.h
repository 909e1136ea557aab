/*
 * Sines and cosines: x = n pi / 2 + r with |r| <= pi / 4, reduced in float64, then the polynomial of the quadrant.
 * Right for |x| up to 2^50 (1.6e6 where there is no fused multiply-add); beyond, where neighbours are many turns apart, some number of
 * [-1, 1].
 */
#ifndef TYPEGRAD_MATH_CIRCLE_H
#define TYPEGRAD_MATH_CIRCLE_H
#include "bits.h"

/* sin(x + quarters pi / 2) */
static inline float tg_circle(float x, uint32_t quarters) {
  const double whole = 6755399441055744.0; /* 1.5 * 2^52: added and taken away, it rounds to an integer */
  double t = (double)x * 0.63661977236758134 + whole;
  double n = t - whole;
  double d = (double)x - n * 1.57079632673412561417;  /* 33 bits of pi / 2 */
  d = d - n * 6.07710050630396597660e-11;             /* 33 more */
  d = d - n * 2.02226624879595063154e-21;
  uint32_t quadrant = (uint32_t)tg_bits64(t) + quarters;
  float r = (float)d;
  r = r > 1.0f ? 1.0f : r;
  r = r < -1.0f ? -1.0f : r;
  float s = r * r;
  float sine = -1.95172353e-4f;
  sine = sine * s + 8.33217800e-3f;
  sine = sine * s - 1.66666552e-1f;
  sine = (sine * s) * r + r;
  float cosine = 2.44383791e-5f;
  cosine = cosine * s - 1.38873665e-3f;
  cosine = cosine * s + 4.16666456e-2f;
  cosine = (cosine * s) * s + (1.0f - 0.5f * s);
  float y = quadrant & 1u ? cosine : sine;
  return tg_float(tg_bits(y) ^ ((quadrant & 2u) << 30));
}
#endif
