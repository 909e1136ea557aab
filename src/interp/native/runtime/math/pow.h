/* x^y = 2^(y log2|x|) in float64; ends and signs as JavaScript has them: 1^Infinity is not a number. */
#ifndef TYPEGRAD_MATH_POW_H
#define TYPEGRAD_MATH_POW_H
#include "bits.h"

static inline float tg_pow(float x, float y) {
  const double whole = 6755399441055744.0; /* 1.5 * 2^52: added and taken away, it rounds to an integer */
  double a = __builtin_fabsf(x);
  uint64_t b = tg_bits64(a);
  uint64_t k = (b - 0x3FE6A09E667F3BCDu + (1024ull << 52)) >> 52; /* 1024 + e, a = 2^e m with m in [sqrt(1/2), sqrt(2)) */
  double e = tg_double(k | 0x4330000000000000u) - 4503599627371520.0;
  double m = tg_double(b - ((k - 1024u) << 52));
  double s = (m - 1.0) / (m + 1.0);
  double u = s * s;
  double l = 0.3407425571474882;
  l = l * u + 0.4116720010588049;
  l = l * u + 0.5770835978979125;
  l = l * u + 0.961796673267266;
  l = l * u + 2.8853900817901534;
  l = l * s + e;
  l = a == 0.0 ? -__builtin_inf() : l;
  l = a < __builtin_inf() ? l : a;
  double t = (double)y * l;
  t = t > 200.0 ? 200.0 : t;
  t = t < -200.0 ? -200.0 : t;
  double w = t + whole;
  double f = t - (w - whole);
  double p = 0.0001547632893530142;
  p = p * f + 0.00134002963642446;
  p = p * f + 0.009618003791245262;
  p = p * f + 0.055503277247509135;
  p = p * f + 0.24022651346684756;
  p = p * f + 0.6931472062790198;
  p = p * f + 1.0;
  float r = (float)(p * tg_double((tg_bits64(w) + 1023u) << 52));
  int integer = __builtin_floorf(y) == y;
  int odd = integer & (__builtin_floorf(0.5f * y) != 0.5f * y);
  r = odd ? __builtin_copysignf(r, x) : r;
  r = ((x < 0.0f) & (x > -__builtin_inff()) & !integer) ? __builtin_nanf("") : r;
  return y == 0.0f ? 1.0f : r;
}
#endif
