/** The types of elementwise operations: one shape rule (broadcasting), one dtype rule, a table of signatures. */
import type { DType, Shape, Tensor } from '../tensor.js'
import type { Broadcast } from './broadcast.js'
import type { AnyTensor, Arg, Ok, Operand, ShapeOf } from './check.js'
import type { Accepts, BothAccept, DTypeClass, Only } from './dtype.js'

/** The dtype of X, which a plain number takes from the other operand. */
export type DTypeIn<X, Y> = X extends { readonly dtype: infer D extends DType }
  ? D
  : Y extends { readonly dtype: infer E extends DType }
    ? E
    : 'float32'
/** The shape of an operation of two operands, or the message. */
export type Pair<Op extends string, X, Y, C extends DTypeClass> =
  BothAccept<Op, DTypeIn<X, Y>, DTypeIn<Y, X>, C> extends infer E ? (E extends string ? E : Broadcast<ShapeOf<X>, ShapeOf<Y>, Op>) : never
/** `[]`, or the message when an operand is not of the class. */
export type One<Op extends string, X, C extends DTypeClass> = X extends { readonly dtype: infer D } ? Accepts<Op, D, C> : []

/** A function of one tensor. */
export interface Unary<Op extends string, C extends DTypeClass> {
  <S extends Shape, D extends DType>(x: Arg<Accepts<Op, D, C>, Tensor<S, D>>): Tensor<S, Only<D, C>>
}
/** A function of one tensor to truth values. */
export interface Predicate<Op extends string, C extends DTypeClass> {
  <S extends Shape, D extends DType>(x: Arg<Accepts<Op, D, C>, Tensor<S, D>>): Tensor<S, 'bool'>
}
/** A function of two tensors or numbers. */
export interface Binary<Op extends string, C extends DTypeClass> {
  <X extends Operand, Y extends Operand>(
    a: Arg<One<Op, X, C>, X>,
    b: Arg<Pair<Op, X, Y, C>, Y>,
  ): Tensor<Ok<Pair<Op, X, Y, C>>, Only<DTypeIn<X, Y> & DTypeIn<Y, X>, C>>
}
/** A relation between two tensors or numbers. */
export interface Comparison<Op extends string, C extends DTypeClass> {
  <X extends Operand, Y extends Operand>(a: Arg<One<Op, X, C>, X>, b: Arg<Pair<Op, X, Y, C>, Y>): Tensor<Ok<Pair<Op, X, Y, C>>, 'bool'>
}
/** A function of two truth values. */
export interface Connective<Op extends string> {
  <X extends AnyTensor, Y extends AnyTensor>(
    a: Arg<One<Op, X, 'bool'>, X>,
    b: Arg<Pair<Op, X, Y, 'bool'>, Y>,
  ): Tensor<Ok<Pair<Op, X, Y, 'bool'>>, 'bool'>
}

/** The shape of `where`: the two values against each other, then the condition against both. */
export type Where<C, X, Y> = Pair<'where', X, Y, 'any'> extends infer R ? (R extends Shape ? Broadcast<ShapeOf<C>, R, 'where'> : R) : never
/** What to say at the condition: its dtype, or its shape once the values fit. */
export type Condition<C, X, Y> =
  One<'where', C, 'bool'> extends infer E
    ? E extends string
      ? E
      : Pair<'where', X, Y, 'any'> extends infer R
        ? R extends Shape
          ? Broadcast<ShapeOf<C>, R, 'where'>
          : []
        : never
    : never
