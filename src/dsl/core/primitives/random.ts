/** Counter-based randomness (Salmon et al., 2011: Threefry-2x32, 20 rounds): the same key gives the same bits on every engine. */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import { showShape, sizeOfShape } from '../../shape/dim.js'
import type { DType, Dim, Shape } from '../../tensor.js'
import type { Node, TensorType } from '../node.js'
import { primitive } from '../primitive.js'

/**
 * Word i of the result (row-major) is half of block floor(i / 2): threefry2x32(key, [stream, floor(i / 2)]), the first output word for
 * even i and the second for odd i. Streams make independent draws from one key.
 */
export interface Random { readonly shape: Shape; readonly stream: number }
const drawn = (op: string, dtype: DType) => ([key]: readonly TensorType[], { shape }: Random): Either<string, TensorType> =>
  key.dtype === 'int32' && key.shape.length === 1 && key.shape[0] === 2 ? right({ shape, dtype })
    : left(`${op}: a key is int32 [2] but ${key.dtype} ${showShape(key.shape)} is given; make one with key(seed)`)
const mapDims = (a: Random, f: (d: Dim) => Dim): Random => ({ ...a, shape: a.shape.map(f) })

export const randomBitsPrim = primitive<Random>({
  op: 'randomBits',
  summary: 'Uniform 32-bit words, as int32, from a key.',
  latex: ([k]) => `\\mathrm{bits}(${k})`,
  type: drawn('randomBits', 'int32'),
  vjp: null,
  flops: ({ shape }) => sizeOfShape(shape),
  example: 'randomBits(key(0), [2])',
  mapDims,
})

export const uniformPrim = primitive<Random>({
  op: 'uniform',
  summary: 'Uniform numbers in [0, 1) from a key: the upper 24 bits of each word times 2^-24, exact in float32.',
  latex: ([k]) => `u \\sim \\mathcal{U}(0, 1)_{${k}}`,
  type: drawn('uniform', 'float32'),
  vjp: null,
  flops: ({ shape }) => sizeOfShape(shape),
  example: 'uniform(key(0), [2])',
  mapDims,
})

export const randomBits = (key: Node, shape: Shape, stream = 0): Node => randomBitsPrim.make([key], { shape, stream })
export const uniform = (key: Node, shape: Shape, stream = 0): Node => uniformPrim.make([key], { shape, stream })
