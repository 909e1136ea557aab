/** Distributions: `logProb`, `sample`, `entropy` and `kl` with typed shapes. */
export { kl, type Distribution } from './distribution.js'
export { bernoulli, bernoulliFromProbs, type Bernoulli } from './bernoulli.js'
export { categorical, type Categorical } from './categorical.js'
export { normal, diagonalNormal, type Normal } from './normal.js'
export { multivariateNormal, type MultivariateNormal } from './multivariate-normal.js'
export { uniform, type Uniform } from './uniform.js'
export { independent, type Independent } from './independent.js'
