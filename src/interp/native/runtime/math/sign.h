/* -1, 0 or 1; zeros and what is not a number stay. */
#ifndef TYPEGRAD_MATH_SIGN_H
#define TYPEGRAD_MATH_SIGN_H

static inline float tg_sign(float x) {
  float y = x > 0.0f ? 1.0f : x;
  return x < 0.0f ? -1.0f : y;
}
#endif
