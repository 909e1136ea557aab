/* The smaller of two; what is not a number wins. */
#ifndef TYPEGRAD_MATH_MINIMUM_H
#define TYPEGRAD_MATH_MINIMUM_H

static inline float tg_minimum(float a, float b) {
  float m = a < b ? a : b;
  return a != a ? a : m;
}
#endif
