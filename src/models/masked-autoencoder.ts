/**
 * The network of MADE (Germain et al., 2015, eq. 8-13): layers masked by the degrees of their units, at all variables at once, and one
 * variable after another.
 */
import { bernoulli, type Bernoulli } from '../dsl/distributions/index.js'
import { TypegradError } from '../dsl/errors.js'
import { add, broadcastTo, einsum, f32, gather, iota, matmul, mul, named, relu, transpose, zeros } from '../dsl/ops/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import type { Step } from '../dsl/transform/scan.js'
import { recurrence, type Recurrence } from './autoregressive/recurrence.js'
import { degreesOf, type Ordering } from './degrees.js'
import { outputBias } from './marginals.js'
import { degreeTable, hiddenMask, outputMask, rowOf } from './masks.js'

/** A dense layer's weights [I, O] and biases [O]. */
export type Dense<I extends Dim, O extends Dim> = { readonly w: Tensor<[I, O]>; readonly b: Tensor<[O]> }
/** Hidden layers, output layer, and the direct connection from inputs to outputs where there is one. */
export type MadeParams<D extends Dim> = {
  readonly hidden: readonly Dense<Dim, number>[]
  readonly out: Dense<number, D>
  readonly direct?: { readonly w: Tensor<[D, D]> }
}

/** What all variables may hear besides one another: added before the first nonlinearity and to the log-odds. */
export interface Context { readonly hidden: Tensor<['B', number]>; readonly logits: Tensor<['B', number]> }

/** Sizes and orders of a masked network. */
export interface MaskedSizes {
  readonly dims: number
  readonly hidden: readonly number[]
  readonly direct: boolean
  readonly orderings: readonly Ordering[]
  readonly seed: number
  readonly means?: ArrayLike<number>
}

type Mask = Tensor<[], 'int32'>
/** What is carried from variable to variable: the first layer before its nonlinearity, and what the direct connection has said. */
type Known = { readonly first: Tensor<['B', number]>; readonly direct: readonly Tensor<['B', number]>[] }
type Own = {
  readonly d: Tensor<[number], 'int32'>
  readonly first: Tensor<[Dim, number]>
  readonly out: Tensor<[number, number]>
  readonly b: Tensor<[number]>
  readonly direct: readonly Tensor<[number, number]>[]
}

/** A masked network: parameters, and the same conditionals in two forms. */
export interface MaskedNetwork {
  readonly params: MadeParams<number>
  readonly conditional: (
    p: MadeParams<number>, x: Tensor<['B', number]>, mask: Mask, context?: Context) => Bernoulli<['B', number]>
  readonly recurrence: (p: MadeParams<number>, mask: Mask, context?: Context) => Recurrence<'float32', Known, Own>
}

/** Refuses a size that is not a whole number above 0. */
export const positive = (model: string, what: string, n: number): number => {
  if (Number.isInteger(n) && n > 0) return n
  throw new TypegradError('value', `${model}: ${what} must be a whole number above 0, but ${n} is given`)
}

/** The masks of every layer under an alternative, applied to the weights, so that gradients are masked too. */
const masked = ({ hidden, orderings, dims, seed }: MaskedSizes) => {
  const degrees = orderings.map((o, k) => degreesOf(o, hidden, seed, k * 64))
  const tables = [dims, ...hidden].map((_, l) => degreeTable(degrees.map(d => d[l])))
  return (p: MadeParams<number>, mask: Mask): MadeParams<number> => {
    const layers = tables.map(t => rowOf(t, mask))
    const inputs = layers[0]
    return {
      hidden: p.hidden.map(({ w, b }, l) => ({ w: mul(w, hiddenMask(layers[l], layers[l + 1])), b })),
      out: { w: mul(p.out.w, outputMask(layers[layers.length - 1], inputs)), b: p.out.b },
      ...p.direct && { direct: { w: mul(p.direct.w, outputMask(inputs, inputs)) } },
    }
  }
}

/** The layers above the first, from the first before its nonlinearity: the last hidden layer. */
const above = (first: Tensor<['B', number]>, hidden: MadeParams<number>['hidden']): Tensor<['B', number]> =>
  hidden.slice(1).reduce((h, { w, b }) => relu(add(matmul(h, w), b)), relu(first))

/** A masked network of a model, which errors name. */
export const maskedNetwork = (model: string, sizes: MaskedSizes): MaskedNetwork => {
  const { dims, hidden, direct, means } = sizes
  positive(model, 'dims', dims)
  if (hidden.length === 0)
    throw new TypegradError('value', `${model}: hidden is [], but at least one hidden layer is expected; fvsbn has none`)
  hidden.forEach((h, l) => positive(model, `hidden[${l}]`, h))
  const weights = masked(sizes)
  return {
    params: {
      hidden: hidden.map((h, l) => ({ w: f32(l === 0 ? dims : hidden[l - 1], h), b: f32(h) })),
      out: { w: f32(hidden[hidden.length - 1], dims), b: outputBias(model, dims, means) },
      ...direct && { direct: { w: f32(dims, dims) } },
    },
    conditional: (p, x, mask, context) => {
      const { hidden: layers, out, direct: skip } = weights(p, mask)
      const first = add(matmul(x, layers[0].w), layers[0].b)
      const h = named('h', above(context ? add(first, context.hidden) : first, layers))
      const deep = add(matmul(h, out.w), out.b)
      const logits = skip ? add(deep, matmul(x, skip.w)) : deep
      return bernoulli(named('logits', context ? add(logits, context.logits) : logits))
    },
    // The first layer hears one more variable a step; of the output layer only the column of the variable is computed.
    recurrence: (p, mask, context) => {
      const { hidden: layers, out, direct: skip } = weights(p, mask)
      const units = hidden[0]
      return recurrence<'float32', Known, Own>({
        own: { d: iota(dims), first: layers[0].w, out: transpose(out.w), b: out.b, direct: skip ? [skip.w] : [] },
        start: rows => {
          const first = broadcastTo(layers[0].b, [rows, units])
          return {
            first: context ? add(first, context.hidden) : first,
            direct: context ? [context.logits] : skip ? [zeros([rows, dims])] : [],
          }
        },
        conditional: (known, own: Step<Own>) => {
          const deep = add(einsum('bh,h->b', above(known.first, layers), own.out), own.b)
          return bernoulli(known.direct.reduce((l, said) => add(l, gather(said, own.d, 1)), deep))
        },
        next: (known, own: Step<Own>, x) => ({
          first: add(known.first, einsum('b,h->bh', x, own.first)),
          direct: known.direct.map((said, i) => i < own.direct.length ? add(said, einsum('b,d->bd', x, own.direct[i])) : said),
        }),
      })
    },
  }
}
