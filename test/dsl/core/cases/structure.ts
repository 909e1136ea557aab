import fc from 'fast-check'
import { mulDim, substituteDim } from '../../../../src/dsl/shape/dim.js'
import type { Dim, DType } from '../../../../src/dsl/tensor.js'
import { straightThrough } from '../../../../src/dsl/core/build.js'
import {
  anyDim, anyShape, caseOf, ints, labelled, offJumps, real, sizes, slot, someAxes, someShape, tied, typed, type Case, type Sizes,
} from './draw.js'

type Structure = 'reshape' | 'transpose' | 'broadcastTo' | 'slice' | 'pad' | 'concat' | 'reverse' | 'cast' | 'stopGradient' | 'named'
  | 'straightThrough'
const dtypes = fc.constantFrom<DType>('float32', 'float32', 'int32', 'bool')
const setting = (min = 0, max = 3): fc.Arbitrary<[Dim[], Sizes, DType]> => fc.tuple(anyShape(min, max), sizes, dtypes)

/** Neighbouring axes merged into products, with single axes put in: one side of a reshape, of which the other is the shape itself. */
const regrouped = (shape: readonly Dim[]): fc.Arbitrary<Dim[]> =>
  fc.array(fc.constantFrom('keep', 'merge', 'single'), { minLength: shape.length, maxLength: shape.length })
  .map(how =>
    shape.reduce<Dim[]>((out, d, i) => how[i] === 'merge' && out.length > 0 ? [...out.slice(0, -1), mulDim(out[out.length - 1], d)]
    : how[i] === 'single' ? [...out, 1, d] : [...out, d], []))

/** A range within an axis: of a symbol, up to its end. */
const range = (d: Dim, s: Sizes): fc.Arbitrary<[number, Dim]> => {
  const n = substituteDim(d, s) as number
  const box = fc.tuple(fc.integer({ min: 0, max: n }), fc.integer({ min: 0, max: n })).map(([a, b]): [number, Dim] =>
    [Math.min(a, b), Math.max(a, b)])
  return typeof d === 'number' ? box : fc.oneof(box, fc.integer({ min: 0, max: n }).map((from): [number, Dim] => [from, d]))
}

export const structureCases: { readonly [P in Structure]: fc.Arbitrary<Case> } = {
  reshape: setting().chain(([shape, s, dtype]) => fc.tuple(regrouped(shape), fc.boolean()).chain(([other, back]) =>
    typed(back ? other : shape, s, dtype).map(x => caseOf('reshape', [x], { shape: back ? shape : other }, s)))),
  transpose: setting(0, 4).chain(([shape, s, dtype]) =>
    fc.tuple(typed(shape, s, dtype), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }))
    .map(([x, perm]) => caseOf('transpose', [x], { perm }, s))),
  broadcastTo: setting(0, 4).chain(([shape, s, dtype]) =>
    fc.tuple(fc.integer({ min: 0, max: shape.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .chain(([lead, ones]) => typed(shape.slice(lead).map((d, i) => ones[i] ? 1 : d), s, dtype).map(x =>
      caseOf('broadcastTo', [x], { shape }, s)))),
  slice: setting(0, 3).chain(([shape, s, dtype]) => fc.tuple(typed(shape, s, dtype), fc.tuple(...shape.map(d => range(d, s))))
    .map(([x, ranges]) => caseOf('slice', [x], { starts: ranges.map(r => r[0]), ends: ranges.map(r => r[1]) }, s))),
  pad: setting(0, 3).chain(([shape, s, dtype]) => fc.tuple(
    typed(shape, s, dtype), fc.array(fc.integer({ min: 0, max: 2 }), { minLength: shape.length, maxLength: shape.length }),
    fc.array(fc.constantFrom<Dim>(0, 1, 2, 'T', 'B'), { minLength: shape.length, maxLength: shape.length }),
    fc.constantFrom(...{ float32: [0, 1.5, -2], int32: [0, 7, -1], bool: [0, 1] }[dtype]),
  ).map(([x, lo, hi, value]) => caseOf('pad', [x], { lo, hi, value }, s))),
  concat: setting(1, 3).chain(([shape, s, dtype]) => fc.tuple(fc.nat(shape.length - 1), fc.array(anyDim, { minLength: 2, maxLength: 4 }))
    .chain(([axis, parts]) =>
    fc.tuple(...parts.map(d => typed(shape.with(axis, d), s, dtype))).map(xs => caseOf('concat', xs, { axis }, s)))),
  reverse: setting(1, 4).chain(([shape, s, dtype]) => fc.tuple(typed(shape, s, dtype), someAxes(shape.length)).map(([x, axes]) =>
    caseOf('reverse', [x], { axes }, s))),
  cast: fc.tuple(anyShape(), sizes, fc.constantFrom<[DType, DType]>(
    ['float32', 'int32'], ['float32', 'bool'], ['int32', 'float32'], ['int32', 'bool'], ['bool', 'float32'], ['bool', 'int32'],
  ), fc.boolean()).chain(([shape, s, [from, dtype], whole]) =>
    (from === 'float32' ? slot(shape, s, whole ? ints : offJumps, from, false) : tied(shape, s, from)).map(x =>
      caseOf('cast', [x], { dtype }, s))),
  stopGradient: setting().chain(([shape, s, dtype]) => typed(shape, s, dtype).map(x => caseOf('stopGradient', [x], {}, s))),
  named: setting().chain(([shape, s, dtype]) => typed(shape, s, dtype).map(x => caseOf('named', [x], { name: 'z' }, s))),
  // the hard value is the soft one here, where the gradient that the primitive states is the true one
  straightThrough: fc.tuple(someShape(), sizes).chain(([shape, s]) => slot(shape, s, real).map(x => labelled(
    { inputs: [x], sizes: s, build: ([soft]) => straightThrough(soft, soft) }, 'straightThrough'))),
}
