/**
 * Exact arithmetic on integer literals at the type level, up to 2^53, by long-hand digit algorithms: the cost grows with the number
 * of digits, never with the value. Digit strings are "reversed" (least significant digit first) unless said otherwise.
 */
import type { DifferenceTable, FactorTable, ProductTable, QuotientTable, SumTable } from './digits.js'

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type Bit = '0' | '1'
type Carry = Exclude<Digit, '9'>

/** Four digits a step where there are as many: sizes are short, and a step costs more than a match. */
type Reverse<S extends string, Out extends string = ''> = S extends `${infer A}${infer B}${infer C}${infer R}`
  ? R extends `${infer D}${infer T}`
    ? Reverse<T, `${D}${C}${B}${A}${Out}`>
    : `${C}${B}${A}${Out}`
  : S extends `${infer A}${infer B}`
    ? `${B}${A}${Out}`
    : Out
type ParseNumber<S extends string> = S extends `${infer N extends number}` ? N : never
/** Drops zeros from the end of a reversed string, that is leading zeros of the number. */
type TrimEnd<S extends string> = S extends `${infer R}0` ? (R extends '' ? '0' : TrimEnd<R>) : S
type TrimStart<S extends string> = S extends `0${infer R}` ? (R extends '' ? '0' : TrimStart<R>) : S
type FromDigits<S extends string> = ParseNumber<Reverse<S>>
type ToDigits<N extends number> = Reverse<`${N}`>

type AddDigits<
  A extends string,
  B extends string,
  C extends Bit = '0',
  Out extends string = '',
> = A extends `${infer X extends Digit}${infer P}`
  ? B extends `${infer Y extends Digit}${infer Q}`
    ? SumTable[C][X][Y] extends `${infer Low}${infer High extends Bit}`
      ? AddDigits<P, Q, High, `${Out}${Low}`>
      : never
    : C extends '0'
      ? `${Out}${A}`
      : AddDigits<A, '1', '0', Out>
  : C extends '0'
    ? `${Out}${B}`
    : B extends ''
      ? `${Out}1`
      : AddDigits<B, '1', '0', Out>

/** `never` when A < B. */
type SubDigits<
  A extends string,
  B extends string,
  C extends Bit = '0',
  Out extends string = '',
> = A extends `${infer X extends Digit}${infer P}`
  ? B extends `${infer Y extends Digit}${infer Q}`
    ? DifferenceTable[C][X][Y] extends `${infer Low}${infer High extends Bit}`
      ? SubDigits<P, Q, High, `${Out}${Low}`>
      : never
    : C extends '0'
      ? `${Out}${A}`
      : SubDigits<A, '1', '0', Out>
  : B extends ''
    ? C extends '0'
      ? Out
      : never
    : never

type MulByDigit<
  A extends string,
  D extends Digit,
  C extends Carry = '0',
  Out extends string = '',
> = A extends `${infer X extends Digit}${infer P}`
  ? ProductTable[D][X][C] extends `${infer Low}${infer High extends Carry}`
    ? MulByDigit<P, D, High, `${Out}${Low}`>
    : never
  : C extends '0'
    ? Out
    : `${Out}${C}`

type TimesTen<S extends string> = S extends '' ? '' : `0${S}`
/** Horner's scheme over the digits of B, most significant first. */
type MulDigits<A extends string, B extends string, Out extends string = ''> = B extends `${infer D extends Digit}${infer R}`
  ? MulDigits<A, R, D extends '0' ? TimesTen<Out> : Out extends '' ? MulByDigit<A, D> : AddDigits<`0${Out}`, MulByDigit<A, D>>>
  : Out extends ''
    ? '0'
    : Out

/** N most significant digit first, by one digit: [quotient (most significant first), remainder]. */
type DivByDigit<
  N extends string,
  D extends keyof QuotientTable,
  R extends string = '0',
  Q extends string = '',
> = N extends `${infer X extends Digit}${infer S}`
  ? QuotientTable[D][R & keyof QuotientTable[D]] extends infer Row
    ? Row[X & keyof Row] extends `${infer Q1}${infer R1}`
      ? DivByDigit<S, D, R1, `${Q}${Q1}`>
      : never
    : never
  : [Q, R]
/** How often D goes into R, by subtraction, and what is left (reversed). */
type CountOut<R extends string, D extends string, Times extends 0[] = []> =
  SubDigits<R, D> extends infer S extends string
    ? [S] extends [never]
      ? [Times['length'], R]
      : CountOut<TrimEnd<S>, D, [...Times, 0]>
    : [Times['length'], R]
type LongDiv<N extends string, D extends string, R extends string = '0', Q extends string = ''> = N extends `${infer X}${infer S}`
  ? CountOut<R extends '0' ? X : `${X}${R}`, D> extends [infer Q1 extends number, infer R1 extends string]
    ? LongDiv<S, D, R1, `${Q}${Q1}`>
    : never
  : [Q, Reverse<R>]
