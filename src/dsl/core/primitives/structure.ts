/** Linear primitives that move, copy or sum elements. Each one's gradient is another of this file, which is why they live together. */
import { left, right } from 'fp-ts/lib/Either.js'
import { sameDim, sameShape, addDim, subDim, showShape, sizeOfShape } from '../../shape/dim.js'
import type { DType, Dim, Shape } from '../../tensor.js'
import type { Node } from '../node.js'
import { primitive } from '../primitive.js'
import { scalar } from './leaves.js'

const mapShape = <A extends { readonly shape: Shape }>(a: A, f: (d: Dim) => Dim): A => ({ ...a, shape: a.shape.map(f) })
const others = (rank: number, axes: readonly number[]): number[] => Array.from({ length: rank }, (_, i) => i).filter(i => !axes.includes(i))

export const reshapePrim = primitive<{ readonly shape: Shape }>({
  op: 'reshape',
  summary: 'The same elements in row-major order under another shape.',
  latex: ([x]) => x,
  type: ([x], { shape }) => sameDim(sizeOfShape(x.shape), sizeOfShape(shape)) ? right({ shape, dtype: x.dtype })
    : left(`reshape: ${showShape(x.shape)} has ${sizeOfShape(x.shape)} elements but ${showShape(shape)} has ${sizeOfShape(shape)}`),
  vjp: (g, { inputs: [x] }) => [reshape(g, x.shape)],
  flops: () => 0,
  example: 'reshape(tensor([1, 2, 3, 4]), [2, 2])',
  mapDims: mapShape,
})
export const reshape = (x: Node, shape: Shape): Node => sameShape(x.shape, shape) ? x : reshapePrim.make([x], { shape })

export const transposePrim = primitive<{ readonly perm: readonly number[] }>({
  op: 'transpose',
  summary: 'Axes in another order: axis i of the result is axis perm[i] of the input.',
  latex: ([x], { perm }) => perm.length === 2 ? `${x}^\\top` : `${x}^{(${perm.join('\\,')})}`,
  type: ([x], { perm }) => perm.length === x.shape.length && new Set(perm).size === perm.length && perm.every(p =>
    p >= 0 && p < perm.length)
    ? right({ shape: perm.map(p => x.shape[p]), dtype: x.dtype })
    : left(`transpose: [${perm.join(', ')}] does not list each axis of ${showShape(x.shape)} once`),
  vjp: (g, { attrs: { perm } }) => [transpose(g, perm.map((_, i) => perm.indexOf(i)))],
  flops: () => 0,
  example: 'transpose(tensor([[1, 2], [3, 4]]), [1, 0])',
})
export const transpose = (x: Node, perm: readonly number[]): Node =>
  perm.every((p, i) => p === i) && perm.length === x.shape.length ? x : transposePrim.make([x], { perm })

export const broadcastToPrim = primitive<{ readonly shape: Shape }>({
  op: 'broadcastTo',
  summary: 'Repeats the input along new leading axes and along axes of size 1.',
  latex: ([x]) => x,
  type: ([x], { shape }) => {
    const lead = shape.length - x.shape.length
    return lead >= 0 && x.shape.every((d, i) => d === 1 || sameDim(d, shape[lead + i])) ? right({ shape, dtype: x.dtype })
      : left(`broadcastTo: ${showShape(x.shape)} does not stretch to ${showShape(shape)}`)
  },
  vjp: (g, { inputs: [x], attrs: { shape } }) => {
    const lead = shape.length - x.shape.length
    const axes = shape.map((_, i) => i).filter(i => i < lead || (x.shape[i - lead] === 1 && shape[i] !== 1))
    return [reshape(sum(g, axes), x.shape)]
  },
  flops: () => 0,
  example: 'broadcastTo(tensor([1, 2]), [3, 2])',
  mapDims: mapShape,
})
export const broadcastTo = (x: Node, shape: Shape): Node => sameShape(x.shape, shape) ? x : broadcastToPrim.make([x], { shape })

