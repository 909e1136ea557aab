/** Reductions other than the sum, running sums and orderings. */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import { showShape, sizeOfShape } from '../../shape/dim.js'
import type { Node, TensorType } from '../node.js'
import { primitive, type Primitive } from '../primitive.js'
import { div, equal, mul, select } from './elementwise.js'
import { iota } from './leaves.js'
import { broadcastTo, cast, full, keep, reshape, sum, transpose } from './structure.js'

export interface Axes { readonly axes: readonly number[] }
const reduced = (op: string) => ([x]: readonly TensorType[], { axes }: Axes): Either<string, TensorType> =>
  axes.every(a => a >= 0 && a < x.shape.length)
    ? right({ shape: x.shape.filter((_, i) => !axes.includes(i)), dtype: x.dtype })
    : left(`${op}: axes [${axes.join(', ')}] are not in ${showShape(x.shape)}`)
const sorted = (axes: readonly number[]): readonly number[] => [...axes].sort((a, b) => a - b)

/** The gradient of an extremum goes in equal parts to the elements that attain it. */
const extremum = (op: 'max' | 'min', word: string): Primitive<Axes> => primitive<Axes>({
  op,
  summary: `The ${word} element over axes, which are dropped; tied elements share the gradient equally.`,
  latex: ([x]) => `\\${op} ${x}`,
  type: reduced(op),
  vjp: (g, y) => {
    const { inputs: [x], attrs: { axes } } = y
    const spread = (n: Node): Node => broadcastTo(keep(n, x.shape, axes), x.shape)
    const attained = cast(equal(x, spread(y)), 'float32')
    return [mul(spread(div(g, sum(attained, axes))), attained)]
  },
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: `${op}(tensor([[1, 5], [3, 4]]), [0])`,
})
export const maxPrim = extremum('max', 'largest')
export const minPrim = extremum('min', 'smallest')

export const prodPrim = primitive<Axes>({
  op: 'prod',
  summary: 'Product over axes, which are dropped; the gradient is right where elements are 0, at a cost quadratic in their number.',
  latex: ([x]) => `\\prod ${x}`,
  type: reduced('prod'),
  // The product of all the others: one copy an element, with that element replaced by 1. Division by x would fail at 0.
  vjp: (g, { inputs: [x], attrs: { axes } }) => {
    const order = [...x.shape.keys()].filter(i => !axes.includes(i))
    const kept = order.map(i => x.shape[i])
    const n = sizeOfShape(axes.map(i => x.shape[i]))
    const flat = reshape(transpose(x, [...order, ...axes]), [...kept, n])
    const square = [...kept, n, n]
    const diagonal = equal(broadcastTo(reshape(iota(n), [n, 1]), [n, n]), broadcastTo(iota(n), [n, n]))
    const others = select(broadcastTo(diagonal, square), full(1, square), broadcastTo(reshape(flat, [...kept, 1, n]), square))
    const each = mul(prod(others, [kept.length + 1]), broadcastTo(reshape(g, [...kept, 1]), [...kept, n]))
    const back = [...order, ...axes]
    return [transpose(reshape(each, back.map(i => x.shape[i])), back.map((_, i) => back.indexOf(i)))]
  },
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: 'prod(tensor([[1, 2], [3, 4]]), [0])',
})

export const argMaxPrim = primitive<{ readonly axis: number }>({
  op: 'argMax',
  summary: 'The position of the largest element along an axis, the first at a tie.',
  latex: ([x]) => `\\arg\\max ${x}`,
  type: ([x], { axis }) => axis >= 0 && axis < x.shape.length ? right({ shape: x.shape.filter((_, i) => i !== axis), dtype: 'int32' })
    : left(`argMax: axis ${axis} is not in ${showShape(x.shape)}`),
  vjp: null,
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: 'argMax(tensor([1, 5, 3]), 0)',
})

export interface Cumulative { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean }
export const cumsumPrim: Primitive<Cumulative> = primitive<Cumulative>({
  op: 'cumsum',
  summary: 'Running sum along an axis; exclusive leaves the element itself out, reverse runs from the end.',
  latex: ([x]) => `\\mathrm{cumsum}(${x})`,
  type: ([x], { axis }) => x.dtype === 'bool' ? left('cumsum: bool has no sum; cast to int32 first')
    : axis >= 0 && axis < x.shape.length ? right({ shape: x.shape, dtype: x.dtype })
      : left(`cumsum: axis ${axis} is not in ${showShape(x.shape)}`),
  vjp: (g, { attrs }) => [cumsumPrim.make([g], { ...attrs, reverse: !attrs.reverse })],
  flops: ({ shape }) => sizeOfShape(shape),
  example: 'cumsum(tensor([1, 2, 3]), 0)',
})

export interface SortIndices { readonly axis: number; readonly k: number | null; readonly descending: boolean }
export const sortIndicesPrim = primitive<SortIndices>({
  op: 'sortIndices',
  summary: 'The positions that put an axis in order, equal elements in their old order; only the first k where k is given.',
  latex: ([x]) => `\\mathrm{argsort}(${x})`,
  type: ([x], { axis, k }) => {
    const n = x.shape[axis]
    return k !== null && typeof n === 'number' && k > n ? left(`topK: ${k} elements are asked of axis ${axis} of size ${n}`)
      : right({ shape: x.shape.map((d, i) => i === axis && k !== null ? k : d), dtype: 'int32' })
  },
  vjp: null,
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: 'sortIndices(tensor([3, 1, 2]), 0)',
})

export const max = (x: Node, axes: readonly number[]): Node => axes.length === 0 ? x : maxPrim.make([x], { axes: sorted(axes) })
export const min = (x: Node, axes: readonly number[]): Node => axes.length === 0 ? x : minPrim.make([x], { axes: sorted(axes) })
export const prod = (x: Node, axes: readonly number[]): Node => axes.length === 0 ? x : prodPrim.make([x], { axes: sorted(axes) })
export const argMax = (x: Node, axis: number): Node => argMaxPrim.make([x], { axis })
export const cumsum = (x: Node, axis: number, o: { exclusive?: boolean; reverse?: boolean } = {}): Node =>
  cumsumPrim.make([x], { axis, exclusive: o.exclusive ?? false, reverse: o.reverse ?? false })
export const sortIndices = (x: Node, axis: number, o: { k?: number; descending?: boolean } = {}): Node =>
  sortIndicesPrim.make([x], { axis, k: o.k ?? null, descending: o.descending ?? false })
