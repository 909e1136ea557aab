/** Axes taken apart, moved and joined by name, after einops (Rogozhnikov, 2022): `b t (h d) -> b h t d`. */
import type { Dim, Shape } from '../tensor.js'
import { fail, ok, type Checked } from './check.js'
import { divDim, mulDim, sameDim, showShape } from './dim.js'
import type { DivDim, MulDim, Show, Unify } from './dim-types.js'

/** A pattern's tokens: a name, or the names in brackets. */
type Token = string | string[]
type Words<S extends string, Out extends string[] = []> = S extends `${infer A} ${infer B}`
  ? Words<B, A extends '' ? Out : [...Out, A]>
  : S extends ''
    ? Out
    : [...Out, S]
type Tokens<S extends string, Out extends Token[] = []> = S extends `${infer A}(${infer B})${infer C}`
  ? Tokens<C, [...Out, ...Words<A>, Words<B>]>
  : [...Out, ...Words<S>]
type Join<T extends string[], Out extends string = ''> = T extends [infer H extends string, ...infer R extends string[]]
  ? Join<R, Out extends '' ? H : `${Out} ${H}`>
  : Out

/** The product of the given sizes of a group, and the names without one. */
type Given<G extends string[], Z, Product extends Dim = 1, Open extends string[] = []> = G extends [
  infer H extends string,
  ...infer R extends string[],
]
  ? H extends keyof Z
    ? Given<R, Z, MulDim<Product, Z[H] & Dim>, Open>
    : Given<R, Z, Product, H extends '1' ? Open : [...Open, H]>
  : [Product, Open]
/** The first name of a group that stands on the left already. */
type Twice<G extends string[], Seen> = G extends [infer H extends string, ...infer R extends string[]]
  ? H extends '1'
    ? Twice<R, Seen>
    : H extends Seen
      ? H
      : Twice<R, Seen | H>
  : never
type OnceOnly<W extends string> = `rearrange: ${W} is given twice on the left`

type BindName<H extends string, D extends Dim, Z, E, I extends number> = H extends keyof E
  ? OnceOnly<H>
  : H extends '1'
    ? [Unify<D, 1>] extends [never]
      ? `rearrange: axis ${I} is ${D}, not 1`
      : E
    : H extends keyof Z
      ? [Unify<D, Z[H] & Dim>] extends [never]
        ? `rearrange: ${H} is ${D} but ${Z[H] & Dim} is given`
        : E & { [K in H]: Unify<D, Z[H] & Dim> }
      : H extends `${string}${'(' | ')'}${string}`
        ? 'rearrange: a bracket is not closed'
        : E & { [K in H]: D }
type Sizes<G extends string[], Z, U, Q> = { [K in Exclude<G[number], '1'>]: K extends U ? Q : K extends keyof Z ? Z[K] : never }
type BindGroup<G extends string[], D extends Dim, Z, E> =
  Twice<G, keyof E> extends infer W
    ? [W] extends [never]
      ? Given<G, Z> extends [infer K extends Dim, infer Open extends string[]]
        ? Open extends []
          ? [Unify<K, D>] extends [never]
            ? `rearrange: (${Join<G>}) is ${K} but the axis is ${D}`
            : E & Sizes<G, Z, never, never>
          : Open extends [infer U extends string]
            ? DivDim<D, K> extends infer Q
              ? [Q] extends [never]
                ? `rearrange: axis ${D} is not divisible by ${K} in (${Join<G>})`
                : E & Sizes<G, Z, U, Q>
              : never
            : `rearrange: cannot solve (${Join<G>}): give the sizes of all but one name`
        : never
      : OnceOnly<W & string>
    : never
type Bind<T extends Token[], S extends Shape, Z, E = {}, I extends 0[] = []> = T extends [infer H, ...infer R extends Token[]]
  ? S extends readonly [infer D extends Dim, ...infer SR extends Shape]
    ? (H extends string ? BindName<H, D, Z, E, I['length'] & number> : H extends string[] ? BindGroup<H, D, Z, E> : never) extends infer B
      ? B extends string
        ? B
        : Bind<R, SR, Z, B, [...I, 0]>
      : never
    : 'count'
  : S extends readonly []
    ? E
    : 'count'

type Product<G extends string[], E, Seen, Out extends Dim = 1> = G extends [infer H extends string, ...infer R extends string[]]
  ? H extends '1'
    ? Product<R, E, Seen, Out>
    : H extends keyof E
      ? H extends Seen
        ? `rearrange: ${H} is given twice on the right`
        : Product<R, E, Seen | H, MulDim<Out, E[H] & Dim>>
      : NotLeft<H>
  : [Out, Seen]
type NotLeft<H extends string> = H extends `${string}${'(' | ')'}${string}`
  ? 'rearrange: a bracket is not closed'
  : `rearrange: ${H} is not on the left`
type Build<T extends Token[], Left extends Token[], E, Out extends Shape = [], Seen = never> = T extends [
  infer H extends Token,
  ...infer R extends Token[],
]
  ? H extends Exclude<keyof E, Seen>
    ? Build<R, Left, E, [...Out, E[H] & Dim], Seen | H>
    : Product<H extends string[] ? H : [H & string], E, Seen> extends infer P
      ? P extends [infer D extends Dim, infer Seen2]
        ? Build<R, Left, E, [...Out, D], Seen2>
        : P
      : never
  : [keyof E] extends [Seen]
    ? Out
    : `rearrange: ${Lost<Left, Seen>} is missing on the right`
