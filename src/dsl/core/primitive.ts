/** Making records into primitives. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { TypegradError } from '../errors.js'
import { intern } from './intern.js'
import type { Primitive, PrimitiveSpec } from './node.js'

export type { AnyPrimitive, AttrsOf, Cotangents, Primitive, PrimitiveSpec } from './node.js'

/** Makes a record into a primitive. */
export const primitive = <A = object>(spec: PrimitiveSpec<A>): Primitive<A> => {
  const prim: Primitive<A> = {
    ...spec,
    make: (inputs, attrs) => {
      const type = spec.type(inputs, attrs)
      if (isLeft(type)) throw new TypegradError('shape', type.left)
      return intern(prim, inputs, attrs, type.right)
    },
  }
  return prim
}
