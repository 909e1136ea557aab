import fc from 'fast-check'
import { substituteDim } from '../../../../src/dsl/shape/dim.js'
import type { Dim, DType } from '../../../../src/dsl/tensor.js'
import { anyShape, below, caseOf, distinct, real, sizes, slot, someDim, someAxes, someShape, tied, typed, type Case,
  type Sizes } from './draw.js'

type Reduce = 'sum' | 'max' | 'min' | 'prod' | 'argMax' | 'cumsum' | 'sortIndices' | 'gather' | 'scatterAdd' | 'takeAlong' | 'scatterAlong'
const numeric = fc.constantFrom<DType>('float32', 'float32', 'int32')
const shapeAndAxes = (shapes: fc.Arbitrary<Dim[]>): fc.Arbitrary<[Dim[], number[], Sizes, DType]> =>
  fc.tuple(shapes, sizes, numeric).chain(([shape, s, dtype]) =>
    someAxes(shape.length).map((axes): [Dim[], number[], Sizes, DType] => [shape, axes, s, dtype]))
/** An axis with elements among axes without, perhaps. */
const shapeAndAxis = (min = 1): fc.Arbitrary<[Dim[], number, Sizes, DType]> =>
  fc.tuple(anyShape(min, 3), someDim, sizes, numeric).chain(([shape, d, s, dtype]) =>
    fc.nat(shape.length - 1).map((axis): [Dim[], number, Sizes, DType] => [shape.with(axis, d), axis, s, dtype]))

const extremum = (op: 'max' | 'min'): fc.Arbitrary<Case> => shapeAndAxes(someShape(1, 3)).chain(([shape, axes, s, dtype]) =>
  typed(shape, s, dtype, distinct).map(x => caseOf(op, [x], { axes }, s)))
const total = (op: 'sum' | 'prod'): fc.Arbitrary<Case> => shapeAndAxes(anyShape(1, 3)).chain(([shape, axes, s, dtype]) =>
  typed(shape, s, dtype, real).map(x => caseOf(op, [x], { axes }, s)))

const sizeAt = (shape: readonly Dim[], axis: number, s: Sizes): number => substituteDim(shape[axis], s) as number
const indicesInto = (shape: readonly Dim[], axis: number, indexShape: readonly Dim[], s: Sizes) =>
  slot(indexShape, s, below(sizeAt(shape, axis, s)), 'int32')

export const reduceCases: { readonly [P in Reduce]: fc.Arbitrary<Case> } = {
  sum: total('sum'), prod: total('prod'), max: extremum('max'), min: extremum('min'),
  argMax: shapeAndAxis().chain(([shape, axis, s, dtype]) => tied(shape, s, dtype).map(x => caseOf('argMax', [x], { axis }, s))),
  cumsum: fc.tuple(shapeAndAxis(), fc.boolean(), fc.boolean()).chain(([[shape, axis, s, dtype], exclusive, reverse]) =>
    typed(shape, s, dtype).map(x => caseOf('cumsum', [x], { axis, exclusive, reverse }, s))),
  sortIndices: fc.tuple(shapeAndAxis(), fc.boolean()).chain(([[shape, axis, s, dtype], descending]) => fc.tuple(
    tied(shape, s, dtype), fc.option(fc.integer({ min: 1, max: sizeAt(shape, axis, s) })),
  ).map(([x, k]) => caseOf('sortIndices', [x], { axis, k, descending }, s))),
  gather: fc.tuple(shapeAndAxis(), anyShape(0, 2)).chain(([[shape, axis, s, dtype], at]) =>
    fc.tuple(typed(shape, s, dtype), indicesInto(shape, axis, at, s)).map(xs => caseOf('gather', xs, { axis }, s))),
  scatterAdd: fc.tuple(shapeAndAxis(), anyShape(0, 2)).chain(([[shape, axis, s, dtype], at]) => fc.tuple(
    typed(shape, s, dtype), indicesInto(shape, axis, at, s), typed([...shape.slice(0, axis), ...at, ...shape.slice(axis + 1)], s, dtype),
  ).map(xs => caseOf('scatterAdd', xs, { axis }, s))),
  takeAlong: fc.tuple(shapeAndAxis(), someDim).chain(([[shape, axis, s, dtype], n]) =>
    fc.tuple(typed(shape, s, dtype), indicesInto(shape, axis, shape.with(axis, n), s)).map(xs => caseOf('takeAlong', xs, { axis }, s))),
  scatterAlong: fc.tuple(shapeAndAxis(), someDim).chain(([[shape, axis, s, dtype], n]) => fc.tuple(
    typed(shape, s, dtype), indicesInto(shape, axis, shape.with(axis, n), s), typed(shape.with(axis, n), s, dtype),
  ).map(xs => caseOf('scatterAlong', xs, { axis }, s))),
}
