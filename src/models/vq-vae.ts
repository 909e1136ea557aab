/**
 * VQ-VAE, the vector-quantised variational autoencoder (van den Oord et al., 2017): a picture becomes a map of codes, each the nearest of K
 * entries to what a convolutional encoder says there, and a convolutional decoder draws the picture from the entries (eq. 3):
 * L = ‖x - x̂‖² + ‖sg[z_e] - e‖² + β ‖z_e - sg[e]‖². A running codebook (appendix A.1) does without the second term.
 *
 * Differences from the paper: squared norms are means over elements; a 3x3 convolution and the residual blocks work at a quarter of the
 * picture's height and width; dead entries of a running codebook are revived.
 */
import { TypegradError } from '../dsl/errors.js'
import type { Key } from '../dsl/keys.js'
import { emaCodebook, mse, vectorQuantise, type CodebookState, type Quantised } from '../dsl/nn/index.js'
import { add, block, gather, mul, named, parameter, tensor } from '../dsl/ops/index.js'
import { must, nodeOf, tensorOf } from '../dsl/ops/typed.js'
import { init } from '../dsl/params/index.js'
import { fail } from '../dsl/shape/check.js'
import { sameDim, showShape } from '../dsl/shape/dim.js'
import type { Shape, Tensor } from '../dsl/tensor.js'
import type { Rows } from './autoregressive/variables.js'
import { decode, decoder, encode, encoder, type Decoder, type Encoder } from './vq-vae/layers.js'
import type { CodebookKind, VqVae, VqVaeAux, VqVaeLosses, VqVaeOptions, VqVaeParams, VqVaeState } from './vq-vae/types.js'

type Images = Tensor<['B', number, number, number]>
/** The state of either kind: the codebook is in one of two places. */
type State = VqVaeState<
  { readonly encoder: Encoder<number, number>; readonly decoder: Decoder<number, number>; readonly codebook?: Tensor<[number, number]> },
  { readonly codebook?: CodebookState<number, number> }
>

const checkOptions = (o: VqVaeOptions<number, number, number>) => {
  const { channels, entries, features, width = 64, blocks = 1, beta = 0.25, codebook = 'ema', ema = {} } = o
  const refuse = (what: string, x: unknown, expected: string): never => {
    throw new TypegradError('value', `vqVae: ${what} must be ${expected}, but ${String(x)} is given`)
  }
  for (const [what, x] of Object.entries({ channels, entries, features }))
    if (!(Number.isInteger(x) && x > 0)) refuse(what, x, 'a whole number above 0')
  if (!(Number.isInteger(width) && width > 0 && width % 2 === 0)) refuse('width', width, 'an even number above 0')
  if (!(Number.isInteger(blocks) && blocks >= 0)) refuse('blocks', blocks, 'a whole number from 0')
  if (!(beta >= 0)) refuse('beta', beta, 'a number from 0')
  if (!['ema', 'gradient'].includes(codebook)) refuse('codebook', codebook, 'ema or gradient')
  return { channels, entries, features, width, blocks, beta, codebook, ema }
}

/** A batch whose height and width come out again after two halvings. */
const picturesOf = (x: unknown, channels: number): Images => {
  const { shape } = nodeOf('vqVae', x)
  if (shape.length !== 4) must(fail(`vqVae: pictures are ${showShape(shape)} but [batch, height, width, ${channels}] was expected`))
  if (!sameDim(shape[3], channels)) must(fail(`vqVae: pictures have ${shape[3]} channels but the model ${channels}`))
  const [, height, width] = shape
  for (const d of [height, width])
    if (typeof d !== 'number' || d % 4 !== 0) must(fail(`vqVae: pictures are ${showShape(shape)}, but height and width must divide by 4`))
  return tensorOf(nodeOf('vqVae', x))
}

