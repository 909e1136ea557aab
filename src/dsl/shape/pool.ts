/** Pooling, patches and upsampling of images [batch, height, width, channels]. */
import type { Dim, Shape } from '../tensor.js'
import { fail, ok, type Checked, type Fault } from './check.js'
import { placement, type Placement } from './conv.js'
import { mulDim, showShape } from './dim.js'
import type { MulDim, Show } from './dim-types.js'
import { along, windowPlan, type Both, type Of, type WindowOptions, type Windows } from './window.js'

type NotPositive = `-${string}` | `${string}.${string}` | '0'
type Size<Op extends string, What extends string, V extends number> = `${V}` extends NotPositive
  ? Fault<What, `${Op}: ${What} ${V} is not a positive integer`>
  : 0
type Sizes<Op extends string, What extends string, V> =
  Size<Op, What, Of<V, 0> & number> extends infer E ? (E extends 0 ? Size<Op, What, Of<V, 1> & number> : E) : never
type NotImage<Op extends string, X extends Shape> = Fault<'x', `${Op}: input ${Show<X>} is not [batch, height, width, channels]`>
type Pooled<B extends Dim, H, W, C extends Dim, Inner extends Shape> = H extends Dim ? (W extends Dim ? [B, H, W, ...Inner, C] : W) : H

/** The shape of a pooling or of patches, whose windows stand before the channels; or a fault. */
export type PoolRule<X extends Shape, V, O, Op extends string, S0 = V, Inner extends Shape = []> = number extends X['length']
  ? Shape
  : X extends readonly [infer B extends Dim, infer H extends Dim, infer W extends Dim, infer C extends Dim]
    ? Sizes<Op, 'window', V> extends infer E
      ? E extends 0
        ? Pooled<
            B,
            Windows<H, Of<V, 0> & number, O, 0, Op, 'window', 'window', S0>,
            Windows<W, Of<V, 1> & number, O, 1, Op, 'window', 'window', S0>,
            C,
            Inner
          >
        : E
      : never
    : NotImage<Op, X>

/** Where the windows lie and how many there are. */
export const poolPlan = (
  op: string,
  x: Shape,
  window: Both,
  o: WindowOptions,
  ownStride: boolean,
): Checked<Placement & { window: readonly [number, number]; size: readonly [Dim, Dim] }> => {
  if (x.length !== 4) return fail(`${op}: input ${showShape(x)} is not [batch, height, width, channels]`)
  const k = [along(window, 0), along(window, 1)] as const
  const bad = k.find(n => !Number.isInteger(n) || n < 1)
  if (bad !== undefined) return fail(`${op}: window ${bad} is not a positive integer`)
  const h = windowPlan(op, 'window', x[1], k[0], o, 0, ownStride ? k[0] : 1)
  if (h._tag === 'Left') return h
  const w = windowPlan(op, 'window', x[2], k[1], o, 1, ownStride ? k[1] : 1)
  return w._tag === 'Left' ? w : ok({ ...placement(h.right, w.right), window: k, size: [h.right.size, w.right.size] })
}

/** The shape of `upsample2d`, or a fault. */
export type UpsampleRule<X extends Shape, F> = number extends X['length']
  ? Shape
  : X extends readonly [infer B extends Dim, infer H extends Dim, infer W extends Dim, infer C extends Dim]
    ? Sizes<'upsample2d', 'factor', F> extends infer E
      ? E extends 0
        ? [B, MulDim<H, Of<F, 0> & number>, MulDim<W, Of<F, 1> & number>, C]
        : E
      : never
    : NotImage<'upsample2d', X>
export const upsampleShape = (x: Shape, factor: Both): Checked => {
  if (x.length !== 4) return fail(`upsample2d: input ${showShape(x)} is not [batch, height, width, channels]`)
  const k = [along(factor, 0), along(factor, 1)] as const
  const bad = k.find(n => !Number.isInteger(n) || n < 1)
  return bad === undefined
    ? ok([x[0], mulDim(x[1], k[0]), mulDim(x[2], k[1]), x[3]])
    : fail(`upsample2d: factor ${bad} is not a positive integer`)
}
