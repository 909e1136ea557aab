#ifndef TYPEGRAD_MATH_SIN_H
#define TYPEGRAD_MATH_SIN_H
#include "circle.h"

static inline float tg_sin(float x) {
  float y = tg_circle(x, 0u);
  return x == 0.0f ? x : y; /* -0 stays -0 */
}
#endif
