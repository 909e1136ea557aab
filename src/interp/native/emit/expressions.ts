/** Elementwise primitives as C expressions of values at hand. */
import { InternalError } from '../../../dsl/errors.js'
import type { Node } from '../../../dsl/core/node.js'
import type { DType } from '../../../dsl/tensor.js'

interface Expression {
  readonly text: string
  /** Headers under runtime/math that it needs. */
  readonly uses?: readonly string[]
  /** What one element costs, an addition being 1. */
  readonly cost: number
}
type Rule = (inputs: readonly string[], dtypes: readonly DType[], node: Node) => Expression

const infix = (op: string, cost = 1): Rule => ([a, b]) => ({ text: `${a} ${op} ${b}`, cost })
/** Integers wrap, which C says of unsigned ones only. */
const wrapping = (op: string): Rule => ([a, b], [d]) =>
  ({ text: d === 'int32' ? `(int32_t)((uint32_t)${a} ${op} (uint32_t)${b})` : `${a} ${op} ${b}`, cost: 1 })
const call = (name: string, cost: number): Rule => xs => ({ text: `tg_${name}(${xs.join(', ')})`, uses: [name], cost })
const builtin = (name: string, cost: number): Rule => ([x]) => ({ text: `__builtin_${name}f(${x})`, cost })
const byType = (float: Rule, int: Rule): Rule => (xs, ds, node) => (ds[0] === 'float32' ? float : int)(xs, ds, node)

const cast: Rule = ([x], [from], node) => {
  if (node.dtype === 'bool') return { text: `${x} != 0`, cost: 1 }
  if (node.dtype === 'int32') return from === 'float32' ? { text: `tg_to_i32(${x})`, uses: ['to_i32'], cost: 2 } : { text: x, cost: 0 }
  return { text: `(float)${x}`, cost: 1 }
}

/** By the name of the primitive. */
export const expressions = {
  neg: ([x], [d]) => ({ text: d === 'int32' ? `(int32_t)(0u - (uint32_t)${x})` : `-${x}`, cost: 1 }),
  abs: ([x], [d]) => ({ text: d === 'int32' ? `(int32_t)(${x} < 0 ? 0u - (uint32_t)${x} : (uint32_t)${x})` : `__builtin_fabsf(${x})`,
    cost: 1 }),
  sign: byType(call('sign', 2), ([x]) => ({ text: `(${x} > 0) - (${x} < 0)`, cost: 2 })),
  floor: builtin('floor', 1), ceil: builtin('ceil', 1), round: builtin('rint', 1), sqrt: builtin('sqrt', 4),
  exp: call('exp', 10), log: call('log', 12), log1p: call('log1p', 15), expm1: call('expm1', 14), sin: call('sin', 14),
  cos: call('cos', 14), tanh: call('tanh', 14), sigmoid: call('sigmoid', 14), softplus: call('softplus', 25), erf: call('erf', 15),
  not: ([x]) => ({ text: `!${x}`, cost: 1 }),
  add: wrapping('+'), sub: wrapping('-'), mul: wrapping('*'), div: infix('/', 3), pow: call('pow', 40),
  mod: byType(call('mod', 6), ([a, b]) => ({ text: `tg_mod_i32(${a}, ${b})`, uses: ['mod'], cost: 30 })),
  maximum: byType(call('maximum', 2), ([a, b]) => ({ text: `${a} > ${b} ? ${a} : ${b}`, cost: 1 })),
  minimum: byType(call('minimum', 2), ([a, b]) => ({ text: `${a} < ${b} ? ${a} : ${b}`, cost: 1 })),
  equal: infix('=='), less: infix('<'), lessEqual: infix('<='), and: infix('&'), or: infix('|'),
  select: ([c, a, b]) => ({ text: `${c} ? ${a} : ${b}`, cost: 1 }),
  cast,
} satisfies Readonly<Record<string, Rule>>

/** The expression of a node; throws an `InternalError` for a primitive that has none. */
export const expressionOf = (node: Node, inputs: readonly string[]): Expression => {
  const rule = (expressions as Readonly<Record<string, Rule | undefined>>)[node.op]
  if (!rule) throw new InternalError(`${node.op} is elementwise but the native engine has no expression for it`)
  return rule(inputs, node.inputs.map(i => i.dtype), node)
}
