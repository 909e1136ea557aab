#ifndef TYPEGRAD_MATH_COS_H
#define TYPEGRAD_MATH_COS_H
#include "circle.h"

static inline float tg_cos(float x) { return tg_circle(x, 1u); }
#endif
