/** What a VQ-VAE is made of, by its types. */
import type { CodebookState, EmaCodebookOptions, Quantised } from '../../dsl/nn/index.js'
import type { Key } from '../../dsl/keys.js'
import type { Arg } from '../../dsl/shape/check.js'
import type { Show, Unify } from '../../dsl/shape/dim-types.js'
import type { Dim, Shape, Tensor } from '../../dsl/tensor.js'
import type { Rows } from '../autoregressive/variables.js'
import type { Decoder, Encoder } from './layers.js'

/** How a codebook learns: `ema` follows the running means of what its entries stand for, `gradient` has a loss of its own. */
export type CodebookKind = 'ema' | 'gradient'

/** The architecture of a VQ-VAE. */
export interface VqVaeOptions<C extends number, K extends number, D extends number, N extends CodebookKind = CodebookKind> {
  /** Channels of a picture. */
  readonly channels: C
  /** K, the entries of the codebook. */
  readonly entries: K
  /** D, the features of an entry. */
  readonly features: D
  /** Channels inside encoder and decoder; 64 when absent. */
  readonly width?: number
  /** Residual blocks of encoder and decoder each; 1 when absent. */
  readonly blocks?: number
  /** β, the weight of the commitment term; 0.25 when absent. */
  readonly beta?: number
  /** How the codebook learns; `ema` when absent. */
  readonly codebook?: N
  /** How running means move, see `emaCodebook`. */
  readonly ema?: Omit<EmaCodebookOptions<K, D>, 'entries' | 'features'>
}

/** Encoder, decoder, and the codebook where gradients move it. */
export type VqVaeParams<C extends number, K extends number, D extends number, N extends CodebookKind = CodebookKind> =
  N extends 'gradient' ? { readonly encoder: Encoder<C, D>; readonly decoder: Decoder<C, D>; readonly codebook: Tensor<[K, D]> }
    : { readonly encoder: Encoder<C, D>; readonly decoder: Decoder<C, D> }
/** Carried state: the codebook where running means move it. */
export type VqVaeAux<K extends number, D extends number, N extends CodebookKind = CodebookKind> =
  N extends 'gradient' ? {} : { readonly codebook: CodebookState<K, D> }
/** Parameters and carried state. */
export interface VqVaeState<P, A> { readonly params: P; readonly aux: A }

/** `[]`, or the message when a batch is not of the model's pictures. */
export type Pictures<X extends Shape, C extends number> =
  number extends X['length'] ? []
    : X extends readonly [Dim, Dim, Dim, infer N extends Dim]
      ? [Unify<N, C>] extends [never] ? `vqVae: pictures have ${N} channels but the model ${C}` : []
      : `vqVae: pictures are ${Show<X>} but [batch, height, width, ${C}] was expected`

/** The objective on a batch, its terms, and what is carried on. */
export interface VqVaeLosses<A> {
  /** reconstruction + β commitment, and the codebook term where gradients move the codebook. */
  readonly loss: Tensor<[]>
  /** Mean ‖x - x̂‖² over all elements of the pictures. */
  readonly reconstruction: Tensor<[]>
  /** Mean ‖sg[z_e] - e‖² over all elements of the vectors. */
  readonly codebook: Tensor<[]>
  /** Mean ‖z_e - sg[e]‖² over all elements of the vectors. */
  readonly commitment: Tensor<[]>
  /** How many entries the batch uses, from 1 to K. */
  readonly perplexity: Tensor<[]>
  readonly aux: A
}

/** A VQ-VAE over pictures [B, H, W, C] whose maps of codes are [B, H/4, W/4]. */
export interface VqVae<C extends number, K extends number, D extends number, P, A> {
  readonly params: P
  /** The first carried state. */
  aux(params: P, key: Key): A
  /** The entries, wherever they are kept, [K, D]. */
  codebook(state: VqVaeState<P, A>): Tensor<[K, D]>
  /** z_e, [B, H/4, W/4, D]. */
  encode<X extends Shape>(params: P, x: Arg<Pictures<X, C>, Tensor<X>>): Tensor<[Rows<X>, number, number, D]>
  /** Encodes and quantises. */
  quantise<X extends Shape>(state: VqVaeState<P, A>, x: Arg<Pictures<X, C>, Tensor<X>>): Quantised<K, [Rows<X>, number, number, D]>
  /** Pictures from vectors [B, H, W, D]: [B, 4H, 4W, C]. */
  decode<B extends Dim>(params: P, z: Tensor<readonly [B, Dim, Dim, D]>): Tensor<[B, number, number, C]>
  /** Pictures from codes [B, H, W]: [B, 4H, 4W, C]. */
  decodeCodes<B extends Dim>(state: VqVaeState<P, A>, codes: Tensor<readonly [B, Dim, Dim], 'int32'>): Tensor<[B, number, number, C]>
  /** x̂, of the shape of x. */
  reconstruct<X extends Shape>(state: VqVaeState<P, A>, x: Arg<Pictures<X, C>, Tensor<X>>): Tensor<X>
  /** The objective on a batch; the key draws what revives dead entries. */
  losses<X extends Shape>(state: VqVaeState<P, A>, x: Arg<Pictures<X, C>, Tensor<X>>, key: Key): VqVaeLosses<A>
}
