/** Matrix products and convolutions: bilinear primitives. Every gradient of a convolution is again one of the three here. */
import { left, right } from 'fp-ts/lib/Either.js'
import { mulDim, sameDim, showShape, sizeOfShape } from '../../shape/dim.js'
import type { Dim, Shape } from '../../tensor.js'
import type { Node, TensorType } from '../node.js'
import { primitive } from '../primitive.js'
import { reshape, transpose } from './structure.js'
import { convOutput, misfit, type Geometry } from './window.js'

const swapLast = (x: Node): Node => transpose(x, [...x.shape.keys()].map(i => i === x.shape.length - 1 ? i - 1 : i === x.shape.length - 2
  ? i + 1 : i))
const matrix = (x: Node): Node => reshape(x, [sizeOfShape(x.shape.slice(0, -1)), x.shape[x.shape.length - 1]])

export const matmulPrim = primitive({
  op: 'matmul',
  summary: 'Matrix product over the last two axes; leading axes are a batch, which a matrix on the right serves whole.',
  latex: ([a, b]) => `${a} ${b}`,
  type: ([a, b]) => {
    const [ra, rb] = [a.shape.length, b.shape.length]
    if (ra < 2 || rb < 2) return left(`matmul: ${showShape(a.shape)} x ${showShape(b.shape)} needs at least 2 axes on both sides`)
    if (!sameDim(a.shape[ra - 1], b.shape[rb - 2]))
      return left(`matmul: inner dimensions ${a.shape[ra - 1]} and ${b.shape[rb
        - 2]} differ, in ${showShape(a.shape)} x ${showShape(b.shape)}`)
    if (rb > 2 && (ra !== rb || !a.shape.slice(0, -2).every((d, i) => sameDim(d, b.shape[i]))))
      return left(`matmul: batch axes of ${showShape(a.shape)} and ${showShape(b.shape)} differ`)
    return a.dtype === 'float32' && b.dtype === 'float32' ? right({ shape: [...a.shape.slice(0, -1), b.shape[rb - 1]], dtype: 'float32' })
      : left(`matmul: ${a.dtype} and ${b.dtype} but float32 was expected`)
  },
  // A shared right operand sums over the batch: fold the batch into rows, so that it is one product.
  vjp: (g, { inputs: [a, b] }) => [
    matmul(g, swapLast(b)),
    b.shape.length === 2 ? matmul(swapLast(matrix(a)), matrix(g)) : matmul(swapLast(a), g),
  ],
  flops: ({ shape, inputs: [a] }) => mulDim(mulDim(2, a.shape[a.shape.length - 1]), sizeOfShape(shape)),
  example: 'matmul(tensor([[1, 2], [3, 4]]), tensor([[1], [1]]))',
})
export const matmul = (a: Node, b: Node): Node => matmulPrim.make([a, b], {})

export interface Conv extends Geometry { readonly groups: number }

/** Why a convolution of an image by a kernel into an output does not exist, where sizes are known; null when it does. */
const fault = (op: string, types: readonly TensorType[], [x, w, y]: readonly (Shape | null)[], g: Conv): string | null => {
  const other = types.find(t => t.dtype !== 'float32')
  if (other) return `${op}: ${other.dtype} but float32 was expected`
  if (x && x.length !== 4) return `${op}: input ${showShape(x)} is not [batch, height, width, channels]`
  if (w && w.length !== 4) return `${op}: kernel ${showShape(w)} is not [KH, KW, Cin, Cout]`
  if (y && y.length !== 4) return `${op}: output ${showShape(y)} is not [batch, height, width, channels]`
  if (x && w && !sameDim(x[3], mulDim(w[2], g.groups))) return `${op}: input has ${x[3]} channels but the kernel expects ${mulDim(w[2],
    g.groups)}`
  const cout = w?.[3] ?? y?.[3]
  if (typeof cout === 'number' && cout % g.groups !== 0) return `${op}: ${cout} output channels do not divide into ${g.groups} groups`
  if (w && y && !sameDim(w[3], y[3])) return `${op}: kernel ${showShape(w)} and output ${showShape(y)} differ in their last axis`
  if (x && y && !sameDim(x[0], y[0])) return `${op}: batches of ${x[0]} and ${y[0]} differ`
  return null
}
const spatial = (w: Shape): [number, number] => [w[0] as number, w[1] as number]
const macs = (out: Shape, w: Shape): Dim => mulDim(2, mulDim(sizeOfShape(out), sizeOfShape(w.slice(0, 3))))

