import { sizeOf, type Value } from '../../../dsl/value.js'
import type { Node } from '../../../dsl/core/node.js'
import { concrete } from '../../program.js'
import { zeros } from '../arrays.js'
import { erf, roundHalfEven } from '../special.js'

type Kernel = (inputs: readonly Value[], node: Node) => Value

const unary = (f: (x: number) => number): Kernel => ([x], node) => {
  const out = zeros(concrete(node), node.dtype)
  for (let i = 0; i < out.data.length; i++) out.data[i] = f(x.data[i])
  return out
}
const binary = (f: (a: number, b: number) => number, int = f): Kernel => ([a, b], node) => {
  const out = zeros(concrete(node), node.dtype)
  const g = a.dtype === 'int32' ? int : f
  for (let i = 0; i < out.data.length; i++) out.data[i] = g(a.data[i], b.data[i])
  return out
}

export const elementwiseKernels = {
  neg: unary(x => -x), abs: unary(Math.abs), sign: unary(Math.sign), floor: unary(Math.floor), ceil: unary(Math.ceil),
    round: unary(roundHalfEven),
  exp: unary(Math.exp), log: unary(Math.log), log1p: unary(Math.log1p), expm1: unary(Math.expm1), sqrt: unary(Math.sqrt),
    sin: unary(Math.sin),
  cos: unary(Math.cos), tanh: unary(Math.tanh), sigmoid: unary(x => x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  softplus: unary(x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))), erf: unary(erf), not: unary(x => x ? 0 : 1),
  add: binary((a, b) => a + b), sub: binary((a, b) => a - b), mul: binary((a, b) => a * b, Math.imul), div: binary((a, b) => a / b),
  pow: binary(Math.pow), maximum: binary(Math.max), minimum: binary(Math.min), mod: binary((a, b) => a - b * Math.floor(a / b)),
  equal: binary((a, b) => +(a === b)), less: binary((a, b) => +(a < b)), lessEqual: binary((a, b) => +(a <= b)),
  and: binary((a, b) => a & b), or: binary((a, b) => a | b),
  select: ([c, a, b]: readonly Value[], node: Node): Value => {
    const out = zeros(concrete(node), node.dtype)
    for (let i = 0; i < sizeOf(out.shape); i++) out.data[i] = c.data[i] ? a.data[i] : b.data[i]
    return out
  },
}
