/** Names for expressions. */
import { named as namedNode } from '../core/build.js'
import { TypegradError } from '../errors.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { nodeOf, tensorOf } from './typed.js'

/**
 * The tensor itself, under a name that printed expressions and errors show.
 *
 * @example
 * ```ts
 * const z = named('z', matmul(f32('B', 2), f32(2, 3)))
 * ```
 */
export function named<S extends Shape, D extends DType>(name: string, x: Tensor<S, D>): Tensor<S, D> {
  if (typeof name !== 'string' || name === '')
    throw new TypegradError('value', `named: a name was expected but ${JSON.stringify(name)} is given`)
  return tensorOf(namedNode(name, nodeOf('named', x)))
}
