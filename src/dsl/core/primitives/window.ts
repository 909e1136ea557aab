/** Sliding windows: the patches that pooling reduces and that convolutions multiply. */
import { left, right } from 'fp-ts/lib/Either.js'
import { addDim, floorDivDim, showShape, sizeOfShape, subDim } from '../../shape/dim.js'
import type { Dim } from '../../tensor.js'
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

export interface Patches extends Geometry { readonly window: readonly [number, number]; readonly fill: number }
export const patchesPrim = primitive<Patches>({
  op: 'patches',
  summary: 'The windows of images [B, H, W, C] as [B, OH, OW, KH, KW, C]; padding reads fill.',
  latex: ([x]) => `\\mathrm{patches}(${x})`,
  type: ([x], a) => x.shape.length !== 4 ? left(`patches: input ${showShape(x.shape)} is not [batch, height, width, channels]`)
    : right({ shape: [x.shape[0], convOutput(x.shape[1], a.window[0], a, 0), convOutput(x.shape[2], a.window[1], a, 1), ...a.window, x.shape[3]], dtype: x.dtype }),
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
  type: ([x], { size }) => x.shape.length !== 6 ? left(`fold: input ${showShape(x.shape)} is not [batch, rows, columns, KH, KW, channels]`)
    : right({ shape: [x.shape[0], size[0], size[1], x.shape[5]], dtype: x.dtype }),
  vjp: (g, { attrs: { size: _, ...a } }) => [patches(g, { ...a, fill: 0 })],
  flops: ({ inputs: [x] }) => sizeOfShape(x.shape),
  example: 'grad((x: Tensor<[1, 3, 3, 1]>) => sum(patches(x, [2, 2])))(ones([1, 3, 3, 1]))',
  mapDims: (a, f) => ({ ...a, size: a.size.map(f) }),
})
export const fold = (x: Node, attrs: Fold): Node => foldPrim.make([x], attrs)
