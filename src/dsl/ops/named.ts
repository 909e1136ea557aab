/** Names for expressions: what errors, printed expressions, audits and formulas call them. */
import { named as namedNode, namedCall } from '../core/build.js'
import type { Node } from '../core/node.js'
import { isLeaf, leavesOf } from '../core/trees.js'
import type { AnyTensor } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { nodeOf, tensorOf } from './typed.js'

/** How a name is printed in formulas, where it is not the name itself: LaTeX, as in `'\\hat{x}'`. */
export interface NameOptions { readonly latex?: string }

const checkName = (op: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '')
    throw new TypegradError('value', `${op}: a name was expected but ${JSON.stringify(name)} is given`)
}

/**
 * The tensor itself, under a name that printed expressions, errors, audits and formulas show.
 *
 * @example
 * ```ts
 * const z = named('z', matmul(f32('B', 2), f32(2, 3)))
 * const odds = named('odds', z, { latex: '\\ell' })
 * ```
 */
export function named<S extends Shape, D extends DType>(name: string, x: Tensor<S, D>, { latex }: NameOptions = {}): Tensor<S, D> {
  checkName('named', name)
  return tensorOf(namedNode(name, nodeOf('named', x), latex))
}

/** Records and lists of tensors are arguments that a formula can name; numbers and functions are not. */
const leavesIn = (argument: unknown): Node[] =>
  isLeaf(argument) || typeof argument === 'object' && argument !== null ? leavesOf<Node>(argument).map(l => l.leaf) : []

/**
 * A function of tensors and trees of them under a name: its results are `named`, and readers know what it was applied to, so that a formula
 * says `D(G(z))` and a diagram draws one box for each application.
 *
 * @example
 * ```ts
 * const critic = block('f', (p: { w: Tensor<[2, 1]> }, x: Tensor<['B', 2]>) => matmul(tanh(x), p.w))
 * const scores = critic({ w: f32(2, 1) }, f32('B', 2))
 * ```
 */
export const block = <A extends readonly unknown[], R extends AnyTensor>(
  name: string, f: (...args: A) => R, { latex }: NameOptions = {},
): ((...args: A) => R) => {
  checkName('block', name)
  return (...args) => {
    const result = nodeOf(name, f(...args))
    const called: unknown = namedCall(name, result, args.map(leavesIn), latex)
    return called as R
  }
}
