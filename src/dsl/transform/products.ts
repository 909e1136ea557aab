/** Jacobian products of functions of trees: forwards and backwards. */
import * as core from '../core/gradient.js'
import type { Node } from '../core/node.js'
import { leavesLike } from '../core/trees.js'
import { matchTree, type MatchTree } from '../define/match-tree.js'
import { must } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import { floatLeaves, type Differentiable } from './check.js'
import { like, outputsOf, variablesFor } from './linearise.js'

/**
 * The value of a function and its Jacobian-vector product: how the result changes when the arguments move along the tangents. Tangents have
 * the types of the arguments.
 *
 * Throws a `TypegradError` when a leaf of the arguments is not float32 or a tangent has another type.
 *
 * @example
 * ```ts
 * const [y, dy] = jvp((x: Tensor<[2]>) => mul(x, x), [tensor([1, 2])], [tensor([1, 1])])
 * dy // [2, 4]
 * ```
 */
export function jvp<const A extends readonly unknown[], R, const T>(
  f: (...args: A) => R, primals: A & Arg<Differentiable<A, 'jvp', 'primals'>, unknown>, tangents: Arg<MatchTree<A, T, 'jvp: tangents'>, T>,
): readonly [value: R, tangent: R] {
  floatLeaves('jvp', primals, 'primals')
  must(matchTree(primals, tangents, 'jvp: tangents'))
  const at = variablesFor<A>(primals)
  const result = f(...at.variables)
  const outputs = outputsOf(result)
  const pushed = core.jvp(outputs, at.nodes, leavesLike<Node>(primals, tangents, 'tangents'))
  return [like(result, at.back(outputs)), like(result, at.back(pushed))]
}

/**
 * The value of a function at its arguments, and the function that pulls cotangents of the result back to the arguments (the vector-Jacobian
 * product).
 *
 * Throws a `TypegradError` when a leaf of the arguments is not float32 or a cotangent has another type.
 *
 * @example
 * ```ts
 * const [y, pull] = vjp((x: Tensor<[2]>) => mul(x, x), tensor([1, 2]))
 * pull(tensor([1, 1]))[0] // [2, 4]
 * ```
 */
export function vjp<A extends readonly unknown[], R>(
  f: (...args: A) => R, ...primals: A & Arg<Differentiable<A, 'vjp', 'primals'>, unknown>
): readonly [value: R, pull: <const C>(cotangents: Arg<MatchTree<R, C, 'vjp: cotangents'>, C>) => A] {
  floatLeaves('vjp', primals, 'primals')
  const at = variablesFor<A>(primals)
  const result = f(...at.variables)
  const outputs = outputsOf(result)
  const value = like(result, at.back(outputs))
  return [value, cotangents => {
    must(matchTree(value, cotangents, 'vjp: cotangents'))
    const pulled = core.vjp(outputs, leavesLike<Node>(value, cotangents, 'cotangents'), at.nodes)
    return like<A>(primals, at.back(pulled.map((g, i) => g ?? core.zerosLike(at.nodes[i]))))
  }]
}
