/**
 * The models: one file a paper.
 *
 * @module typegrad/models
 */
export { made, type Made, type MadeOptions } from './made.js'
export type { Dense, MadeParams } from './masked-autoencoder.js'
export {
  generativeClassifier, type ClassifierOptions, type ClassifierParams, type GenerativeClassifier, type Labelled,
} from './generative-classifier.js'
export { nade, type Nade, type NadeOptions, type NadeParams } from './nade.js'
export { fvsbn, type Fvsbn, type FvsbnOptions, type FvsbnParams } from './fvsbn.js'
export { autoregressive, type Alternatives, type Autoregressive, type ChainRule } from './autoregressive.js'
export type { ChainClaims } from './autoregressive/chain.js'
export { recurrence, type AnyRecurrence, type Recurrence } from './autoregressive/recurrence.js'
export { joint, type Joint, type JointRule, type Kinds } from './joint.js'
export type { Conditional, ConditionalsOf, Logits, ValuesOf } from './autoregressive/variables.js'
export type { Ordering } from './degrees.js'
export {
  gaussianWasserstein2, kantorovichRubinstein, optimalTransport, wassersteinOnLine,
  type BestCritic, type Gaussian, type Measure, type TransportOptions, type TransportPlan,
} from './transport/index.js'
export { vqVae } from './vq-vae.js'
export type { CodebookKind, VqVae, VqVaeAux, VqVaeLosses, VqVaeOptions, VqVaeParams, VqVaeState } from './vq-vae/types.js'
export { codePrior, type CodePrior, type CodePriorOptions, type CodePriorParams } from './vq-vae/prior.js'
export { gan, type Gan, type GanOptions, type GanParams } from './gan.js'
export { wgan, type Lipschitz, type Wgan, type WganOptions, type WganParams } from './wgan.js'
export { gridOfGaussians, ringOfGaussians, type Mixture } from './mixtures.js'
export type { GeneratorNetwork, Layers, Range } from './networks.js'
