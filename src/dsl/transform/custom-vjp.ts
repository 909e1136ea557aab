/** Functions with a gradient rule of the user's own. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { matchTree, type MatchTree } from '../define/match-tree.js'
import type { AnyTensor } from '../define/tree.js'
import { must } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import type { Shape, Tensor } from '../tensor.js'
import type { Plain } from './check.js'

/** The cotangents a rule returns: one an argument, of its type; `null` where nothing flows. */
type Cotangents<A extends readonly AnyTensor[], C> = { readonly [K in keyof A]: K extends keyof C ? C[K] extends null ? null : A[K] : A[K] }

/**
 * A function whose gradient is the given rule instead of the one that follows from its body: for numerical stability, or estimators such as
 * straight-through. The rule gets the cotangent of the result, the result and the arguments, and returns a cotangent for each argument.
 *
 * Throws a `TypegradError` when a cotangent has not the type of its argument.
 *
 * @example
 * ```ts
 * const round01 = customVjp((x: Tensor<[3]>) => round(x), g => [g])
 * grad((x: Tensor<[3]>) => sum(round01(x)))(tensor([0.2, 0.7, 1.4])) // [1, 1, 1]
 * ```
 */
export function customVjp<A extends readonly AnyTensor[], S extends Shape, const C extends readonly (AnyTensor | null)[]>(
  f: (...args: A) => Tensor<S>,
  rule: (cotangent: Tensor<S>, result: Tensor<S>, ...args: A) => Arg<MatchTree<Cotangents<A, C>, C, 'customVjp: cotangents'>, C>,
): (...args: A) => Tensor<S>
export function customVjp(f: unknown, rule: unknown): unknown {
  return (...args: readonly Node[]): Node => core.customVjp((f as Plain)(...args) as Node, args, (g, y, xs) => {
    const cotangents: unknown = (rule as Plain)(g, y, ...xs)
    const given = Array.isArray(cotangents) ? cotangents as readonly (Node | null)[] : undefined
    // null fits every argument: an empty tuple stands for it on both sides.
    must(matchTree(xs.map((x, i) => given?.[i] === null ? [] : x), given?.map(c => c ?? []) ?? cotangents, 'customVjp: cotangents'))
    return given ?? []
  })
}
