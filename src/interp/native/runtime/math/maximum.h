/* The larger of two; what is not a number wins. */
#ifndef TYPEGRAD_MATH_MAXIMUM_H
#define TYPEGRAD_MATH_MAXIMUM_H

static inline float tg_maximum(float a, float b) {
  float m = a > b ? a : b;
  return a != a ? a : m;
}
#endif
