/* 1 / (1 + exp(-x)); exp only of negative numbers, so that small results keep their digits. */
#ifndef TYPEGRAD_MATH_SIGMOID_H
#define TYPEGRAD_MATH_SIGMOID_H
#include "exp.h"

static inline float tg_sigmoid(float x) {
  float e = tg_exp(-__builtin_fabsf(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}
#endif