export const conv2dPrim = primitive<Conv>({
  op: 'conv2d',
  summary: 'Cross-correlation of images [B, H, W, Cin] with kernels [KH, KW, Cin / groups, Cout].',
  latex: ([x, w]) => `${x} \\star ${w}`,
  type: ([x, w], a) => {
    const wrong = fault('conv2d', [x, w], [x.shape, w.shape, null], a)
    if (wrong !== null) return left(wrong)
    const counts = [0, 1].map(i => convOutput(x.shape[1 + i], spatial(w.shape)[i], a, i))
    const fits = misfit('conv2d', x.shape.slice(1, 3), w.shape, counts, a)
    return fits === null ? right({ shape: [x.shape[0], ...counts, w.shape[3]], dtype: 'float32' }) : left(fits)
  },
  vjp: (g, { inputs: [x, w], attrs }) => [
    conv2dInput(g, w, { ...attrs, size: [x.shape[1], x.shape[2]] }),
    conv2dKernel(x, g, { ...attrs, kernel: spatial(w.shape) }),
  ],
  flops: ({ shape, inputs: [, w] }) => macs(shape, w.shape),
  example: 'conv2d(ones([1, 3, 3, 1]), ones([2, 2, 1, 1]))',
})
export const conv2d = (x: Node, w: Node, attrs: Conv): Node => conv2dPrim.make([x, w], attrs)

/** `size` is the height and width that come out: a stride leaves several sizes possible. */
export interface ConvInput extends Conv { readonly size: readonly Dim[] }
export const conv2dInputPrim = primitive<ConvInput>({
  op: 'conv2dInput',
  summary: 'The transpose of conv2d in its input: spreads [B, OH, OW, Cout] over [B, H, W, Cin]; also called transposed convolution.',
  latex: ([y, w]) => `${y} \\star^\\top ${w}`,
  type: ([y, w], a) => {
    const wrong = fault('conv2dTranspose', [y, w], [null, w.shape, y.shape], a) ?? misfit('conv2dTranspose', a.size, w.shape,
      y.shape.slice(1, 3), a)
    return wrong === null ? right({ shape: [y.shape[0], a.size[0], a.size[1], mulDim(w.shape[2], a.groups)], dtype: 'float32' })
      : left(wrong)
  },
  vjp: (g, { inputs: [y, w], attrs: { size: _, ...conv } }) => [conv2d(g, w, conv), conv2dKernel(g, y, { ...conv,
    kernel: spatial(w.shape) })],
  flops: ({ inputs: [y, w] }) => macs(y.shape, w.shape),
  example: 'conv2dTranspose(ones([1, 2, 2, 1]), ones([2, 2, 1, 1]))',
  mapDims: (a, f) => ({ ...a, size: a.size.map(f) }),
})
export const conv2dInput = (y: Node, w: Node, attrs: ConvInput): Node => conv2dInputPrim.make([y, w], attrs)

/** `kernel` is the height and width of the kernel that comes out. */
export interface ConvKernel extends Conv { readonly kernel: readonly [number, number] }
export const conv2dKernelPrim = primitive<ConvKernel>({
  op: 'conv2dKernel',
  summary: 'The transpose of conv2d in its kernel: images [B, H, W, Cin] and [B, OH, OW, Cout] become [KH, KW, Cin / groups, Cout].',
  latex: ([x, y]) => `${x} \\star_{w} ${y}`,
  type: ([x, y], a) => {
    const wrong = fault('conv2d', [x, y], [x.shape, null, y.shape], a) ?? misfit('conv2d', x.shape.slice(1, 3), a.kernel, y.shape.slice(1,
      3), a)
    if (wrong !== null) return left(wrong)
    const cin = x.shape[3]
    return typeof cin !== 'number' || cin % a.groups !== 0 ? left(`conv2d: ${cin} channels do not divide into ${a.groups} groups`)
      : right({ shape: [...a.kernel, cin / a.groups, y.shape[3]], dtype: 'float32' })
  },
  vjp: (g, { inputs: [x, y], attrs: { kernel: _, ...conv } }) => [conv2dInput(y, g, { ...conv, size: [x.shape[1], x.shape[2]] }), conv2d(x,
    g, conv)],
  flops: ({ shape, inputs: [, y] }) => macs(y.shape, shape),
  example: 'grad((w: Tensor<[2, 2, 1, 1]>) => sum(conv2d(ones([1, 3, 3, 1]), w)))(ones([2, 2, 1, 1]))',
})
export const conv2dKernel = (x: Node, y: Node, attrs: ConvKernel): Node => conv2dKernelPrim.make([x, y], attrs)
