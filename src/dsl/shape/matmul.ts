/** Matrix products over the last two axes; leading axes are a batch. */
import type { Dim, Shape } from '../tensor.js'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Broadcast } from './broadcast.js'
import { broadcastShape } from './broadcast.js'
import { fail, ok, type Checked } from './check.js'
import { sameDim, showShape } from './dim.js'
import type { Show, Unify } from './dim-types.js'

/** `[..., M, K] x [..., K, N]`: batch axes are equal, or one side's are the trailing ones of the other's. */
export type MatMul<A extends Shape, B extends Shape> = A extends readonly [
  ...infer P extends Shape,
  infer M extends Dim,
  infer K extends Dim,
]
  ? B extends readonly [...infer Q extends Shape, infer K2 extends Dim, infer N extends Dim]
    ? [Unify<K, K2>] extends [never]
      ? `matmul: inner dimensions ${K} and ${K2} differ, in ${Show<A>} x ${Show<B>}`
      : Q extends readonly []
        ? [...P, M, N]
        : Broadcast<P, Q, 'matmul: batch axes'> extends infer R
          ? R extends Shape
            ? [...R, M, N]
            : R
          : never
    : number extends B['length']
      ? Shape
      : `matmul: the right operand ${Show<B>} needs at least 2 axes`
  : number extends A['length']
    ? Shape
    : `matmul: the left operand ${Show<A>} needs at least 2 axes`

export const matmulShape = (a: Shape, b: Shape): Checked => {
  if (a.length < 2) return fail(`matmul: the left operand ${showShape(a)} needs at least 2 axes`)
  if (b.length < 2) return fail(`matmul: the right operand ${showShape(b)} needs at least 2 axes`)
  const [m, k] = a.slice(-2),
    [k2, n] = b.slice(-2)
  if (!sameDim(k, k2)) return fail(`matmul: inner dimensions ${k} and ${k2} differ, in ${showShape(a)} x ${showShape(b)}`)
  const batch = broadcastShape('matmul: batch axes', a.slice(0, -2), b.slice(0, -2))
  return isLeft(batch) ? batch : ok([...batch.right, m, n])
}
