import fc from 'fast-check'
import type { Op } from '../../../../src/dsl/core/table.js'
import type { DType } from '../../../../src/dsl/tensor.js'
import { anyShape, between, caseOf, nonzero, offJumps, positive, real, sizes, slot, someShape, tied, typed, bools,
  distinct, count, type Case, type Draw } from './draw.js'

type Plain = 'neg' | 'abs' | 'sign' | 'floor' | 'ceil' | 'round' | 'exp' | 'log' | 'log1p' | 'expm1' | 'sqrt' | 'sin'
  | 'cos' | 'tanh' | 'sigmoid' | 'softplus' | 'erf' | 'not'
  | 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum' | 'mod' | 'equal' | 'less' | 'lessEqual' | 'and' | 'or' | 'select'

const unary = (op: Plain & Op, draw: Draw, dtypes: readonly DType[] = ['float32']): fc.Arbitrary<Case> =>
  fc.tuple(anyShape(), sizes, fc.constantFrom(...dtypes)).chain(([shape, s, dtype]) =>
    typed(shape, s, dtype, draw).map(x => caseOf(op, [x], {}, s)))

const binary = (op: Plain & Op, a: Draw, b: Draw, dtypes: readonly DType[] = ['float32']): fc.Arbitrary<Case> =>
  fc.tuple(anyShape(), sizes, fc.constantFrom(...dtypes)).chain(([shape, s, dtype]) =>
    fc.tuple(typed(shape, s, dtype, a), typed(shape, s, dtype, b)).map(xs => caseOf(op, xs, {}, s)))

/** Operands that often tie, of any dtype: the result has no gradient. */
const compared = (op: Plain & Op, dtypes: readonly DType[]): fc.Arbitrary<Case> =>
  fc.tuple(anyShape(), sizes, fc.constantFrom(...dtypes)).chain(([shape, s, dtype]) =>
    fc.tuple(tied(shape, s, dtype), tied(shape, s, dtype)).map(xs => caseOf(op, xs, {}, s)))

/** Operands of which no two elements are alike, so that the larger one is plain. */
const ordered = (op: Plain & Op): fc.Arbitrary<Case> => fc.oneof(compared(op, ['int32']),
  fc.tuple(anyShape(), sizes).chain(([shape, s]) => {
  const n = count(shape, s)
  return distinct(2 * n).map(all =>
    caseOf(op, [all.slice(0, n), all.slice(n)].map(data => ({ shape, dtype: 'float32' as const, data, smooth: true })), {}, s))
}))

/** The quotient stays off the integers, where the remainder jumps. */
const modulo: fc.Arbitrary<Case> = fc.oneof(
  fc.tuple(someShape(), sizes).chain(([shape, s]) => fc.tuple(slot(shape, s, offJumps), slot(shape, s, nonzero)).map(([q, b]) =>
    caseOf('mod', [{ ...q, data: q.data.map((x, i) => x * b.data[i]) }, b], {}, s))),
  fc.tuple(someShape(), sizes).chain(([shape, s]) => fc.tuple(tied(shape, s, 'int32'), tied(shape, s, 'int32')).map(([a, b]) =>
    caseOf('mod', [a, { ...b, data: b.data.map(x => x === 0 ? 3 : x) }], {}, s))),
)

const numeric = ['float32', 'int32'] as const

export const elementwiseCases: { readonly [P in Plain]: fc.Arbitrary<Case> } = {
  neg: unary('neg', real, numeric), abs: unary('abs', offJumps, numeric), sign: unary('sign', offJumps, numeric),
  floor: unary('floor', offJumps), ceil: unary('ceil', offJumps), round: unary('round', offJumps),
  exp: unary('exp', real), log: unary('log', positive), log1p: unary('log1p', between(-0.7, 3)), expm1: unary('expm1', real),
  sqrt: unary('sqrt', positive),
  sin: unary('sin', real), cos: unary('cos', real), tanh: unary('tanh', real), sigmoid: unary('sigmoid', between(-5, 5)),
  softplus: unary('softplus', between(-5, 5)), erf: unary('erf', between(-3, 3)), not: unary('not', bools, ['bool']),
  add: binary('add', real, real, numeric), sub: binary('sub', real, real, numeric), mul: binary('mul', real, real, numeric),
  div: binary('div', real, nonzero), pow: binary('pow', positive, real), maximum: ordered('maximum'), minimum: ordered('minimum'),
  mod: modulo,
  equal: compared('equal', ['float32', 'int32', 'bool']), less: compared('less', numeric), lessEqual: compared('lessEqual', numeric),
  and: compared('and', ['bool']), or: compared('or', ['bool']),
  select: fc.tuple(anyShape(), sizes, fc.constantFrom<DType>('float32', 'int32', 'bool')).chain(([shape, s, dtype]) =>
    fc.tuple(tied(shape, s, 'bool'), typed(shape, s, dtype), typed(shape, s, dtype)).map(xs => caseOf('select', xs, {}, s))),
}
