/** Distributions of discrete variables by their dtype: zeros and ones, or classes. */
import type { Node } from '../../dsl/core/node.js'
import { bernoulli, categorical } from '../../dsl/distributions/index.js'
import { nodeOf, tensorOf } from '../../dsl/ops/typed.js'
import type { DType, Shape } from '../../dsl/tensor.js'

/** A distribution over nodes. */
export interface Law {
  readonly logProb: (x: Node) => Node
  readonly sample: (key: Node) => Node
}

/** The distribution of variables of a dtype with these logits: [...] for float32, [..., K] for int32. */
export const lawOf = (dtype: DType, logits: Node): Law => {
  const l = tensorOf<Shape, 'float32'>(logits)
  const law = dtype === 'int32' ? categorical(l) : bernoulli(l)
  return {
    logProb: x => nodeOf('logProb', law.logProb(tensorOf<Shape, 'float32'>(x))),
    sample: key => nodeOf('sample', law.sample(tensorOf<[2], 'int32'>(key))),
  }
}
