/** Einstein summation: letters name axes, `...` the axes that are not named, repeated letters are summed or taken along the diagonal. */
import type { Dim, DType, Shape } from '../tensor.js'
import type { Broadcast } from './broadcast.js'
import { broadcastShape } from './broadcast.js'
import { fail, ok, type AnyTensor, type Checked, type Fault, type Plain } from './check.js'
import { sameDim } from './dim.js'
import type { Unify } from './dim-types.js'

type Trim<S extends string> = S extends `${infer A} ${infer B}` ? Trim<`${A}${B}`> : S
type SplitComma<S extends string, Out extends string[] = []> = S extends `${infer A},${infer B}` ? SplitComma<B, [...Out, A]> : [...Out, S]
type Reverse<S extends string, Out extends string = ''> = S extends `${infer C}${infer R}` ? Reverse<R, `${C}${Out}`> : Out

/** What the operands have said: the size of each letter, and the axes under `...`. */
interface State {
  readonly sizes: object
  readonly rest: Shape | null
}
type Known<E, C> = C extends keyof E ? E[C] & Dim : never
type Few<N extends number> = Fault<N, `einsum: operand ${Next<N>} has fewer axes than its subscripts`>
type Many<N extends number> = Fault<N, `einsum: operand ${Next<N>} has more axes than its subscripts`>
type Next<N extends number> = [1, 2, 3, 4, 5, 6, 7, 8, 9][N]

/** A letter that is known or no letter, when its size is not simply the same again: the new sizes, or a fault. */
type Settle<C extends string, H extends Dim, E, N extends number> = C extends keyof E
  ? [Unify<E[C] & Dim, H>] extends [never]
    ? Fault<N, `einsum: axis ${C} is ${E[C] & Dim} but ${H} in operand ${Next<N>}`>
    : number extends E[C]
      ? Omit<E, C> & { [P in C]: H }
      : E
  : Fault<'spec', `einsum: ${C} is not a letter`>
/** Letters from the front of a shape: [sizes, axes left over], or a fault. */
type BindFront<L extends string, S extends Shape, E, N extends number> = L extends `${infer C}${infer R}`
  ? S extends readonly [infer H extends Dim, ...infer T extends Shape]
    ? Plainly<C, H, E> extends true
      ? BindFront<R, T, C extends keyof E ? E : E & { [P in C]: H }, N>
      : Settle<C, H, E, N> extends infer E2
        ? E2 extends Fault<number | string, string>
          ? E2
          : BindFront<R, T, E2, N>
        : never
    : Few<N>
  : [E, S]
/** Letters, last first, from the back of a shape. */
type BindBack<L extends string, S extends Shape, E, N extends number> = L extends `${infer C}${infer R}`
  ? S extends readonly [...infer T extends Shape, infer H extends Dim]
    ? Plainly<C, H, E> extends true
      ? BindBack<R, T, C extends keyof E ? E : E & { [P in C]: H }, N>
      : Settle<C, H, E, N> extends infer E2
        ? E2 extends Fault<number | string, string>
          ? E2
          : BindBack<R, T, E2, N>
        : never
    : Few<N>
  : [E, S]
/** The common case: a new letter, or one whose size is the same again. */
type Plainly<C extends string, H extends Dim, E> = C extends keyof E
  ? H extends E[C]
    ? E[C] extends H
      ? true
      : false
    : false
  : Uppercase<C> extends Lowercase<C>
    ? false
    : true
type BindOperand<L extends string, S extends Shape, Z extends State, N extends number> = L extends `${infer Pre}...${infer Post}`
  ? BindFront<Pre, S, Z['sizes'], N> extends infer F
    ? F extends [infer E, infer T extends Shape]
      ? BindBack<Reverse<Post>, T, E, N> extends infer G
        ? G extends [infer E2 extends object, infer M extends Shape]
          ? Ellipsis<E2, Z['rest'], M, N>
          : G
        : never
      : F
    : never
  : BindFront<L, S, Z['sizes'], N> extends infer F
    ? F extends [infer E extends object, infer T extends Shape]
      ? T extends readonly []
        ? { sizes: E; rest: Z['rest'] }
        : Many<N>
      : F
    : never
type Ellipsis<E extends object, Rest extends Shape | null, M extends Shape, N extends number> = Rest extends Shape
  ? Broadcast<Rest, M, 'einsum: axes under ...'> extends infer R
    ? R extends Shape
      ? { sizes: E; rest: R }
      : Fault<N, R & string>
    : never
  : { sizes: E; rest: M }
type BindAll<Ls extends string[], Ts extends readonly AnyTensor[], Z extends State, D, I extends 0[] = []> = Ls extends [
  infer L extends string,
  ...infer LR extends string[],
]
  ? Ts extends readonly [infer T extends AnyTensor, ...infer TR extends readonly AnyTensor[]]
    ? [T['dtype'], D] extends [D, T['dtype']]
      ? number extends T['shape']['length']
        ? { sizes: {}; rest: null; unknown: true }
        : BindOperand<L, T['shape'], Z, I['length'] & number> extends infer Y
          ? Y extends State
            ? BindAll<LR, TR, Y, D, [...I, 0]>
            : Y
          : never
      : Fault<
          I['length'],
          `einsum: the first is ${D & string} but operand ${Next<I['length'] & number>} is ${T['dtype']}; cast one of them`
        >
    : 'count'
  : Ts extends readonly []
    ? Z
    : 'count'

