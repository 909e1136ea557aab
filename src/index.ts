/**
 * typegrad: models as pure typed expressions. This entry point is the language: it runs in a browser, touches no file and no engine.
 *
 * @module typegrad
 */
export * from './dsl/tensor.js'
export { TypegradError, type ErrorKind } from './dsl/errors.js'
export type { Buffers, Value } from './dsl/value.js'
export * from './dsl/ops/index.js'
export { define } from './dsl/define/define.js'
export type { Definition } from './dsl/define/definition.js'
export type { AnyTensor, Tree } from './dsl/define/tree.js'
export type { Apply, TypeFunction } from './dsl/define/type-function.js'
export { layer, layerOf, type Layer, type Step } from './dsl/define/layer.js'
export * from './dsl/define/layers.js'
export { pipe, seq } from './dsl/define/seq.js'
export { grad, hvp, valueAndGrad } from './dsl/transform/grad.js'
export { jvp, vjp } from './dsl/transform/products.js'
export { customVjp } from './dsl/transform/custom-vjp.js'
export { scan, type ScanOptions } from './dsl/transform/scan.js'
export { foldIn, hostKey, key, splitKey, type Key } from './dsl/keys.js'
export { init, initialise, type InitSpec } from './dsl/params/index.js'
export * as dist from './dsl/distributions/index.js'
export * from './dsl/nn/index.js'
export * from './dsl/optim/index.js'
export * from './dsl/train.js'
export * from './dsl/statement.js'
export type * from './dsl/rules.js'
export { version } from './version.js'
