/**
 * The types behind the signatures. Nobody needs to write them, but the compiler does, in the declarations of a library that exports a
 * network, a derivative or a function of this one.
 */
export type { Defined } from './define/layer.js'
export type { MatchTree } from './define/match-tree.js'
export type { InTurn } from './define/seq.js'
export type { Same } from './define/type-function.js'
export type { BernoulliOf } from './distributions/bernoulli.js'
export type { CategoricalOf } from './distributions/categorical.js'
export type { IndependentOf } from './distributions/independent.js'
export type { MultivariateNormalOf } from './distributions/multivariate-normal.js'
export type { NormalOf } from './distributions/normal.js'
export type { UniformOf } from './distributions/uniform.js'
export type { Pooling } from './ops/images.js'
export type { Reduction } from './ops/reduce.js'
export type { Nested } from './shape/nested.js'
export type { Arg } from './shape/check.js'
export type { Accepts } from './shape/dtype.js'
export type { Binary, Comparison, Connective, Predicate, Unary } from './shape/elementwise.js'
export type { HessianProduct } from './transform/grad.js'
