/**
 * The error convention. A shape rule computes a shape, or a string that *is* the error message. The check sits on the argument
 * (`Arg`), so that the culprit is underlined; after an error the result is `never` (`Ok`), which every rule lets pass, so that one
 * mistake gives one diagnostic. At run time a rule gives `Either<string, Shape>` and the same sentence.
 */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import type { DType, Shape, Tensor } from '../tensor.js'

/** Any tensor. */
export type AnyTensor = Tensor<Shape, DType>
/** What elementwise operations take: a tensor, or a plain number as a scalar. */
export type Operand = AnyTensor | number

/** A parameter's type: `T` when the rule's result `R` is a shape, else the message. */
export type Arg<R, T> = [R] extends [never] ? T : R extends string ? R : T
/** A list or literal argument: `T & unknown` when the rule holds, else `T & message`. */
export type List<R> = Arg<R, unknown>
/** A message about one of several arguments: `at` is its name, or its place in a list. */
export interface Fault<At extends number | string, Message extends string> {
  readonly at: At
  readonly message: Message
}
/** A parameter's type when a rule gives faults: the message if the fault is this argument's. */
export type ArgAt<R, At extends string, T> = [R] extends [never]
  ? T
  : R extends Fault<At, infer M>
    ? [M] extends [never] // a message about a shape that is an error already
      ? T
      : M
    : T
/** A rule that gives faults, as one that gives messages. */
export type Plain<R> = R extends Fault<number | string, infer M> ? M : R
/** The result's shape; `never` after an error. */
export type Ok<R> = R extends Shape ? R : never

export type ShapeOf<X> = X extends { readonly shape: infer S extends Shape } ? S : []
export type ShapesOf<Xs extends readonly AnyTensor[]> = { -readonly [K in keyof Xs]: Xs[K]['shape'] }

/** The result of a run-time rule: a shape, or the sentence. */
export type Checked<T = Shape> = Either<string, T>
export const fail = (sentence: string): Either<string, never> => left(sentence)
export const ok = <T>(value: T): Either<never, T> => right(value)
