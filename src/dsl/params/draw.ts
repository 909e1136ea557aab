/** The expression of each initialiser. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { InitSpec } from '../core/primitives/leaves.js'
import { sizeOf } from '../value.js'
import { TypegradError } from '../errors.js'
import { orthogonalMatrix } from './orthogonal.js'
import { standardNormal } from '../core/standard-normal.js'

type Sizes = readonly number[]
type Draw<I> = (key: Node, shape: Sizes, init: I, path: string) => Node

/** Inputs and outputs of one unit, by the conventions of initialisers.ts. */
const fans = (shape: Sizes): readonly [number, number] => {
  if (shape.length < 2) return [sizeOf(shape), sizeOf(shape)]
  const window = sizeOf(shape.slice(0, -2))
  return [window * shape[shape.length - 2], window * shape[shape.length - 1]]
}

const between = (key: Node, shape: Sizes, low: number, high: number): Node => core.add(core.mul(core.uniform(key, shape), high - low), low)
const scaled = (key: Node, shape: Sizes, variance: number, distribution: 'uniform' | 'normal'): Node =>
  distribution === 'normal' ? core.mul(standardNormal(key, shape), Math.sqrt(variance))
    : between(key, shape, -Math.sqrt(3 * variance), Math.sqrt(3 * variance))

const draws: { readonly [K in InitSpec['kind']]: Draw<Extract<InitSpec, { kind: K }>> } = {
  glorot: (key, shape, { gain = 1, distribution = 'uniform' }) => {
    const [fanIn, fanOut] = fans(shape)
    return scaled(key, shape, 2 * gain ** 2 / (fanIn + fanOut), distribution)
  },
  he: (key, shape, { gain = Math.SQRT2, distribution = 'uniform' }) => scaled(key, shape, gain ** 2 / fans(shape)[0], distribution),
  orthogonal: (key, shape, { gain = 1 }, path) => {
    if (shape.length < 2)
      throw new TypegradError('shape', `initialise: ${path} is [${shape.join(', ')}], but orthogonal needs at least 2 axes`)
    const columns = shape[shape.length - 1]
    return core.mul(core.reshape(orthogonalMatrix(key, sizeOf(shape) / columns, columns), shape), gain)
  },
  normal: (key, shape, { mean = 0, std = 1 }) => core.add(core.mul(standardNormal(key, shape), std), mean),
  uniform: (key, shape, { low = 0, high = 1 }) => between(key, shape, low, high),
  constant: (_, shape, { value }, path) => {
    if (typeof value === 'number') return core.full(value, shape)
    if (value.length !== sizeOf(shape))
      throw new TypegradError('value',
        `initialise: ${path} is [${shape.join(', ')}] with ${sizeOf(shape)} elements, but its constant has ${value.length}`)
    return core.constant({ shape, dtype: 'float32', data: Float64Array.from(value) })
  },
}

/** Where nothing is said: matrices and kernels are Glorot uniform, vectors and scalars 0. */
const byRank = (shape: Sizes): InitSpec => shape.length >= 2 ? { kind: 'glorot' } : { kind: 'constant', value: 0 }

export const drawParameter = (key: Node, shape: Sizes, init: InitSpec = byRank(shape), path = 'parameter'): Node => {
  const draw = draws[init.kind] as Draw<InitSpec> | undefined
  if (!draw) {
    const kinds = Object.keys(draws).join(', ')
    throw new TypegradError('value', `initialise: ${path} has an initialiser of kind ${String(init.kind)}; there are ${kinds}`)
  }
  return draw(key, shape, init, path)
}
