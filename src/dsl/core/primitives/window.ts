/** Sliding windows: the patches that pooling reduces and that convolutions multiply. */
import { left, right } from 'fp-ts/lib/Either.js'
import { addDim, floorDivDim, showShape, sizeOfShape, subDim } from '../../shape/dim.js'
import type { Dim, Shape } from '../../tensor.js'
import type { Node } from '../node.js'
import { primitive } from '../primitive.js'

/** Where windows lie, for height and width: padding is [before, after]. */
export interface Geometry {
  readonly stride: readonly [number, number]
  readonly padding: readonly [readonly [number, number], readonly [number, number]]
  readonly dilation: readonly [number, number]
}

/** How many windows of `k` fit along an axis: floor((n + pads - dilation (k - 1) - 1) / stride) + 1. */
export const convOutput = (n: Dim, k: number, { stride, padding, dilation }: Geometry, i: number): Dim =>
  addDim(floorDivDim(subDim(addDim(n, padding[i][0] + padding[i][1]), dilation[i] * (k - 1) + 1), stride[i]), 1)

/** Why windows do not lie on an image so that they number `counts`, where sizes are known; null when they do. */
export const misfit = (op: string, size: Shape, window: Shape, counts: Shape, g: Geometry): string | null => {
  for (const i of [0, 1]) {
    const [n, k, given] = [size[i], window[i], counts[i]]
    if (typeof k !== 'number') return `${op}: the window ${showShape(window)} must have sizes that are numbers`
    const count = convOutput(n, k, g, i)
    if (typeof count === 'number' && count < 0) return `${op}: a window of ${k} does not fit ${n} elements along axis ${i + 1}`
    if (typeof count === 'number' && typeof given === 'number' && count !== given)
      return `${op}: ${count} windows lie along axis ${i + 1} of size ${n} but ${given} are given`
  }
  return null
}

export interface Patches extends Geometry { readonly window: readonly [number, number]; readonly fill: number }
export const patchesPrim = primitive<Patches>({
  op: 'patches',
  summary: 'The windows of images [B, H, W, C] as [B, OH, OW, KH, KW, C]; padding reads fill.',
  latex: ([x]) => `\\mathrm{patches}(${x})`,
  type: ([x], a) => {
    if (x.shape.length !== 4) return left(`patches: input ${showShape(x.shape)} is not [batch, height, width, channels]`)
    const counts = [0, 1].map(i => convOutput(x.shape[1 + i], a.window[i], a, i))
    const fault = misfit('patches', x.shape.slice(1, 3), a.window, counts, a)
    return fault === null ? right({ shape: [x.shape[0], ...counts, ...a.window, x.shape[3]], dtype: x.dtype }) : left(fault)
  },
  vjp: (g, { inputs: [x], attrs: { fill: _, ...a } }) => [fold(g, { ...a, size: [x.shape[1], x.shape[2]] })],
  flops: () => 0,
  example: 'patches(ones([1, 3, 3, 1]), [2, 2])',
})
export const patches = (x: Node, attrs: Patches): Node => patchesPrim.make([x], attrs)

export interface Fold extends Geometry { readonly window: readonly [number, number]; readonly size: readonly Dim[] }
export const foldPrim = primitive<Fold>({
  op: 'fold',
  summary: 'The transpose of patches: adds windows [B, OH, OW, KH, KW, C] up where they overlap, into [B, H, W, C].',
  latex: ([x]) => `\\mathrm{fold}(${x})`,
  type: ([x], a) => {
    if (x.shape.length !== 6 || x.shape[3] !== a.window[0] || x.shape[4] !== a.window[1])
      return left(`fold: input ${showShape(x.shape)} is not [batch, rows, columns, ${a.window.join(', ')}, channels]`)
    if (x.dtype === 'bool') return left('fold: bool has no sum; cast to int32 first')
    const fault = misfit('fold', a.size, a.window, x.shape.slice(1, 3), a)
    return fault === null ? right({ shape: [x.shape[0], a.size[0], a.size[1], x.shape[5]], dtype: x.dtype }) : left(fault)
  },
  vjp: (g, { attrs: { size: _, ...a } }) => [patches(g, { ...a, fill: 0 })],
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: 'grad((x: Tensor<[1, 3, 3, 1]>) => sum(patches(x, [2, 2])))(ones([1, 3, 3, 1]))',
  mapDims: (a, f) => ({ ...a, size: a.size.map(f) }),
})
export const fold = (x: Node, attrs: Fold): Node => foldPrim.make([x], attrs)
