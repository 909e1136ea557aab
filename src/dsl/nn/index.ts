/** Derived expressions of neural networks: losses, normalisation, attention. Activations without settings are among the ops. */
export { binaryCrossEntropyWithLogits, crossEntropy, mse } from './losses.js'
export { leakyRelu } from './activations.js'
export { layerNorm } from './layer-norm.js'
export { attention } from './attention.js'
export { dropout } from './dropout.js'
export { solveTriangular } from './triangular.js'
export { vectorQuantise, type Quantised } from './vector-quantise.js'
export { emaCodebook, type CodebookState, type EmaCodebook, type EmaCodebookOptions } from './vector-quantise-ema.js'