export const sumPrim = primitive<{ readonly axes: readonly number[] }>({
  op: 'sum',
  summary: 'Sum over axes, which are dropped.',
  latex: ([x]) => `\\sum ${x}`,
  type: ([x], { axes }) => x.dtype === 'bool' ? left('sum: bool has no sum; cast to int32 first')
    : axes.every(a => a >= 0 && a < x.shape.length) ? right({ shape: others(x.shape.length, axes).map(i => x.shape[i]), dtype: x.dtype })
    : left(`sum: axes [${axes.join(', ')}] are not in ${showShape(x.shape)}`),
  vjp: (g, { inputs: [x], attrs: { axes } }) => [broadcastTo(keep(g, x.shape, axes), x.shape)],
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: 'sum(tensor([[1, 2], [3, 4]]), [0])',
})
export const sum = (x: Node, axes: readonly number[]): Node => axes.length === 0 ? x : sumPrim.make([x],
  { axes: [...axes].sort((a, b) => a - b) })

/** Puts dropped axes back with size 1, so that a reduced value lines up with what it was reduced from. */
export const keep = (reduced: Node, shape: Shape, axes: readonly number[]): Node => reshape(reduced, shape.map((d, i) => axes.includes(i)
  ? 1 : d))

export interface Range { readonly starts: readonly number[]; readonly ends: readonly Dim[] }
export const slicePrim = primitive<Range>({
  op: 'slice',
  summary: 'The box of elements from starts (inclusive) to ends (exclusive).',
  latex: ([x], { starts, ends }) => `${x}_{${starts.map((s, i) => `${s}:${ends[i]}`).join(',')}}`,
  type: ([x], { starts, ends }) => {
    if (starts.length !== x.shape.length || ends.length !== x.shape.length)
      return left(`slice: ${starts.length} starts and ${ends.length} ends do not fit the ${x.shape.length} axes of ${showShape(x.shape)}`)
    const bad = x.shape.findIndex((d, i) => starts[i] < 0 || (typeof d === 'number' && typeof ends[i] === 'number'
      && (ends[i] > d || ends[i] < starts[i])))
    return bad >= 0 ? left(`slice: ${starts[bad]} to ${ends[bad]} is not within axis ${bad} of size ${x.shape[bad]}`)
      : right({ shape: x.shape.map((d, i) => starts[i] === 0 && sameDim(ends[i], d) ? d : subDim(ends[i], starts[i])), dtype: x.dtype })
  },
  vjp: (g, { inputs: [x], attrs: { starts, ends } }) => [pad(g, starts, x.shape.map((d, i) => subDim(d, ends[i])))],
  flops: () => 0,
  example: 'slice(tensor([1, 2, 3, 4]), 0, 1, 3)',
  mapDims: (a, f) => ({ ...a, ends: a.ends.map(f) }),
})
export const slice = (x: Node, starts: readonly number[], ends: readonly Dim[]): Node =>
  starts.every((s, i) => s === 0 && sameDim(ends[i], x.shape[i])) ? x : slicePrim.make([x], { starts, ends })

export interface Pad { readonly lo: readonly number[]; readonly hi: readonly Dim[]; readonly value: number }
export const padPrim = primitive<Pad>({
  op: 'pad',
  summary: 'Adds lo elements before and hi elements after along each axis, all equal to value.',
  latex: ([x]) => `\\mathrm{pad}(${x})`,
  type: ([x], { lo, hi }) => lo.length !== x.shape.length || hi.length !== x.shape.length
    ? left(`pad: ${lo.length} amounts before and ${hi.length} after do not fit the ${x.shape.length} axes of ${showShape(x.shape)}`)
    : [...lo, ...hi].some(p => typeof p === 'number' && p < 0)
      ? left(`pad: amounts must not be negative, got [${[...lo, ...hi].join(', ')}]`)
    : right({ shape: x.shape.map((d, i) => addDim(addDim(d, lo[i]), hi[i])), dtype: x.dtype }),
  vjp: (g, { inputs: [x], attrs: { lo } }) => [slice(g, lo, x.shape.map((d, i) => addDim(d, lo[i])))],
  flops: () => 0,
  example: 'pad(tensor([1, 2]), [[1, 1]])',
  mapDims: (a, f) => ({ ...a, hi: a.hi.map(f) }),
})
export const pad = (x: Node, lo: readonly number[], hi: readonly Dim[], value = 0): Node =>
  [...lo, ...hi].every(p => p === 0) ? x : padPrim.make([x], { lo, hi, value })

