/**
 * A transformer language model of GPT-2's shape (Radford et al., 2019), and its training step: 12 blocks of width 768 with 12 heads, a
 * context of 128, a vocabulary of 50,257, tied embeddings, AdamW. Its graph is large, so it is what compile time is measured on; smaller
 * numbers give a model that can be trained beside the peers.
 *
 * Differences from the paper: the exact GELU, no dropout, weight decay on matrices only.
 */
import {
  adamW, add, attention, crossEntropy, f32, gather, gelu, i32, init, iota, layerNorm, matmul, parameter, reshape, split, trainStep,
  transpose, type Tensor,
} from 'typegrad'

/** Sizes of the model; GPT-2 small where nothing is said. */
export interface GptSizes {
  readonly layers?: number
  readonly width?: number
  readonly heads?: number
  readonly context?: number
  readonly vocabulary?: number
}

type Affine = { readonly w: Tensor<[number, number]>; readonly b: Tensor<[number]> }
type Norm = { readonly scale: Tensor<[number]>; readonly bias: Tensor<[number]> }
type Block = {
  readonly before: Norm
  readonly qkv: Affine
  readonly out: Affine
  readonly between: Norm
  readonly up: Affine
  readonly down: Affine
}
/** The parameters, as the paper names them; the table of tokens is also the way to the logits. */
export type GptParams = {
  readonly tokens: Tensor<[number, number]>
  readonly places: Tensor<[number, number]>
  readonly blocks: readonly Block[]
  readonly last: Norm
}
/** Tokens [B, T], and the token that follows each. */
export type GptBatch = { readonly tokens: Tensor<['B', number], 'int32'>; readonly targets: Tensor<['B', number], 'int32'> }

type Rows = Tensor<['B', number, number]>

/** The specs of the parameters. */
export const gptParams = ({ layers = 12, width = 768, context = 128, vocabulary = 50257 }: GptSizes = {}): GptParams => {
  const affine = (from: number, to: number, std = 0.02): Affine => ({ w: parameter([from, to], init.normal(std)), b: f32(to) })
  const norm = (): Norm => ({ scale: parameter([width], init.ones()), bias: f32(width) })
  // What enters the residual stream is scaled by how often that happens (section 2.3).
  const residual = 0.02 / Math.sqrt(2 * layers)
  return {
    tokens: parameter([vocabulary, width], init.normal(0.02)),
    places: parameter([context, width], init.normal(0.02)),
    blocks: Array.from({ length: layers }, () => ({
      before: norm(), qkv: affine(width, 3 * width), out: affine(width, width, residual),
      between: norm(), up: affine(width, 4 * width), down: affine(4 * width, width, residual),
    })),
    last: norm(),
  }
}

const through = ({ w, b }: Affine, x: Rows): Rows => add(matmul(x, w), b)
const normalised = ({ scale, bias }: Norm, x: Rows): Rows => layerNorm(x, scale, bias)

/** Causal attention of several heads. */
const attended = (p: Block, x: Rows, heads: number): Rows => {
  const [rows, t, d] = x.shape
  const [q, k, v] = split(through(p.qkv, x), 3, -1).map(part => transpose(reshape(part, [rows, t, heads, d / heads]), [0, 2, 1, 3]))
  return through(p.out, reshape(transpose(attention(q, k, v, { causal: true }), [0, 2, 1, 3]), [rows, t, d]))
}
const throughBlock = (p: Block, x: Rows, heads: number): Rows => {
  const seen = add(x, attended(p, normalised(p.before, x), heads))
  return add(seen, through(p.down, gelu(through(p.up, normalised(p.between, seen)))))
}

/** The logits [B, T, vocabulary] of the token that follows each. */
export const gptLogits = (p: GptParams, tokens: GptBatch['tokens'], heads = 12): Rows => {
  const embedded = add(gather(p.tokens, tokens), gather(p.places, iota(tokens.shape[1])))
  const x = p.blocks.reduce<Rows>((h, block) => throughBlock(block, h, heads), embedded)
  return matmul(normalised(p.last, x), transpose(p.tokens))
}

/** The mean cross-entropy of the following tokens, in nats. */
export const gptLoss = (p: GptParams, { tokens, targets }: GptBatch, heads = 12): Tensor<[]> =>
  crossEntropy(gptLogits(p, tokens, heads), targets)

/** The whole training step; its batch has a symbolic 'B'. */
export const gptTraining = (sizes: GptSizes = {}) => trainStep({
  params: gptParams(sizes),
  loss: (p: GptParams, batch: GptBatch) => gptLoss(p, batch, sizes.heads),
  optimiser: adamW(3e-4, { weightDecay: 0.1, decays: (_, shape) => shape.length > 1 }),
})

/** Placeholders of a batch. */
export const gptBatch = ({ context = 128 }: GptSizes = {}): GptBatch => ({ tokens: i32('B', context), targets: i32('B', context) })
