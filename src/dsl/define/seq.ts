/** Layers and functions one after another. */
import { TypegradError } from '../errors.js'
import { must, nodeOf } from '../ops/typed.js'
import type { Ok } from '../shape/check.js'
import type { Show } from '../shape/dim-types.js'
import type { Substitute } from '../shape/subst.js'
import type { UnifyShape } from '../shape/unify.js'
import type { Dim, Shape, Tensor } from '../tensor.js'
import type { Definition } from './definition.js'
import { makeLayer, type Defined, type Layer } from './layer.js'
import { distinct } from './specs.js'
import { inTurn } from './trial.js'
import type { Apply, Same, TypeFunction } from './type-function.js'

/* ---------- what can be a step: a layer, a definition of one argument, a function of one tensor ---------- */

/** An annotated function; its symbols stand for any size, as a definition's do. */
interface Mapped<A extends Shape, B extends Shape, At extends number> extends TypeFunction {
  readonly out: this['in'] extends A ? B
    : this['in'] extends infer X extends Shape
      ? UnifyShape<A, Ranked<X, A>, {}, 'step'> extends infer Z
        ? Z extends string ? `step ${At} takes ${Show<A>} but ${ShowOpen<X>} comes` : Substitute<B, Z>
        : never
      : never
}
/** A shape of which only the last axis is known, with as many axes as another. */
type Ranked<X extends Shape, A extends Shape> =
  number extends X['length']
    ? X extends readonly [...Dim[], infer K extends Dim]
      ? A extends readonly [...infer P, unknown] ? readonly [...{ [I in keyof P]: number }, K] : A
      : X
    : X
type ShowOpen<X extends Shape> =
  number extends X['length'] ? X extends readonly [...Dim[], infer K extends Dim] ? `[..., ${K}]` : 'any shape' : Show<X>
interface NoStep extends TypeFunction { readonly out: 'a step is a layer, a definition or a function of one tensor' }

type FunctionOf<L, At extends number> =
  'shapes' extends keyof L ? Exclude<L['shapes' & keyof L], undefined>
    : L extends Definition<infer P, infer A, infer R> ? Defined<P, A, R>
      : L extends <S extends Shape>(x: Tensor<S>) => Tensor<S> ? Same
        : L extends (x: Tensor<infer A>) => Tensor<infer B> ? Mapped<A, B, At> : NoStep
type Next<L, X, At extends number> =
  [X] extends [never] ? never : FunctionOf<L, At> extends infer F extends TypeFunction ? Apply<F, X> : never

/** The shape after all steps, or the message of the first that does not fit. */
type Fold<Ls, X, Done extends readonly unknown[] = [0]> =
  Ls extends readonly [infer L, ...infer R]
    ? Next<L, X, Done['length']> extends infer Y ? Y extends Shape ? Fold<R, Y, [...Done, L]> : Y : never
    : X

/** The steps, the first that does not fit replaced by its message; `X` is the shape so far, `unknown` until a step says what it accepts. */
type Checked<Ls, X, Done extends readonly unknown[] = []> =
  Ls extends readonly [infer L, ...infer R]
    ? Known<L, X> extends infer Y
      ? unknown extends Y ? Checked<R, Y, [...Done, L]>
        : Next<L, Y, [...Done, L]['length'] & number> extends infer Z
          ? Z extends string ? [...Done, Z, ...R] : Checked<R, Z, [...Done, L]>
          : never
      : never
    : Done
type Known<L, X> =
  unknown extends X
    ? FunctionOf<L, 0> extends { readonly accepts?: infer A } ? unknown extends A ? unknown : Exclude<A, undefined> : unknown
    : X

/** The shape function of `seq`: each step takes what the one before gives. A sequence that was refused already gives nothing to refuse. */
export interface InTurn<Ls extends readonly unknown[]> extends TypeFunction {
  readonly out: Checked<Ls, unknown> extends Ls ? Fold<Ls, this['in']> : never
  readonly accepts?: Known<Ls[0], unknown>
}
/** The parameters of `seq`: an entry for each step. */
export type ParamsOf<Ls extends readonly unknown[]> = {
  readonly [K in keyof Ls]: 'params' extends keyof Ls[K] ? Ls[K]['params' & keyof Ls[K]] : {}
}

/** A step as plain JavaScript sees it. */
interface AnyStep { (...args: readonly unknown[]): unknown; readonly params?: unknown }
const asStep = (step: unknown): AnyStep => {
  if (typeof step !== 'function') throw new TypegradError('shape', 'a step is a layer, a definition or a function of one tensor')
  return step as AnyStep
}

/**
 * Layers one after another, as one layer; its parameters are a tuple with an entry for each step. Steps are layers, definitions of one
 * argument, and functions of one tensor such as `relu`; the symbols of an annotated function, `(x: Tensor<['B', 128]>) => ...`, stand for
 * any sizes. `maxPool(2)` and `flattenEach` are steps for images.
 *
 * Throws a `TypegradError` in the words of the step that does not fit, when the sequence is built wherever shapes alone can tell.
 *
 * @example
 * ```ts
 * const net = seq(linear(784, 128), relu, linear(128, 10))
 * const logits: Tensor<['B', 10]> = net(net.params, f32('B', 784))
 * ```
 */
export function seq<const Ls extends readonly unknown[]>(
  ...layers: Checked<Ls, unknown> extends Ls ? Ls : Checked<Ls, unknown>): Layer<InTurn<Ls>, ParamsOf<Ls>>
export function seq(...layers: readonly unknown[]): unknown {
  const steps = layers.map(asStep)
  const shapes = must(inTurn(steps.map(step => ({ step, call: x => step.params === undefined ? step(x) : step(step.params, x) }))))
  return makeLayer(distinct(steps.map(step => step.params ?? {})), (params, x) =>
    steps.reduce<unknown>((y, step, i) => step.params === undefined ? step(y) : step((params as readonly unknown[])[i], y), x), shapes)
}

/** Steps that still lack their parameters. */
type Ready<Ls extends readonly unknown[]> = {
  readonly [K in keyof Ls]: 'params' extends keyof Ls[K] ? 'pipe: put the parameters into this layer with .with(params)' : Ls[K]
}

/**
 * A tensor through functions, one after another: `relu`, layers `.with(params)`, functions of one tensor.
 *
 * Throws a `TypegradError` in the words of the step that does not fit.
 *
 * @example
 * ```ts
 * const first = linear(784, 128)
 * const h: Tensor<['B', 128]> = pipe(f32('B', 784), first.with(first.params), relu)
 * ```
 */
export function pipe<X extends Shape, const Ls extends readonly unknown[]>(
  x: Tensor<X>, ...steps: Ready<Ls> extends Ls ? Checked<Ls, X> extends Ls ? Ls : Checked<Ls, X> : Ready<Ls>): Tensor<Ok<Fold<Ls, X>>>
export function pipe(x: unknown, ...steps: readonly unknown[]): unknown {
  return steps.reduce<unknown>((y, step) => {
    const f = asStep(step)
    if (f.params !== undefined) throw new TypegradError('shape', 'pipe: put the parameters into this layer with .with(params)')
    return f(y)
  }, nodeOf('pipe', x))
}