type DivStrings<A extends string, B extends string> = B extends keyof QuotientTable ? DivByDigit<A, B> : LongDiv<A, Reverse<B>>

/* Natural numbers. `number` (known at run time only) in, `number` out. */

export type Add<A extends number, B extends number> = number extends A | B
  ? number
  : A extends 0
    ? B
    : B extends 0
      ? A
      : FromDigits<AddDigits<ToDigits<A>, ToDigits<B>>>
/** `never` when the difference is negative. */
export type Sub<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 0
    ? A
    : A extends B
      ? 0
      : SubDigits<ToDigits<A>, ToDigits<B>> extends infer S extends string
        ? FromDigits<TrimEnd<S>>
        : never
export type Mul<A extends number, B extends number> = number extends A | B
  ? number
  : A extends 1
    ? B
    : B extends 1
      ? A
      : 0 extends A | B
        ? 0
        : FromDigits<MulDigits<ToDigits<A>, `${B}`>>
/** [floor(A / B), A mod B]; `never` when B is 0. */
export type DivMod<A extends number, B extends number> = number extends A | B
  ? [number, number]
  : B extends 0
    ? never
    : B extends 1
      ? [A, 0]
      : A extends B
        ? [1, 0]
        : DivStrings<`${A}`, `${B}`> extends [infer Q extends string, infer R extends string]
          ? [ParseNumber<TrimStart<Q>>, ParseNumber<R>]
          : never
export type DivFloor<A extends number, B extends number> = DivMod<A, B>[0]
/** The exact quotient, or `never`: by the divisor's factors of one digit where it has only such, which costs less than long division. */
export type DivExact<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 0
    ? never
    : B extends 1
      ? A
      : A extends B
        ? 1
        : A extends 0
          ? 0
          : DivFactors<`${A}`, `${B}`> extends infer Q extends string
            ? ParseNumber<Q>
            : never
type DivFactors<A extends string, B extends string> = B extends keyof FactorTable
  ? ExactDigit<A, FactorTable[B][0]> extends infer Q extends string
    ? [Q] extends [never]
      ? never
      : DivFactors<Q, FactorTable[B][1]>
    : never
  : B extends keyof QuotientTable
    ? ExactDigit<A, B>
    : LongDiv<A, Reverse<B>> extends [infer Q extends string, '0']
      ? TrimStart<Q>
      : never
type ExactDigit<A extends string, D extends keyof QuotientTable> =
  DivByDigit<A, D> extends [infer Q extends string, '0'] ? TrimStart<Q> : never
export type LessThan<A extends number, B extends number> = number extends A | B
  ? boolean
  : A extends B
    ? false
    : [Sub<A, B>] extends [never]
      ? true
      : false

/** The product of many naturals, kept as digits in between. */
export type ProductDigits<T extends readonly unknown[], Out extends string = ''> = T extends readonly [infer H extends number, ...infer R]
  ? ProductDigits<R, Out extends '' ? ToDigits<H> : MulDigits<Out, `${H}`>>
  : Out extends ''
    ? '1'
    : Out

/* Integers, for the coefficients of symbolic sizes. */

export type Negative = `-${string}`
export type Negate<N extends number> = N extends 0 ? 0 : `${N}` extends `-${infer M extends number}` ? M : ParseNumber<`-${N}`>
export type AddInt<A extends number, B extends number> = `${A}` extends `-${infer P extends number}`
  ? `${B}` extends `-${infer Q extends number}`
    ? Negate<Add<P, Q>>
    : SubInt<B, P>
  : `${B}` extends `-${infer Q extends number}`
    ? SubInt<A, Q>
    : Add<A, B>
/** The difference of two naturals, of either sign. */
export type SubInt<A extends number, B extends number> = [Sub<A, B>] extends [never] ? Negate<Sub<B, A>> : Sub<A, B>
export type MulInt<A extends number, B extends number> = `${A}` extends `-${infer P extends number}`
  ? `${B}` extends `-${infer Q extends number}`
    ? Mul<P, Q>
    : Negate<Mul<P, B>>
  : `${B}` extends `-${infer Q extends number}`
    ? Negate<Mul<A, Q>>
    : Mul<A, B>
/** [floor(A / B), remainder] of an integer by a positive one; the remainder is never negative. */
export type DivModInt<A extends number, B extends number> = `${A}` extends `-${infer P extends number}`
  ? DivMod<P, B> extends [infer Q extends number, infer R extends number]
    ? R extends 0
      ? [Negate<Q>, 0]
      : [Negate<Add<Q, 1>>, Sub<B, R>]
    : never
  : DivMod<A, B>