export const concatPrim = primitive<{ readonly axis: number }>({
  op: 'concat',
  summary: 'Joins tensors along one axis.',
  latex: xs => `[${xs.join('; ')}]`,
  type: ([x, ...rest], { axis }) => {
    const bad = rest.find(r => r.dtype !== x.dtype || r.shape.length !== x.shape.length || r.shape.some((d, i) => i !== axis
      && !sameDim(d, x.shape[i])))
    return bad ? left(`concat along ${axis}: ${showShape(x.shape)} ${x.dtype} and ${showShape(bad.shape)} ${bad.dtype} do not line up`)
      : right({ shape: x.shape.map((d, i) => i === axis ? rest.reduce((n, r) => addDim(n, r.shape[axis]), d) : d), dtype: x.dtype })
  },
  vjp: (g, { inputs, attrs: { axis } }) => splitLike(g, inputs, axis),
  flops: () => 0,
  example: 'concat([tensor([1, 2]), tensor([3])], 0)',
})
export const concat = (xs: readonly Node[], axis: number): Node => xs.length === 1 ? xs[0] : concatPrim.make(xs, { axis })

/**
 * The parts of `g` that came from each input. A part after a symbolic one starts at a symbol, which a slice cannot: it is cut from the end.
 */
const splitLike = (g: Node, inputs: readonly Node[], axis: number): Node[] => {
  const parts: Node[] = []
  let rest = g
  for (const x of inputs) {
    const n = x.shape[axis]
    const cut = (from: Dim, to: Dim): Node => typeof from === 'number'
      ? slice(rest, rest.shape.map(() => 0).with(axis, from), rest.shape.with(axis, to)) : dropFront(rest, axis, from)
    parts.push(cut(0, n))
    if (parts.length < inputs.length) rest = cut(n, rest.shape[axis])
  }
  return parts
}
/** Drops a symbolic number of leading elements: reversed, they are the trailing ones. */
const dropFront = (x: Node, axis: number, n: Dim): Node => {
  const back = reverse(x, [axis])
  return reverse(slice(back, back.shape.map(() => 0), back.shape.with(axis, subDim(back.shape[axis], n))), [axis])
}

export const reversePrim = primitive<{ readonly axes: readonly number[] }>({
  op: 'reverse',
  summary: 'Elements in the opposite order along axes.',
  latex: ([x]) => `\\mathrm{reverse}(${x})`,
  type: ([x], { axes }) => axes.every(a => a >= 0 && a < x.shape.length) ? right({ shape: x.shape, dtype: x.dtype })
    : left(`reverse: axes [${axes.join(', ')}] are not in ${showShape(x.shape)}`),
  vjp: (g, { attrs: { axes } }) => [reverse(g, axes)],
  flops: () => 0,
  example: 'reverse(tensor([1, 2, 3]), [0])',
})
export const reverse = (x: Node, axes: readonly number[]): Node => axes.length === 0 ? x : reversePrim.make([x], { axes })

export const castPrim = primitive<{ readonly dtype: DType }>({
  op: 'cast',
  summary: 'Converts elements to another dtype: to int32 by truncation, to bool by comparison with zero.',
  latex: ([x]) => x,
  type: ([x], { dtype }) => right({ shape: x.shape, dtype }),
  vjp: (g, { inputs: [x] }) => [x.dtype === 'float32' && g.dtype === 'float32' ? g : null],
  flops: () => 0,
  example: "cast(tensor([0.5, 1.5]), 'int32')",
})
export const cast = (x: Node, dtype: DType): Node => x.dtype === dtype ? x : castPrim.make([x], { dtype })

export const stopGradientPrim = primitive({
  op: 'stopGradient',
  summary: 'The identity, through which no gradient flows.',
  latex: ([x]) => `\\mathrm{sg}\\left[${x}\\right]`,
  type: ([x]) => right({ shape: x.shape, dtype: x.dtype }),
  vjp: null,
  flops: () => 0,
  example: 'stopGradient(tensor([1, 2]))',
})
export const stopGradient = (x: Node): Node => stopGradientPrim.make([x], {})

/** A number repeated to a shape. */
export const full = (value: number, shape: Shape, dtype: DType = 'float32'): Node => broadcastTo(scalar(value, dtype), shape)
