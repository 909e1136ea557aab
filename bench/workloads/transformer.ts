/** A causal transformer in the manner of GPT-2 (Radford et al., 2019): blocks that normalise first, and logits by the embedding itself. */
import {
  adam, add, attention, crossEntropy, f32, gather, gelu, i32, init, layerNorm, matmul, parameter, reshape, slice, trainStep, transpose,
  type Tensor,
} from 'typegrad'
import { ints } from '../harness/arrays.js'
import { generator } from '../harness/random.js'
import { allPeers, BATCHES, trainingCase, workload, type Sizes } from '../harness/workload.js'

type Rows = Tensor<['B', number, number]>
type Tokens = Tensor<['B', number], 'int32'>
type Heads = Tensor<['B', number, number, number]>
export interface Architecture {
  readonly layers: number; readonly width: number; readonly heads: number; readonly context: number; readonly vocabulary: number
}

const affine = (from: number, to: number, std = 0.02) => ({ w: parameter([from, to], init.normal(std)), b: f32(to) })
const norm = (d: number) => ({ scale: parameter([d], init.ones()), bias: f32(d) })
const blockOf = (d: number, layers: number) => ({
  before: norm(d), qkv: affine(d, 3 * d), out: affine(d, d, 0.02 / Math.sqrt(2 * layers)),
  between: norm(d), up: affine(d, 4 * d), down: affine(4 * d, d, 0.02 / Math.sqrt(2 * layers)),
})
const paramsOf = ({ layers, width, context, vocabulary }: Architecture) => ({
  tokens: parameter([vocabulary, width], init.normal(0.02)), places: parameter([context, width], init.normal(0.02)),
  blocks: Array.from({ length: layers }, () => blockOf(width, layers)), last: norm(width),
})

const through = (p: ReturnType<typeof affine>, x: Rows): Rows => add(matmul(x, p.w), p.b)
const normalised = (p: ReturnType<typeof norm>, x: Rows): Rows => layerNorm(x, p.scale, p.bias)

/** Logits of the next token at every place. */
const logitsOf = ({ heads, context: t, width: d }: Architecture) => (p: ReturnType<typeof paramsOf>, x: Tokens): Rows => {
  const embedded: Rows = add(gather(p.tokens, x), p.places)
  const hidden = p.blocks.reduce<Rows>((h, part) => {
    const parts = transpose(reshape(through(part.qkv, normalised(part.before, h)), ['B', t, 3, heads, d / heads]), [2, 0, 3, 1, 4])
    const one = (i: number): Heads => reshape(slice(parts, 0, i, i + 1), ['B', heads, t, d / heads])
    const mixed = attention(one(0), one(1), one(2), { causal: true })
    const seen = add(h, through(part.out, reshape(transpose(mixed, [0, 2, 1, 3]), ['B', t, d])))
    return add(seen, through(part.down, gelu(through(part.up, normalised(part.between, seen)))))
  }, embedded)
  return matmul(normalised(p.last, hidden), transpose(p.tokens))
}

/** Its training step with Adam on tokens and the tokens that follow them. */
export const language = (a: Architecture, rate: number) => trainStep({
  params: paramsOf(a),
  loss: (p, { x, y }: { readonly x: Tokens; readonly y: Tokens }) =>
    crossEntropy(logitsOf(a)(p, x), y),
  optimiser: adam(rate),
})

/** Each token follows from the one before by a fixed rule two times in three, and is drawn otherwise. */
const text = (batch: number, context: number, vocabulary: number) => {
  const uniform = generator(8)
  const lines = Array.from({ length: BATCHES * batch }, () => {
    const line = [Math.floor(uniform() * vocabulary)]
    while (line.length <= context)
      line.push(uniform() < 2 / 3 ? (line[line.length - 1] * 7 + 3) % vocabulary : Math.floor(uniform() * vocabulary))
    return line
  })
  const shifted = (by: number) => ints([BATCHES, batch, context], i => lines[Math.floor(i / context)][i % context + by])
  return { x: shifted(0), y: shifted(1) }
}

/** GPT-2 small by its shapes: for compile time, not for speed. */
export const gpt2 = ({ batch = 4, width = 768, depth = 12, sequence = 128 }: Sizes = {}) => workload({
  name: 'gpt2',
  title: `GPT-2 small: ${depth} layers, width ${width}, ${width / 64} heads, context ${sequence}, vocabulary 50257, batch ${batch}`,
  peers: { torch: ['compile'], jax: ['jit'] },
}, () => {
  const training = language({ layers: depth, width, heads: width / 64, context: sequence, vocabulary: 50257 }, 1e-4)
  return trainingCase(training, { x: i32('B', sequence), y: i32('B', sequence) }, { B: batch }, () => text(batch, sequence, 50257))
})

export const transformer = ({ batch = 16, width = 256, depth = 4, sequence = 128 }: Sizes = {}) => workload({
  name: 'transformer',
  title: `causal transformer, ${depth} layers, width ${width}, ${width / 64} heads, context ${sequence}, vocabulary 256, `
    + `Adam, batch ${batch}`,
  peers: allPeers,
}, () => {
  const training = language({ layers: depth, width, heads: width / 64, context: sequence, vocabulary: 256 }, 1e-4)
  return trainingCase(training, { x: i32('B', sequence), y: i32('B', sequence) }, { B: batch }, () => text(batch, sequence, 256))
})
