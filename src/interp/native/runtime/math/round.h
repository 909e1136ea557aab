/* To the nearest integer, halves to the even one. */
#ifndef TYPEGRAD_MATH_ROUND_H
#define TYPEGRAD_MATH_ROUND_H

static inline float tg_round(float x) { return __builtin_rintf(x); }
#endif
