/** Gradients of scalar functions of a parameter tree. */
import { gradientOf } from '../core/build.js'
import { gradient, jvp } from '../core/gradient.js'
import type { Node } from '../core/node.js'
import { leavesLike } from '../core/trees.js'
import type { Definition } from '../define/definition.js'
import { matchTree, type MatchTree } from '../define/match-tree.js'
import { must } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import type { Sizes } from '../shape/subst.js'
import type { Tensor } from '../tensor.js'
import { floatLeaves, scalarLoss, type AnyFunction, type Loss, type Parts, type Plain } from './check.js'
import { like, variablesFor } from './linearise.js'

/** The type of a function of the same arguments with another result; a definition stays one. */
export type Returning<F, R> =
  F extends Definition<infer P, infer A, infer Old> ? Old extends unknown ? Definition<P, A, R> : never
    : Parts<F> extends readonly [infer P, infer A extends readonly unknown[], unknown] ? (params: P, ...args: A) => R : never
type ParamsOf<F> = Parts<F> extends readonly [infer P, unknown, unknown] ? P : never
type ArgsOf<F> = Parts<F> extends readonly [unknown, infer A extends readonly unknown[], unknown] ? A : never

interface Polymorphic extends Plain { readonly params?: unknown; readonly at?: (sizes: Sizes) => Plain }

/** The transform of a function; of a definition, at any sizes too. */
const transform = (f: Polymorphic, to: (f: Plain) => Plain): Plain => {
  const { params, at } = f
  return at ? Object.assign(to(f), { params, at: (sizes: Sizes) => transform(at(sizes), to) }) : to(f)
}

const differentiate = (op: string, f: Plain, params: unknown, args: readonly unknown[]): readonly [value: unknown, gradient: unknown] => {
  floatLeaves(op, params, 'params')
  const at = variablesFor(params)
  const loss = scalarLoss(op, f(at.variables, ...args))
  const [value, ...rest] = at.back([loss, ...gradient(loss, at.nodes), ...at.nodes])
  const gradients = rest.slice(0, at.nodes.length).map((g, i) => gradientOf(g, value, rest[at.nodes.length + i]))
  return [value, like(params, gradients)]
}

/**
 * The gradient of a scalar function in its first argument: a function of the same arguments that returns a tree of that argument's type.
 * It is an expression, so gradients of gradients need nothing more. The gradient of a definition is a definition.
 *
 * Throws a `TypegradError` when the loss is not a float32 scalar, or a leaf of the first argument is not float32.
 *
 * @example
 * ```ts
 * const loss = (p: { w: Tensor<[3]> }, x: Tensor<[3]>) => sum(mul(p.w, x))
 * grad(loss)({ w: tensor([1, 2, 3]) }, tensor([4, 5, 6])).w // [4, 5, 6]
 * ```
 */
export function grad<F extends AnyFunction>(f: Arg<Loss<F, 'grad'>, F>): Returning<F, ParamsOf<F>>
export function grad(f: unknown): unknown {
  return transform(f as Plain, g => (params, ...args) => differentiate('grad', g, params, args)[1])
}

/**
 * The value of a scalar function and its gradient in the first argument, which share their computation.
 *
 * Throws as `grad` does.
 *
 * @example
 * ```ts
 * const [value, gradient] = valueAndGrad((w: Tensor<[2]>) => sum(mul(w, w)))(tensor([1, 2]))
 * gradient // [2, 4]
 * ```
 */
export function valueAndGrad<F extends AnyFunction>(f: Arg<Loss<F, 'valueAndGrad'>, F>): Returning<F, readonly [Tensor<[]>, ParamsOf<F>]>
export function valueAndGrad(f: unknown): unknown {
  return transform(f as Plain, g => (params, ...args) => differentiate('valueAndGrad', g, params, args))
}

/** The type of a Hessian-vector product. */
export interface HessianProduct<P, A extends readonly unknown[]> {
  <const V>(params: P, direction: Arg<MatchTree<P, V, 'hvp: direction'>, V>, ...args: A): P
}

/**
 * The product of a scalar function's Hessian in the first argument with a direction of the same types, by forward over reverse mode: its
 * cost is a small multiple of the function's (Pearlmutter, 1994).
 *
 * Throws as `grad` does, and when the direction's types are not those of the first argument.
 *
 * @example
 * ```ts
 * hvp((w: Tensor<[2]>) => sum(mul(w, mul(w, w))))(tensor([1, 2]), tensor([1, 0])) // [6, 0]
 * ```
 */
export function hvp<F extends AnyFunction>(f: Arg<Loss<F, 'hvp'>, F>): HessianProduct<ParamsOf<F>, ArgsOf<F>>
export function hvp(f: unknown): unknown {
  return (params: unknown, direction: unknown, ...args: readonly unknown[]) => {
    floatLeaves('hvp', params, 'params')
    must(matchTree(params, direction, 'hvp: direction'))
    const at = variablesFor(params)
    const loss = scalarLoss('hvp', (f as Plain)(at.variables, ...args))
    return like(params, at.back(jvp(gradient(loss, at.nodes), at.nodes, leavesLike<Node>(params, direction, 'direction'))))
  }
}
