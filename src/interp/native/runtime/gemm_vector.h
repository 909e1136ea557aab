/* Products of a matrix and a vector. */
#ifndef TYPEGRAD_GEMM_VECTOR_H
#define TYPEGRAD_GEMM_VECTOR_H
#include "gemm_kernel.h"

/* Computes what tg_gemm does if m or n is 1 and the matrix is contiguous in rows or columns, and returns 1; else returns 0. */
int tg_gemm_vector(const float *a, long a_row, long a_col, long a_batch, const float *b, long b_row, long b_col, long b_batch,
                   float *c, long c_row, long c_batch, long m, long n, long k, long batch, int add);
#endif
