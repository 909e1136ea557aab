/** The public operations. */
export * from './create.js'
export * from './unary.js'
export * from './activation.js'
export * from './arithmetic.js'
export * from './comparison.js'
export * from './matmul.js'
export * from './reduce.js'
export * from './reshape.js'
