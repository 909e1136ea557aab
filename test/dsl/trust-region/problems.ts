/** Small problems: a supervised classifier, a bandit. */
import {
  add, atMost, categorical, crossEntropy, dist, exp, gather, init, matmul, mean, mul, naturalGradient, neg, normal, parameter, splitKey,
  sub, tanh, trustRegion, type Key, type NaturalGradientOptions, type Tensor, type TrustRegion,
} from '../../../src/index.js'

export interface Labelled { readonly x: Tensor<[6, 3]>; readonly label: Tensor<[6], 'int32'> }
const layers = {
  w1: parameter([3, 4], init.normal(0.7)), b1: parameter([4], init.normal(0.3)),
  w2: parameter([4, 3], init.normal(0.7)), b2: parameter([3], init.normal(0.3)),
}
export type Layers = typeof layers
export const logits = (p: Layers, x: Tensor<[6, 3]>): Tensor<[6, 3]> => add(matmul(tanh(add(matmul(x, p.w1), p.b1)), p.w2), p.b2)

/** Classification by a small network: raise the log-likelihood, keep the predictions near. */
export const classifier = (bound: number, options?: NaturalGradientOptions): TrustRegion<Layers, Labelled> => trustRegion({
  params: layers,
  maximise: (p, _, { x, label }: Labelled) => neg(crossEntropy(logits(p, x), label)),
  subjectTo: (p, old, { x }) => atMost(bound, mean(dist.kl(dist.categorical(logits(old, x)), dist.categorical(logits(p, x))))),
  solver: naturalGradient(options),
})
export const labelled = (key: Key): Labelled => {
  const keys = splitKey(key, 'x', 'label')
  return { x: normal(keys.x, [6, 3]), label: categorical(keys.label, mul(normal(keys.x, [6, 3]), 2)) }
}

export interface Pulls { readonly arm: Tensor<[8], 'int32'>; readonly advantage: Tensor<[8]> }
/** A bandit: raise the importance-weighted advantage of the arms that were pulled. */
export const bandit = (bound: number, options?: NaturalGradientOptions): TrustRegion<{ θ: Tensor<[4]> }, Pulls> => trustRegion({
  params: { θ: parameter([4], init.normal(1)) },
  maximise: (p, old, { arm, advantage }: Pulls) => {
    const ratio = exp(sub(dist.categorical(p.θ).logProbs, dist.categorical(old.θ).logProbs))
    return mean(mul(gather(ratio, arm), advantage))
  },
  subjectTo: (p, old) => atMost(bound, dist.kl(dist.categorical(old.θ), dist.categorical(p.θ))),
  solver: naturalGradient(options),
})
export const pulls = (key: Key): Pulls => {
  const keys = splitKey(key, 'arm', 'advantage')
  return { arm: categorical(keys.arm, normal(keys.arm, [8, 4])), advantage: normal(keys.advantage, [8]) }
}
