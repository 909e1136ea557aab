/** What can be differentiated: float32 leaves, and losses that are float32 scalars; in types and at run time. */
import type { Node } from '../core/node.js'
import { isLeaf, leavesOf } from '../core/trees.js'
import type { First } from '../define/keys.js'
import type { Definition } from '../define/definition.js'
import { TypegradError } from '../errors.js'
import { showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import type { Shape, Tensor } from '../tensor.js'

/** Any function of trees; parameters are `never`, so that an unannotated one cannot be used by accident. */
export type AnyFunction = (...args: never) => unknown

/** The parameter tree, the further arguments and the result of a function or definition. */
export type Parts<F> =
  F extends Definition<infer P, infer A, infer R> ? readonly [P, A, R]
    : F extends (...args: infer All) => infer R
      ? All extends readonly [infer P, ...infer A] ? readonly [P, A, R] : readonly [never, [], R]
      : never

/** A function as plain JavaScript sees it. */
export type Plain = (...args: readonly unknown[]) => unknown

/* ---------- in types ---------- */

/** `[]` when the leaves of `T` are float32, else the message. */
export type Differentiable<T, Op extends string, W extends string> =
  NotFloat<T, W> extends infer M ? [M] extends [never] ? [] : `${Op}: ${First<M>}; only float32 has a gradient` : never
type NotFloat<T, W extends string> =
  T extends Tensor<Shape, infer D> ? [D] extends ['float32'] ? never : `${W} is ${D}`
    : T extends readonly unknown[] ? NotFloatEach<T, W>
      : T extends object
        ? string extends keyof T ? never : { [K in keyof T & string]: NotFloat<T[K], `${W}.${K}`> }[keyof T & string]
        : never
type NotFloatEach<T extends readonly unknown[], W extends string, I extends 0[] = []> =
  T extends readonly [infer H, ...infer R] ? NotFloat<H, `${W}.${I['length']}`> | NotFloatEach<R, W, [...I, 0]> : never

/** `[]` when `R` is a float32 scalar, else the message. */
export type ScalarLoss<R, Op extends string> =
  [R] extends [never] ? []
    : R extends Tensor<infer S, infer D>
      ? D extends 'float32' ? S extends readonly [] ? [] : number extends S['length'] ? [] : NotScalar<Op, `float32 ${Show<S>}`>
        : NotScalar<Op, `${D} ${Show<S>}`>
      : NotScalar<Op, 'no tensor'>
type NotScalar<Op extends string, What extends string> = `${Op}: a float32 scalar loss is needed, not ${What}`

/** `[]` when the loss `F` can be differentiated in its first argument, else the message. */
export type Loss<F, Op extends string> =
  Parts<F> extends readonly [infer P, unknown, infer R]
    ? Differentiable<P, Op, 'params'> extends infer M ? M extends string ? M : ScalarLoss<R, Op> : never
    : never

/* ---------- at run time ---------- */

const refuse = (sentence: string): never => { throw new TypegradError('shape', sentence) }

/** The leaves of a tree, which must be float32. */
export const floatLeaves = (op: string, tree: unknown, where: string): Node[] => {
  const leaves = leavesOf<Node>(tree, where)
  const [first] = leaves.filter(({ leaf }) => leaf.dtype !== 'float32').map(({ leaf, path }) => `${path} is ${leaf.dtype}`).sort()
  if (first !== undefined) refuse(`${op}: ${first}; only float32 has a gradient`)
  return leaves.map(({ leaf }) => leaf)
}

/** The loss as a node, which must be a float32 scalar. */
export const scalarLoss = (op: string, loss: unknown): Node => {
  const is = isLeaf(loss) ? `${loss.dtype} ${showShape(loss.shape)}` : 'no tensor'
  return is === 'float32 []' ? loss as Node : refuse(`${op}: a float32 scalar loss is needed, not ${is}`)
}
