/** Typed functions of one tensor, made from builders. */
import type { Node } from '../core/node.js'
import type { DTypeClass } from '../shape/dtype.js'
import type { Unary } from '../shape/elementwise.js'
import { nodeOfClass, tensorOf } from './typed.js'

/** Makes a typed function of one tensor from a builder. */
export const unary =
  <Op extends string, C extends DTypeClass>(op: Op, dtypes: C, build: (x: Node) => Node): Unary<Op, C> =>
  (x: unknown) =>
    tensorOf<never, never>(build(nodeOfClass(op, x, dtypes)))