/**
 * A VQ-VAE over pictures of `channels` channels, with `entries` codes of `features` features; height and width must divide by 4, and a
 * map of codes has a quarter of both.
 *
 * @throws TypegradError when a size is no positive whole number, β is negative, or a batch is not of such pictures
 * @example
 * ```ts
 * import { vqVae } from 'typegrad/models'
 * const model = vqVae({ channels: 1, entries: 256, features: 32 })
 * const aux = model.aux(model.params, key(0))
 * const x = f32('B', 28, 28, 1)
 * const { codes } = model.quantise({ params: model.params, aux }, x)
 * codes.shape // ['B', 7, 7]
 * const { loss } = model.losses({ params: model.params, aux }, x, key(1))
 * ```
 */
export const vqVae = <const C extends number, const K extends number, const D extends number, const N extends CodebookKind = 'ema'>(
  options: VqVaeOptions<C, K, D, N>,
): VqVae<C, K, D, VqVaeParams<C, K, D, N>, VqVaeAux<K, D, N>> => {
  const { channels, entries, features, width, blocks, beta, codebook, ema } = checkOptions(options)
  const running = codebook === 'ema' ? emaCodebook({ entries, features, ...ema }) : undefined
  const β = named('β', tensor(beta))
  const encodeAs = block('encoder', encode, { latex: 'E' }), decodeAs = block('decoder', decode, { latex: 'D' })
  const typed = <S extends Shape>(x: Tensor<Shape>): Tensor<S> => tensorOf(nodeOf('vqVae', x))

  const bookOf = ({ params, aux }: State): Tensor<[number, number]> => {
    const book = aux.codebook?.entries ?? params.codebook
    if (book === undefined) throw new TypegradError('value', 'vqVae: the state has no codebook; give { params, aux } of this model')
    return book
  }
  const quantised = (state: State, x: Images) => vectorQuantise(bookOf(state), encodeAs(state.params.encoder, x))
  const losses = (state: State, x: Images, key: Key): VqVaeLosses<State['aux']> => {
    const { quantised: z, codebookLoss, commitmentLoss: commitment, perplexity, encoded, codes } = quantised(state, x)
    const drawn = named('x̂', decodeAs(state.params.decoder, z), { latex: '\\hat{x}' })
    const reconstruction = named('reconstruction', mse(x, drawn))
    const terms = running ? reconstruction : add(reconstruction, codebookLoss)
    const next = running && state.aux.codebook ? { codebook: running.update(state.aux.codebook, encoded, codes, key) } : {}
    return { loss: add(terms, mul(β, commitment)), reconstruction, codebook: codebookLoss, commitment, perplexity, aux: next }
  }
  const params: State['params'] = {
    encoder: encoder(channels, width, blocks, features), decoder: decoder(channels, width, blocks, features),
    ...!running && { codebook: parameter([entries, features], init.normal(0.1)) },
  }
  const model: VqVae<number, number, number, State['params'], State['aux']> = {
    params,
    aux: (_, key) => running ? { codebook: running.init(key) } : {},
    codebook: bookOf,
    encode: (p, x) => typed(encodeAs(p.encoder, picturesOf(x, channels))),
    quantise: <X extends Shape>(state: State, x: unknown) => {
      const found: unknown = quantised(state, picturesOf(x, channels))
      return found as Quantised<number, [Rows<X>, number, number, number]>
    },
    decode: (p, z) => typed(decodeAs(p.decoder, typed(z))),
    decodeCodes: (state, codes) => typed(decodeAs(state.params.decoder, typed(gather(bookOf(state), codes)))),
    reconstruct: (state, x) => typed(decodeAs(state.params.decoder, quantised(state, picturesOf(x, channels)).quantised)),
    losses: (state, x, key) => losses(state, picturesOf(x, channels), key),
  }
  // The boundary between sizes known as numbers and as literals: the trees are the same.
  const literal: unknown = model
  return literal as VqVae<C, K, D, VqVaeParams<C, K, D, N>, VqVaeAux<K, D, N>>
}
