/**
 * A prior over maps of codes, for the second stage of a VQ-VAE (van den Oord et al., 2017, section 3.3): the codes row by row, each by a
 * causal transformer (Vaswani et al., 2017; Radford et al., 2019) that has seen the codes before it.
 *
 * Differences from the papers: the first names a PixelCNN here; of the second the blocks normalise before attention and MLP, and places
 * are learnt.
 */
import { TypegradError } from '../../dsl/errors.js'
import { attention, layerNorm } from '../../dsl/nn/index.js'
import {
  add, block, broadcastTo, concat, equal, f32, gather, gelu, i32, iota, lessEqual, matmul, named, parameter, reshape, slice, transpose,
  where, zeros,
} from '../../dsl/ops/index.js'
import { init } from '../../dsl/params/index.js'
import { categorical } from '../../dsl/distributions/index.js'
import type { Tensor } from '../../dsl/tensor.js'
import { autoregressive, type Alternatives } from '../autoregressive.js'
import { recurrence } from '../autoregressive/recurrence.js'
import { literal } from '../literal.js'

/** A matrix and a bias. */
type Affine = { readonly w: Tensor<[number, number]>; readonly b: Tensor<[number]> }
/** A learnt scale and shift. */
type Norm = { readonly scale: Tensor<[number]>; readonly bias: Tensor<[number]> }
/** Attention, then an MLP, each behind a normalisation. */
type Block = {
  readonly before: Norm
  readonly qkv: Affine
  readonly out: Affine
  readonly between: Norm
  readonly up: Affine
  readonly down: Affine
}
/** Embeddings of codes and places, blocks, and the way to logits. */
export type CodePriorParams = {
  readonly codes: Tensor<[number, number]>
  /** What stands before the first code. */
  readonly start: Tensor<[number]>
  readonly places: Tensor<[number, number]>
  readonly blocks: readonly Block[]
  readonly last: Norm
  readonly logits: Affine
}

/** The architecture of a prior over maps of codes. */
export interface CodePriorOptions<H extends number, W extends number> {
  /** Height and width of a map. */
  readonly map: readonly [H, W]
  /** K, how many codes there are. */
  readonly entries: number
  /** Features inside; 128 when absent. */
  readonly width?: number
  /** Heads of attention, which divide the width; 4 when absent. */
  readonly heads?: number
  /** Blocks of attention and MLP; 3 when absent. */
  readonly layers?: number
}
/** A density over maps of codes, int32 [H, W]. */
export type CodePrior<H extends number, W extends number> = Alternatives<CodePriorParams, readonly [H, W], 'int32'>

type Rows = Tensor<['B', number, number]>
/** One row of features for each head, [B, heads, places, features]. */
type Heads = Tensor<['B', number, number, number]>
/** How queries see keys and values. */
type Mix = (q: Heads, k: Heads, v: Heads) => Heads
/** The keys and values of the places so far, zero at the others. */
type Past = { readonly k: Heads; readonly v: Heads }

const checkOptions = ({ map, entries, width = 128, heads = 4, layers = 3 }: CodePriorOptions<number, number>) => {
  for (const [what, n] of Object.entries({ height: map[0], width: map[1], entries, features: width, heads, layers })) {
    if (Number.isInteger(n) && n > 0) continue
    throw new TypegradError('value', `codePrior: ${what} must be a whole number above 0, but ${n} is given`)
  }
  if (width % heads !== 0) throw new TypegradError('value', `codePrior: ${heads} heads do not divide ${width} features`)
  return { entries, width, heads, layers, size: map[0] * map[1] }
}

const affine = (from: number, to: number, std = 0.02): Affine => ({ w: parameter([from, to], init.normal(std)), b: f32(to) })
const norm = (d: number): Norm => ({ scale: parameter([d], init.ones()), bias: f32(d) })
const paramsOf = ({ entries, width: d, layers, size }: ReturnType<typeof checkOptions>): CodePriorParams => {
  // what enters the residual stream is scaled by how often that happens (Radford et al., 2019, section 2.3)
  const last = 0.02 / Math.sqrt(2 * layers)
  return {
    codes: parameter([entries, d], init.normal(0.02)), start: parameter([d], init.normal(0.02)),
    places: parameter([size, d], init.normal(0.02)),
    blocks: Array.from({ length: layers }, () => ({
      before: norm(d), qkv: affine(d, 3 * d), out: affine(d, d, last), between: norm(d), up: affine(d, 4 * d), down: affine(4 * d, d, last),
    })),
    last: norm(d), logits: affine(d, entries),
  }
}

