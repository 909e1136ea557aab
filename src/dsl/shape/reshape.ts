/** Reshaping: equal dimensions cancel first, so that products are computed only for what is left. */
import type { Dim, Shape } from '../tensor.js'
import { fail, ok, type Checked } from './check.js'
import { divDim, sameDim, showShape, sizeOfShape } from './dim.js'
import type { DivDim, NormalDim, ProductDigits, Show, SizeOf } from './dim-types.js'
import { checkDims, type DimsFault } from './dims.js'

type Remove<T extends Shape, X, Out extends Shape = []> = T extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? H extends X
    ? X extends H
      ? [...Out, ...R]
      : Remove<R, X, [...Out, H]>
    : Remove<R, X, [...Out, H]>
  : 0
/** What is left of both when equal dimensions are struck out. */
type Cancel<A extends Shape, B extends Shape, Left extends Shape = []> = A extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? H extends 1
    ? Cancel<R, B, Left>
    : Remove<B, H> extends infer Rest
      ? Rest extends Shape
        ? Cancel<R, Rest, Left>
        : Cancel<R, B, [...Left, H]>
      : never
  : [Left, B]
type SameSize<A extends Shape, B extends Shape> = 0 extends A[number] & B[number]
  ? true
  : Cancel<A, B> extends [infer X extends Shape, infer Y extends Shape]
    ? [X, Y] extends [[], []]
      ? true
      : number extends X[number] | Y[number]
        ? true
        : X[number] | Y[number] extends number
          ? ProductDigits<X> extends ProductDigits<Y>
            ? true
            : false
          : SizeOf<X> extends SizeOf<Y>
            ? true
            : false
    : never
/** The size that -1 stands for, or `never`. */
type Missing<A extends Shape, B extends Shape> = 0 extends B[number]
  ? number extends B[number]
    ? number
    : never
  : Cancel<A, B> extends [infer X extends Shape, infer Y extends Shape]
    ? number extends X[number] | Y[number]
      ? number
      : DivDim<SizeOf<X>, SizeOf<Y>>
    : never
type Without<T extends Shape, X, Out extends Shape = []> = T extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? Without<R, X, H extends X ? Out : [...Out, H]>
  : Out
type Replace<T extends Shape, X, Y extends Dim> = { -readonly [K in keyof T]: T[K] extends X ? Y : T[K] }

type Infer<A extends Shape, B extends Shape, Rest extends Shape> = [...Rest, 0]['length'] extends B['length']
  ? Missing<A, Rest> extends infer Q extends Dim
    ? [Q] extends [never]
      ? `reshape: ${Show<A>} does not fit ${Show<B>}`
      : Replace<B, -1, Q>
    : never
  : `reshape: ${Show<B>} has more than one -1`
type Fit<A extends Shape, B extends Shape> =
  SameSize<A, B> extends true ? B : `reshape: ${Show<A>} has ${SizeOf<A>} elements but ${Show<B>} has ${SizeOf<B>}`
type ReshapeKnown<A extends Shape, B extends Shape> = -1 extends B[number]
  ? number extends B[number]
    ? ReshapeDynamic<A, B>
    : Without<B, -1> extends infer Rest extends Shape
      ? DimsFault<'reshape', Rest> extends infer F
        ? F extends string
          ? F
          : Infer<A, B, Rest>
        : never
      : never
  : DimsFault<'reshape', B> extends infer F
    ? F extends string
      ? F
      : Fit<A, B>
    : never
/** With a run-time size in the target, a -1 beside it is found at run time. */
type ReshapeDynamic<A extends Shape, B extends Shape> = A extends Shape ? Replace<B, -1, number> : never

/** The target with its symbolic sizes in normal form; -1 stays. */
type Target<B extends readonly Dim[]> = { -readonly [K in keyof B]: NormalDim<B[K]> }
/** The shape of `reshape`; one -1 stands for what the other sizes leave over. */
export type Reshape<A extends Shape, B extends readonly Dim[]> = number extends B['length']
  ? Shape
  : number extends A['length']
    ? Replace<Target<B>, -1, number>
    : ReshapeKnown<A, Target<B>>

export const reshapeShape = (a: Shape, target: readonly Dim[]): Checked => {
  const rest = checkDims(
    'reshape',
    target.filter(d => d !== -1),
  )
  if (rest._tag === 'Left') return rest
  const b = [...target]
  rest.right.forEach((d, i) => {
    b[[...target.keys()].filter(k => target[k] !== -1)[i]] = d
  })
  const blanks = target.length - rest.right.length
  if (blanks > 1) return fail(`reshape: ${showShape(b)} has more than one -1`)
  const size = sizeOfShape(a)
  if (blanks === 1) {
    const missing = rest.right.includes(0) ? undefined : divDim(size, sizeOfShape(rest.right))
    return missing === undefined ? fail(`reshape: ${showShape(a)} does not fit ${showShape(b)}`) : ok(b.map(d => (d === -1 ? missing : d)))
  }
  return sameDim(size, sizeOfShape(b))
    ? ok(b)
    : fail(`reshape: ${showShape(a)} has ${size} elements but ${showShape(b)} has ${sizeOfShape(b)}`)
}

type Join<S extends Shape, From extends number, All extends Shape, I extends 0[] = [], Out extends Shape = []> = I['length'] extends From
  ? [...Out, SizeOf<S>]
  : S extends readonly [infer H extends Dim, ...infer R extends Shape]
    ? Join<R, From, All, [...I, 0], [...Out, H]>
    : `flatten: axis ${From} is not in ${Show<All>}`
/** The shape after joining all axes from a position on. */
export type Flatten<S extends Shape, From extends number> = number extends S['length'] | From ? Shape : Join<S, From, S>
export const flattenShape = (s: Shape, from: number): Checked =>
  Number.isInteger(from) && from >= 0 && from <= s.length
    ? ok([...s.slice(0, from), sizeOfShape(s.slice(from))])
    : fail(`flatten: axis ${from} is not in ${showShape(s)}`)
