/**
 * Layers as type-level functions: a layer carries its parameters' specs, and the shape it gives for each input shape as a type function, so
 * that `seq` and `pipe` check step by step and say which step does not fit.
 */
import type { Node } from '../core/node.js'
import { must } from '../ops/typed.js'
import type { Arg, Ok } from '../shape/check.js'
import type { Shape, Tensor } from '../tensor.js'
import type { Definition } from './definition.js'
import { matchTree, type MatchTree } from './match-tree.js'
import { remember, type StepShapes } from './trial.js'
import type { SubstituteTree } from './tree.js'
import type { Apply, TypeFunction } from './type-function.js'
import type { Solve } from './unify-tree.js'

/** A layer's type function: `out` is the shape for the shape `in`, or the message; `accepts` what inputs look like, where that is known. */
export interface ShapeFunction extends TypeFunction { readonly accepts?: Shape }

/** A layer whose parameters are in place: a function of one tensor. */
export interface Step<F extends TypeFunction> {
  readonly shapes?: F
  <X extends Shape>(x: Arg<Apply<F, X>, Tensor<X>>): Tensor<Ok<Apply<F, X>>>
}

/** A function of parameters and one tensor. */
export interface Layer<F extends TypeFunction, P> {
  readonly shapes?: F
  /** The parameters' specs. */
  readonly params: P
  <const Q, X extends Shape>(params: Arg<MatchTree<P, Q, 'params'>, Q>, x: Arg<Apply<F, X>, Tensor<X>>): Tensor<Ok<Apply<F, X>>>
  /** The layer with its parameters in place, for `pipe`. */
  with<const Q>(params: Arg<MatchTree<P, Q, 'params'>, Q>): Step<F>
}

/** The shape function of a definition of one argument. */
export interface Defined<P, A extends readonly unknown[], R> extends TypeFunction {
  readonly out: this['in'] extends infer X extends Shape ? DefinedShape<R, Solve<P, A, P, [Tensor<X>]>> : never
}
type DefinedShape<R, Z> =
  Z extends string ? Z : SubstituteTree<R, Z> extends Tensor<infer S extends Shape> ? S : 'layer: a layer returns one float32 tensor'

/** A body as plain JavaScript sees it. */
type LayerBody = (params: unknown, x: Node) => unknown

/** The value behind `Layer`: the one place that vouches for its type. */
export const makeLayer = <F extends TypeFunction, P>(params: P, body: LayerBody, shapes?: StepShapes): Layer<F, P> => {
  const checked = (given: unknown): unknown => {
    must(matchTree(params, given, 'params'))
    return given
  }
  const call = (given: unknown, x: Node): unknown => body(checked(given), x)
  const bind = (given: unknown) => {
    checked(given)
    const ready = (x: Node): unknown => body(given, x)
    if (shapes) remember(ready, shapes)
    return ready
  }
  if (shapes) remember(call, shapes)
  return Object.assign(call, { params, with: bind }) as unknown as Layer<F, P>
}

/**
 * A layer of your own from a definition of one argument: its symbols are unified with each input, its parameters keep theirs (`.at` puts
 * sizes for them first).
 *
 * Throws a `TypegradError`, when it is applied, that names the argument's or parameter's sizes that clash.
 *
 * @example
 * ```ts
 * const scaled = layer(define({ s: f32('D') }, [f32('B', 'D')], (p, x) => mul(x, p.s)).at({ D: 128 }))
 * const net = seq(linear(784, 128), scaled, relu)
 * ```
 */
export function layer<P, A extends readonly [unknown], R>(definition: Definition<P, A, R>): Layer<Defined<P, A, R>, P> {
  const apply: unknown = definition
  return makeLayer(definition.params, apply as LayerBody)
}

/**
 * A layer of your own with a shape function of your own, for layers of any rank: `interface Twice extends TypeFunction { out: ... }`, then
 * `layerOf<Twice>()(params, body)`.
 *
 * @example
 * ```ts
 * interface LastDoubled extends TypeFunction {
 *   readonly out: this['in'] extends readonly [...infer P extends Shape, infer D extends Dim] ? [...P, D, 2] : 'doubled: no axis'
 * }
 * const doubled = layerOf<LastDoubled>()({}, (_, x) => stack([x, x], -1))
 * ```
 */
export const layerOf = <F extends TypeFunction>() => <const P>(params: P, body: OwnBody<P>): Layer<F, P> => {
  const untyped: unknown = body
  return makeLayer(params, untyped as LayerBody)
}
/** Written as a method, so that the tensor may be annotated with any shape: the shape function vouches for it. */
type OwnBody<P> = { body(params: P, x: Tensor<Shape>): unknown }['body']
