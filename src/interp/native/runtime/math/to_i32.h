/* float32 to int32 towards 0; beyond the range the nearest end, and 0 for what is not a number. C leaves both open. */
#ifndef TYPEGRAD_MATH_TO_I32_H
#define TYPEGRAD_MATH_TO_I32_H
#include <stdint.h>

static inline int32_t tg_to_i32(float x) {
  float c = x > 2147483520.0f ? 2147483520.0f : x; /* the last float below 2^31 */
  c = c < -2147483648.0f ? -2147483648.0f : c;
  c = x == x ? c : 0.0f;
  int32_t y = (int32_t)c;
  return x >= 2147483648.0f ? 2147483647 : y;
}
#endif
