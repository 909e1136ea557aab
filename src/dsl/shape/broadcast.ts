/**
 * Broadcasting: a scalar, or a shape equal to the trailing axes of the other. Sizes of 1 do not stretch on their own:
 * `broadcastTo` says so explicitly.
 */
import type { Dim, Shape } from '../tensor.js'
import { fail, ok, type Checked } from './check.js'
import { sameDim, showShape } from './dim.js'
import type { Show, Unify } from './dim-types.js'

/** How a differing axis is mended, when a size of 1 was meant to stretch. */
type Mend<X extends Dim, Y extends Dim> = 1 extends X | Y ? (number extends X | Y ? '' : '; broadcastTo stretches it') : ''
/** From the last axis forward: the trailing shape, or the differing axis. */
type Trailing<A extends Shape, B extends Shape, Out extends Shape = []> = A extends readonly [...infer P extends Shape, infer X extends Dim]
  ? B extends readonly [...infer Q extends Shape, infer Y extends Dim]
    ? [Unify<X, Y>] extends [never]
      ? `axis -${[...Out, 0]['length']}: ${X} and ${Y}${Mend<X, Y>}`
      : Trailing<P, Q, [Unify<X, Y>, ...Out]>
    : [...A, ...Out]
  : [...B, ...Out]
type BroadcastKnown<A extends Shape, B extends Shape, Op extends string> = number extends A['length'] | B['length']
  ? Shape
  : Trailing<A, B> extends infer R
    ? R extends string
      ? `${Op}: ${Show<A>} and ${Show<B>} differ in ${R}`
      : R
    : never
/** The shape of an elementwise operation of two shapes. */
export type Broadcast<A extends Shape, B extends Shape, Op extends string = 'broadcast'> = A extends B
  ? B extends A
    ? [...A]
    : BroadcastKnown<A, B, Op>
  : BroadcastKnown<A, B, Op>

/** The shape of an elementwise operation of two shapes. */
export const broadcastShape = (op: string, a: Shape, b: Shape): Checked => {
  const shared = Math.min(a.length, b.length)
  for (let i = 1; i <= shared; i++) {
    const [x, y] = [a[a.length - i], b[b.length - i]]
    if (sameDim(x, y)) continue
    const mend = x === 1 || y === 1 ? '; broadcastTo stretches it' : ''
    return fail(`${op}: ${showShape(a)} and ${showShape(b)} differ in axis -${i}: ${x} and ${y}${mend}`)
  }
  return ok(a.length >= b.length ? a : b)
}

type StretchAxes<A extends Shape, T extends Shape, Out extends Shape = []> = A extends readonly [
  ...infer P extends Shape,
  infer X extends Dim,
]
  ? T extends readonly [...infer Q extends Shape, infer Y extends Dim]
    ? X extends 1
      ? StretchAxes<P, Q, [Y, ...Out]>
      : [Unify<X, Y>] extends [never]
        ? `axis -${[...Out, 0]['length']} is ${X}`
        : StretchAxes<P, Q, [Y, ...Out]>
    : 'it has more axes'
  : [...T, ...Out]
/** The shape of `broadcastTo`: new leading axes, and sizes of 1 stretched. */
export type BroadcastTo<A extends Shape, T extends Shape> = number extends A['length']
  ? T
  : StretchAxes<A, T> extends infer R
    ? R extends string
      ? `broadcastTo: ${Show<A>} does not stretch to ${Show<T>}: ${R}`
      : R
    : never

export const broadcastToShape = (a: Shape, target: Shape): Checked => {
  const refuse = (why: string): Checked => fail(`broadcastTo: ${showShape(a)} does not stretch to ${showShape(target)}: ${why}`)
  for (let i = 1; i <= a.length; i++) {
    if (i > target.length) return refuse('it has more axes')
    const x = a[a.length - i]
    if (x !== 1 && !sameDim(x, target[target.length - i])) return refuse(`axis -${i} is ${x}`)
  }
  return ok(target)
}