/** The first name on the left that the right does not have. */
type Lost<T extends Token[], Seen> = T extends [infer H extends Token, ...infer R extends Token[]]
  ? LostIn<H extends string[] ? H : [H & string], Seen> extends infer L
    ? L extends string
      ? L
      : Lost<R, Seen>
    : never
  : never
type LostIn<G extends string[], Seen> = G extends [infer H extends string, ...infer R extends string[]]
  ? H extends '1' | Seen
    ? LostIn<R, Seen>
    : H
  : 0

/** The shape of `rearrange`, or the message. */
export type Rearrange<S extends Shape, P extends string, Z = {}> = string extends P
  ? Shape
  : number extends S['length']
    ? Shape
    : P extends `${infer L}->${infer R}`
      ? Bind<Tokens<L>, S, Z> extends infer E
        ? E extends string
          ? E extends 'count'
            ? `rearrange: ${Show<S>} has ${S['length']} axes but the pattern names ${Tokens<L>['length'] & number}`
            : E
          : Build<Tokens<R>, Tokens<L>, E>
        : never
      : `rearrange: ${P} has no ->`

/** What to say at the sizes that are given, and what at the pattern. */
export type AtSizes<R, Z> = [keyof Z] extends [never] ? [] : R extends AboutSizes ? R : []
export type AtPattern<R, Z> = [keyof Z] extends [never] ? R : R extends AboutSizes ? [] : R
type AboutSizes =
  | `rearrange: axis ${string} is not divisible by ${string}`
  | `rearrange: (${string}) is ${string} but the axis is ${string}`
  | `rearrange: ${string} is ${string} but ${string} is given`

/** How to rearrange: take apart, permute, join. */
export interface RearrangePlan {
  readonly apart: Shape
  readonly order: readonly number[]
  readonly shape: Shape
}

const tokens = (s: string): string[][] =>
  [...s.matchAll(/\(([^()]*)\)|[^\s()]+|[()]/g)].map(m => (m[1] === undefined ? [m[0]] : m[1].split(' ').filter(w => w !== '')))
const isBracket = (w: string): boolean => w === '(' || w === ')'

export const rearrangePlan = (s: Shape, pattern: string, given: Readonly<Record<string, Dim>>): Checked<RearrangePlan> => {
  const at = pattern.indexOf('->')
  if (at < 0) return fail(`rearrange: ${pattern} has no ->`)
  const sizes = new Map<string, Dim>()
  const names: string[] = [],
    apart: Dim[] = []
  const groups = [...pattern.slice(0, at).matchAll(/\(([^()]*)\)|[^\s()]+|[()]/g)].map(m => m[1] !== undefined)
  const left = tokens(pattern.slice(0, at))
  const count = fail(`rearrange: ${showShape(s)} has ${s.length} axes but the pattern names ${left.length}`)
  for (const [i, words] of left.entries()) {
    const d = s[i]
    if (d === undefined) return count
    for (const [k, w] of words.entries())
      if (w !== '1' && (sizes.has(w) || words.indexOf(w) < k)) return fail(`rearrange: ${w} is given twice on the left`)
    if (words.some(isBracket)) return fail('rearrange: a bracket is not closed')
    const text = words.join(' ')
    if (!groups[i]) {
      const [w] = words
      if (w === '1') {
        if (!sameDim(d, 1)) return fail(`rearrange: axis ${i} is ${d}, not 1`)
        continue
      }
      if (Object.hasOwn(given, w) && !sameDim(given[w], d)) return fail(`rearrange: ${w} is ${d} but ${given[w]} is given`)
      sizes.set(w, d)
    } else {
      const open = words.filter(w => w !== '1' && !Object.hasOwn(given, w))
      const known = words
        .filter(w => Object.hasOwn(given, w))
        .map(w => given[w])
        .reduce(mulDim, 1)
      if (open.length > 1) return fail(`rearrange: cannot solve (${text}): give the sizes of all but one name`)
      const rest = divDim(d, known)
      if (open.length === 0 && !sameDim(d, known)) return fail(`rearrange: (${text}) is ${known} but the axis is ${d}`)
      if (rest === undefined) return fail(`rearrange: axis ${d} is not divisible by ${known} in (${text})`)
      for (const w of words) if (w !== '1') sizes.set(w, Object.hasOwn(given, w) ? given[w] : rest)
    }
    for (const w of words)
      if (w !== '1') {
        names.push(w)
        apart.push(sizes.get(w) as Dim)
      }
  }
  if (left.length < s.length) return count
  const order: number[] = [],
    shape: Dim[] = []
  for (const words of tokens(pattern.slice(at + 2))) {
    for (const w of words) {
      if (w === '1') continue
      if (isBracket(w)) return fail('rearrange: a bracket is not closed')
      const k = names.indexOf(w)
      if (k < 0) return fail(`rearrange: ${w} is not on the left`)
      if (order.includes(k)) return fail(`rearrange: ${w} is given twice on the right`)
      order.push(k)
    }
    shape.push(
      words
        .filter(w => w !== '1')
        .map(w => sizes.get(w) as Dim)
        .reduce(mulDim, 1),
    )
  }
  const lost = names.find((_, k) => !order.includes(k))
  return lost === undefined ? ok({ apart, order, shape }) : fail(`rearrange: ${lost} is missing on the right`)
}
