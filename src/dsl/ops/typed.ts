/** The boundary between typed tensors and the untyped graph: a node is the tensor, and this is the only place that says so. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Node } from '../core/node.js'
import { broadcastTo, scalar } from '../core/build.js'
import { TypegradError } from '../errors.js'
import { broadcastShape } from '../shape/broadcast.js'
import type { Checked } from '../shape/check.js'
import { acceptsDType, sameDType, type DTypeClass } from '../shape/dtype.js'
import type { DType, Shape, Tensor } from '../tensor.js'

/** The value of a rule, or the sentence as an error. */
export const must = <T>(checked: Checked<T>): T => {
  if (isLeft(checked)) throw new TypegradError('shape', checked.left)
  return checked.right
}

/** What a message says of a value that is not a tensor. */
const describe = (x: unknown): string =>
  Array.isArray(x)
    ? 'an array is given; wrap it in tensor(...)'
    : x !== null && typeof x === 'object'
      ? 'an object is given'
      : typeof x === 'string'
        ? `"${x}" is given`
        : `${String(x)} is given`

/** The node behind a tensor; plain JavaScript callers may pass anything. */
export const nodeOf = (op: string, x: unknown): Node => {
  if (typeof x === 'object' && x !== null && 'prim' in x) return x as Node
  throw new TypegradError('value', `${op}: a tensor was expected but ${describe(x)}`)
}

/** A node as the tensor whose type a rule has computed. */
export const tensorOf = <S extends Shape, D extends DType>(node: Node): Tensor<S, D> => node as unknown as Tensor<S, D>

/** A node whose dtype is of the class. */
export const nodeOfClass = (op: string, x: unknown, dtypes: DTypeClass): Node => {
  const node = nodeOf(op, x)
  must(acceptsDType(op, node.dtype, dtypes))
  return node
}

/** A plain number as a scalar of a dtype. */
export const scalarLike = (op: string, x: number, dtype: DType): Node => {
  if (dtype === 'int32' && !Number.isInteger(x))
    throw new TypegradError('value', `${op}: ${x} is not an int32; cast the tensor to float32 first`)
  return scalar(x, dtype)
}

/** Two operands of one dtype and one shape: numbers become scalars, smaller shapes are repeated. */
export const aligned = (op: string, a: unknown, b: unknown, dtypes: DTypeClass): readonly [Node, Node] => {
  const dtype = typeof a !== 'number' ? nodeOf(op, a).dtype : typeof b !== 'number' ? nodeOf(op, b).dtype : 'float32'
  const x = typeof a === 'number' ? scalarLike(op, a, dtype) : nodeOf(op, a)
  const y = typeof b === 'number' ? scalarLike(op, b, dtype) : nodeOf(op, b)
  must(acceptsDType(op, x.dtype, dtypes))
  must(acceptsDType(op, y.dtype, dtypes))
  must(sameDType(op, x.dtype, y.dtype))
  const shape = must(broadcastShape(op, x.shape, y.shape))
  return [broadcastTo(x, shape), broadcastTo(y, shape)]
}