type Collect<L extends string, E, Out extends Shape, Seen = never> = L extends `${infer C}${infer R}`
  ? C extends keyof E
    ? C extends Seen
      ? Fault<'spec', `einsum: output axis ${C} is given twice`>
      : Collect<R, E, [...Out, Known<E, C>], Seen | C>
    : Fault<'spec', `einsum: output axis ${C} is not in any operand`>
  : Out
type Output<O extends string, Z extends State> = Z['rest'] extends infer M extends Shape
  ? O extends `${infer Pre}...${infer Post}`
    ? Collect<`${Pre}${Post}`, Z['sizes'], []> extends infer F
      ? F extends Shape
        ? Collect<Pre, Z['sizes'], []> extends infer P extends Shape
          ? Collect<Post, Z['sizes'], [...P, ...M]>
          : never
        : F
      : never
    : Fault<'spec', 'einsum: the output lacks the ... of the operands'>
  : O extends `${string}...${string}`
    ? Fault<'spec', 'einsum: no operand has the ... of the output'>
    : Collect<O, Z['sizes'], []>
type Run<In extends string, O extends string, Ts extends readonly AnyTensor[]> =
  BindAll<SplitComma<In>, Ts, { sizes: {}; rest: null }, Ts[0]['dtype']> extends infer Z
    ? Z extends { unknown: true }
      ? Shape
      : Z extends State
        ? Output<O, Z>
        : Z extends 'count'
          ? Fault<'spec', `einsum: ${Ts['length'] & number} operands are given but ${In}->${O} is for ${SplitComma<In>['length'] & number}`>
          : Z
    : never
/** The shape of `einsum`, or a fault. */
export type EinsumRule<Spec extends string, Ts extends readonly AnyTensor[]> = string extends Spec
  ? Shape
  : number extends Ts['length']
    ? Shape
    : Trim<Spec> extends `${infer In}->${infer O}`
      ? Run<In, O, Ts>
      : Fault<'spec', `einsum: ${Spec} has no ->`>
export type Einsum<Spec extends string, Ts extends readonly AnyTensor[]> = Plain<EinsumRule<Spec, Ts>>

/** Which label each axis of each operand and of the output has; axes under `...` are labelled from their end. */
export interface EinsumPlan {
  readonly operands: readonly (readonly string[])[]
  readonly output: readonly string[]
  readonly sizes: ReadonlyMap<string, Dim>
}

const ellipsisLabels = (rank: number): string[] => Array.from({ length: rank }, (_, i) => `.${rank - 1 - i}`)
const parts = (letters: string): readonly [string[], string[] | null] => {
  const at = letters.indexOf('...')
  return at < 0 ? [[...letters], null] : [[...letters.slice(0, at)], [...letters.slice(at + 3)]]
}

export const einsumPlan = (spec: string, xs: readonly { readonly shape: Shape; readonly dtype: DType }[]): Checked<EinsumPlan> => {
  const [ins, out, ...more] = spec.replaceAll(' ', '').split('->')
  if (out === undefined || more.length > 0) return fail(`einsum: ${spec} has no ->`)
  const subscripts = ins.split(',')
  const count = fail(`einsum: ${xs.length} operands are given but ${ins}->${out} is for ${subscripts.length}`)
  const sizes = new Map<string, Dim>()
  const operands: string[][] = []
  let rest: Shape | null = null
  for (const [i, letters] of subscripts.entries()) {
    if (i >= xs.length) return count
    const { shape, dtype } = xs[i]
    if (dtype !== xs[0].dtype) return fail(`einsum: the first is ${xs[0].dtype} but operand ${i + 1} is ${dtype}; cast one of them`)
    const [pre, post] = parts(letters)
    const bind = (c: string, d: Dim | undefined): string | null => {
      if (d === undefined) return `einsum: operand ${i + 1} has fewer axes than its subscripts`
      const known = sizes.get(c)
      if (known !== undefined && !sameDim(known, d)) return `einsum: axis ${c} is ${known} but ${d} in operand ${i + 1}`
      if (known === undefined && c.toUpperCase() === c.toLowerCase()) return `einsum: ${c} is not a letter`
      sizes.set(c, d)
      return null
    }
    for (const [k, c] of pre.entries()) {
      const fault = bind(c, shape[k])
      if (fault !== null) return fail(fault)
    }
    for (const [k, c] of (post ?? []).toReversed().entries()) {
      const at = shape.length - 1 - k
      const fault = bind(c, at < pre.length ? undefined : shape[at])
      if (fault !== null) return fail(fault)
    }
    if (post === null && shape.length > pre.length) return fail(`einsum: operand ${i + 1} has more axes than its subscripts`)
    const middle = post === null ? [] : shape.slice(pre.length, shape.length - post.length)
    if (post !== null) {
      const both: Checked = rest === null ? ok(middle) : broadcastShape('einsum: axes under ...', rest, middle)
      if (both._tag === 'Left') return both
      rest = both.right
      ellipsisLabels(middle.length).forEach((label, k) => sizes.set(label, middle[k]))
    }
    operands.push([...pre, ...ellipsisLabels(middle.length), ...(post ?? [])])
  }
  if (xs.length > subscripts.length) return count
  const [before, after] = parts(out)
  if (rest !== null && after === null) return fail('einsum: the output lacks the ... of the operands')
  if (rest === null && after !== null) return fail('einsum: no operand has the ... of the output')
  const letters = [...before, ...(after ?? [])]
  for (const [k, c] of letters.entries()) {
    if (!sizes.has(c)) return fail(`einsum: output axis ${c} is not in any operand`)
    if (letters.indexOf(c) < k) return fail(`einsum: output axis ${c} is given twice`)
  }
  return ok({ operands, output: [...before, ...ellipsisLabels(rest?.length ?? 0), ...(after ?? [])], sizes })
}
