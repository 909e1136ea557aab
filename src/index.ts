/**
 * typegrad: models as pure typed expressions. This entry point is the language: it runs in a browser, touches no file and no engine.
 *
 * @module
 */
export * from './dsl/tensor.js'
export { TypegradError, type ErrorKind } from './dsl/errors.js'
export type { Buffers, Value } from './dsl/value.js'
export * from './dsl/ops/index.js'
export { define } from './dsl/define/define.js'
export type { Definition } from './dsl/define/definition.js'
export type { AnyTensor, Tree } from './dsl/define/tree.js'
export { foldIn, key, splitKey, type Key } from './dsl/keys.js'
export { init, initialise, type InitSpec } from './dsl/params/index.js'
export * from './dsl/optim/index.js'
export * from './dsl/train.js'
export { version } from './version.js'