const through = ({ w, b }: Affine, x: Rows): Rows => add(matmul(x, w), b)
const normalised = block('LN', ({ scale, bias }: Norm, x: Rows): Rows => layerNorm(x, scale, bias), { latex: '\\operatorname{LN}' })
/** Attention of several heads. */
const attended = block('attention', (p: Block, heads: number, x: Rows, mix: Mix): Rows => {
  const [rows, t, d] = x.shape
  const parts = transpose(reshape(through(p.qkv, x), [rows, t, 3, heads, d / heads]), [2, 0, 3, 1, 4])
  const part = (i: number): Heads => reshape(slice(parts, 0, i, i + 1), [rows, heads, t, d / heads])
  return through(p.out, reshape(transpose(mix(part(0), part(1), part(2)), [0, 2, 1, 3]), [rows, t, d]))
}, { latex: '\\operatorname{attention}' })
const perceptron = block('MLP', (p: Block, x: Rows): Rows => through(p.down, gelu(through(p.up, x))), { latex: '\\operatorname{MLP}' })
/** Block `l`, whose result is r_l. */
const throughBlock = (p: Block, l: number, heads: number, x: Rows, mix: Mix): Rows => {
  const seen = named(`s_${l + 1}`, add(x, attended(p, heads, normalised(p.before, x), mix)))
  return named(`r_${l + 1}`, add(seen, perceptron(p, normalised(p.between, seen))))
}
const logitsOf = (p: CodePriorParams, x: Rows): Rows => named('logits', through(p.logits, normalised(p.last, x)), { latex: '\\ell' })

/** All places at once: place t sees the places up to t. */
const parallel = (p: CodePriorParams, heads: number, embedded: Rows): Rows =>
  logitsOf(p, p.blocks.reduce((x, part, l) => throughBlock(part, l, heads, x, (q, k, v) => attention(q, k, v, { causal: true })), embedded))

/** One place, from the keys and values of those before it: its logits, and what is then known. */
const onePlace = (
  p: CodePriorParams, heads: number, size: number, past: readonly Past[], last: Tensor<['B', number]>,
  own: { readonly t: Tensor<[], 'int32'>; readonly place: Tensor<[number]> },
): { readonly logits: Tensor<['B', number]>; readonly past: Past[] } => {
  const [rows, width] = last.shape
  const places = iota(size)
  const here = reshape(equal(places, own.t), [1, 1, size, 1]), upToHere = reshape(lessEqual(places, own.t), [1, size])
  const known: Past[] = []
  const placed = (all: Heads, one: Heads): Heads => where(broadcastTo(here, all.shape), broadcastTo(one, all.shape), all)
  const x = p.blocks.reduce<Rows>((h, part, l) => throughBlock(part, l, heads, h, (q, k, v) => {
    known[l] = { k: placed(past[l].k, k), v: placed(past[l].v, v) }
    return attention(q, known[l].k, known[l].v, { mask: upToHere })
  }), reshape(add(last, own.place), [rows, 1, width]))
  return { logits: reshape(logitsOf(p, x), [rows, p.logits.b.shape[0]]), past: known }
}

/**
 * An autoregressive density over maps of codes [H, W] by a causal transformer: `logProb` in nats of a map, `sample`, and the claim that no
 * code sees a later one.
 *
 * @throws TypegradError when a size is no positive whole number, or the heads do not divide the width
 * @example
 * ```ts
 * import { codePrior } from 'typegrad/models'
 * const prior = codePrior({ map: [7, 7], entries: 256 })
 * const nats: Tensor<['B']> = prior.logProb(prior.params, i32('B', 7, 7))
 * const codes: Tensor<[5, 7, 7], 'int32'> = prior.sample(prior.params, key(0), 5)
 * ```
 */
export const codePrior = <const H extends number, const W extends number>(options: CodePriorOptions<H, W>): CodePrior<H, W> => {
  const checked = checkOptions(options)
  const { entries, width, heads, size } = checked
  const [h, w]: readonly [number, number] = options.map
  return literal<CodePrior<H, W>>(autoregressive({
    params: paramsOf(checked),
    over: i32(h, w),
    conditional: (p, codes) => {
      const rows = codes.shape[0]
      const embedded: Rows = gather(p.codes, reshape(codes, [rows, size]))
      const start: Rows = broadcastTo(reshape(p.start, [1, width]), [rows, 1, width])
      // place t sees the codes before it: all are moved on by one
      const before: Rows = concat([start, slice(embedded, 1, 0, size - 1)], 1)
      return categorical(reshape(parallel(p, heads, named('r_0', add(before, p.places))), [rows, h, w, entries]))
    },
    recurrence: p => recurrence({
      own: { t: iota(size), place: p.places },
      start: rows => ({
        last: broadcastTo(reshape(p.start, [1, width]), [rows, width]),
        past: p.blocks.map((): Past => ({ k: zeros([rows, heads, size, width / heads]), v: zeros([rows, heads, size, width / heads]) })),
      }),
      conditional: ({ last, past }, own) => categorical(onePlace(p, heads, size, past, last, own).logits),
      next: ({ last, past }, own, code) => ({ last: gather(p.codes, code), past: onePlace(p, heads, size, past, last, own).past }),
    }),
  }))
}
