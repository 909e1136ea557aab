/** Scaled dot-product attention. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { softmax } from '../ops/activation.js'
import { must, nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import { broadcastShape, type Broadcast } from '../shape/broadcast.js'
import { fail, ok, type Arg, type Checked, type Ok } from '../shape/check.js'
import { sameDim, sameShape, showShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Accepts } from '../shape/dtype.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import type { Alike } from './alike.js'

type Parts<S extends Shape> = S extends readonly [...infer B extends Shape, infer T extends Dim, infer D extends Dim] ? [B, T, D] : never
/** The scores [..., T, S] of queries [..., T, D] and keys [..., S, D], or the message. */
type Scores<Q extends Shape, K extends Shape> =
  number extends Q['length'] | K['length'] ? Shape
    : Parts<Q> extends [infer B extends Shape, infer T extends Dim, infer D extends Dim]
      ? Parts<K> extends [infer C extends Shape, infer S extends Dim, infer E extends Dim]
        ? [Unify<D, E>] extends [never] ? `attention: queries have ${D} features but keys ${E}, in ${Show<Q>} and ${Show<K>}`
          : Alike<B, C> extends true ? [...B, T, S] : `attention: the batch axes of queries ${Show<Q>} and keys ${Show<K>} differ`
        : `attention: keys are ${Show<K>} but [..., S, D] was expected`
      : `attention: queries are ${Show<Q>} but [..., T, D] was expected`
/** The shape that comes out, or the message about the values. */
type Attended<Q extends Shape, K extends Shape, V extends Shape> =
  Scores<Q, K> extends infer R ? R extends Shape
    ? number extends R['length'] | V['length'] ? Shape
      : Parts<R> extends [infer B extends Shape, infer T extends Dim, infer S extends Dim]
        ? Parts<V> extends [infer C extends Shape, infer N extends Dim, infer E extends Dim]
          ? [Unify<S, N>] extends [never] ? `attention: there are ${S} keys but ${N} values, in ${Show<K>} and ${Show<V>}`
            : Alike<B, C> extends true ? [...B, T, E] : `attention: the batch axes of queries ${Show<Q>} and values ${Show<V>} differ`
          : `attention: values are ${Show<V>} but [..., S, E] was expected`
        : never
    : R : never
/** `[]`, or the message when a mask does not repeat to the scores. */
type Mask<Q extends Shape, K extends Shape, M extends Shape> =
  Scores<Q, K> extends infer R ? R extends Shape ? Repeats<R, M, Broadcast<R, M, 'attention mask'>> : [] : never
type Repeats<R extends Shape, M extends Shape, X> =
  X extends Shape ? Alike<X, R> extends true ? [] : `attention mask: ${Show<M>} has more axes than the scores ${Show<R>}` : X

const scoresShape = (q: Shape, k: Shape): Checked => {
  if (q.length < 2) return fail(`attention: queries are ${showShape(q)} but [..., T, D] was expected`)
  if (k.length < 2) return fail(`attention: keys are ${showShape(k)} but [..., S, D] was expected`)
  const [d, e] = [q[q.length - 1], k[k.length - 1]]
  if (!sameDim(d, e)) return fail(`attention: queries have ${d} features but keys ${e}, in ${showShape(q)} and ${showShape(k)}`)
  return sameShape(q.slice(0, -2), k.slice(0, -2)) ? ok([...q.slice(0, -1), k[k.length - 2]])
    : fail(`attention: the batch axes of queries ${showShape(q)} and keys ${showShape(k)} differ`)
}
const checkValues = (q: Shape, k: Shape, v: Shape): Checked => {
  if (v.length < 2) return fail(`attention: values are ${showShape(v)} but [..., S, E] was expected`)
  const [s, n] = [k[k.length - 2], v[v.length - 2]]
  if (!sameDim(s, n)) return fail(`attention: there are ${s} keys but ${n} values, in ${showShape(k)} and ${showShape(v)}`)
  return sameShape(q.slice(0, -2), v.slice(0, -2)) ? ok(v)
    : fail(`attention: the batch axes of queries ${showShape(q)} and values ${showShape(v)} differ`)
}

/** Far below any score, yet finite: a row without anything to see averages all values instead of becoming NaN. */
const hidden = -1e30
const hide = (scores: Node, mask: Node): Node => {
  const shape = must(broadcastShape('attention mask', scores.shape, mask.shape))
  if (shape.length > scores.shape.length)
    must(fail(`attention mask: ${showShape(mask.shape)} has more axes than the scores ${showShape(scores.shape)}`))
  return core.select(core.broadcastTo(mask, scores.shape), scores, core.full(hidden, scores.shape))
}
/** Query t sees keys 0 to t. */
const causalMask = (t: Dim, s: Dim): Node =>
  core.lessEqual(core.broadcastTo(core.iota(s), [t, s]), core.broadcastTo(core.reshape(core.iota(t), [t, 1]), [t, s]))

/**
 * softmax(Q Kᵀ / √D) V (Vaswani et al., 2017, eq. 1) for queries [..., T, D], keys [..., S, D] and values [..., S, E]: [..., T, E]. A query
 * sees the keys where `mask` ([T, S], or with leading axes) is true; `causal` lets query t see keys 0 to t only.
 *
 * @example
 * ```ts
 * const y: Tensor<['B', 'T', 64]> = attention(f32('B', 'T', 64), f32('B', 'T', 64), f32('B', 'T', 64), { causal: true })
 * ```
 */
export function attention<
  Q extends Shape, D extends DType, K extends Shape, E extends DType, V extends Shape, F extends DType, M extends Shape = [],
>(
  q: Arg<Accepts<'attention', D, 'float32'>, Tensor<Q, D>>,
  k: Arg<Accepts<'attention', E, 'float32'> extends infer A ? A extends string ? A : Scores<Q, K> : never, Tensor<K, E>>,
  v: Arg<Accepts<'attention', F, 'float32'> extends infer A ? A extends string ? A : Attended<Q, K, V> : never, Tensor<V, F>>,
  { mask, causal = false }: { readonly mask?: Arg<Mask<Q, K, M>, Tensor<M, 'bool'>>; readonly causal?: boolean } = {},
): Tensor<Ok<Attended<Q, K, V>>, 'float32'> {
  const [queries, keys, values] = [q, k, v].map(x => nodeOfClass('attention', x, 'float32'))
  const shape = must(scoresShape(queries.shape, keys.shape))
  must(checkValues(queries.shape, keys.shape, values.shape))
  const rank = shape.length
  const [t, s] = shape.slice(-2)
  const swapped = core.transpose(keys, [...Array(rank - 2).keys(), rank - 1, rank - 2])
  const features = core.cast(core.dimSize(queries.shape[rank - 1]), 'float32')
  // The scale goes on the queries, which are fewer than the scores.
  const scaled = core.div(queries, core.broadcastTo(core.sqrt(features), queries.shape))
  let scores = core.matmul(scaled, swapped)
  if (mask !== undefined) scores = hide(scores, nodeOfClass('attention mask', mask, 'bool'))
  if (causal) scores = hide(scores, causalMask(t, s))
  return tensorOf(core.matmul(nodeOf('attention', softmax(tensorOf<Shape, 'float32'>(scores), -1)), values))
}
