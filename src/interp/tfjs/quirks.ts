/**
 * What tfjs 4.22 backends get wrong, measured against the reference over edge cases (test/interp/tfjs): these run on the host instead.
 * tfjs-node 4.22 was measured over the TensorFlow 2.15 and 2.21 of Python wheels, on CPUs. A backend that is not listed is trusted.
 */
import type { DType } from '../../dsl/tensor.js'
import type { Single } from './host.js'

type Quirks = { readonly [P in Single]?: readonly DType[] }

const both: Quirks = {
  // int32 goes through float32.
  abs: ['int32'], sum: ['int32', 'bool'], prod: ['int32', 'bool'], max: ['int32', 'bool'], min: ['int32', 'bool'],
  // wasm takes |x| < 1e-7 for 0; both give 0 for NaN.
  sign: ['float32'],
  // wasm traps at a zero divisor and returns 0 for 1 mod -1e10; cpu differs at infinities.
  mod: ['float32', 'int32'],
  scatterAdd: ['bool'], scatterAlong: ['bool'], cumsum: ['bool'],
}
// TensorFlow 2.21 lets an infinite divisor pass, as Python does; every one refuses the whole of an int32 remainder for one divisor of 0.
const node: Quirks = { mod: ['float32', 'int32'] }
const known: Readonly<Record<string, Quirks>> = {
  node, 'node-gpu': node,
  wasm: {
    ...both,
    // Through float32 again.
    neg: ['int32'],
    // Computed as log(1 + x): no digit is right below 1e-7.
    log1p: ['float32'],
    // Polynomials with an absolute error of 2e-7 and no range reduction for large arguments.
    sin: ['float32'], cos: ['float32'],
  },
  cpu: {
    ...both,
    // A polynomial with an absolute error of 1.5e-7.
    erf: ['float32'],
    // Products are rounded to float64 before they wrap.
    mul: ['int32'],
  },
}

/** Whether a primitive over operands of a dtype must leave this backend for the host. */
export const isWrong = (backend: string, op: string, dtype: DType): boolean => known[backend]?.[op as Single]?.includes(dtype) ?? false
