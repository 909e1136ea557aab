/** Making records into primitives. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { TypegradError } from '../errors.js'
import { interning } from './intern.js'
import type { Node, Primitive, PrimitiveSpec, TensorType } from './node.js'

export type { AnyPrimitive, AttrsOf, Cotangents, Primitive, PrimitiveSpec } from './node.js'

/** Makes a record into a primitive. */
export const primitive = <A = object>(spec: PrimitiveSpec<A>): Primitive<A> => {
  const typeOf = (inputs: readonly Node[], attrs: A): TensorType => {
    const type = spec.type(inputs, attrs)
    if (isLeft(type)) throw new TypegradError('shape', type.left)
    return type.right
  }
  const prim: Primitive<A> = { ...spec, make: (inputs, attrs) => make(inputs, attrs) }
  const make = interning(prim, typeOf)
  return prim
}
