/* log(1 + m) for m in [-0.25, 0.5], to half a unit in the last place but for the rounding: the part that logarithms share. */
#ifndef TYPEGRAD_MATH_LOG1P_NEAR_H
#define TYPEGRAD_MATH_LOG1P_NEAR_H

/* Adds e ln(2); `e` is an integer. */
static inline float tg_log1p_near(float m, float e) {
  float q = -4.61906604e-2f;
  q = q * m + 1.05910495e-1f;
  q = q * m - 1.31930023e-1f;
  q = q * m + 1.44680560e-1f;
  q = q * m - 1.66429445e-1f;
  q = q * m + 1.99909747e-1f;
  q = q * m - 2.50002295e-1f;
  q = q * m + 3.33334506e-1f;
  q = q * m - 0.5f;
  float r = (m * m) * q + e * 1.42860677e-6f;
  return e * 0.693145752f + (m + r);
}
#endif
