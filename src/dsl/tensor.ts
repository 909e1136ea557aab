/** The public face of a tensor: a shape and a dtype, both computed by the type checker. Tensors are expressions, never buffers. */

/** A number literal is static, a string is a rigid symbol (and the axis's name), `number` is known at run time only. */
export type Dim = number | string
/** An ordered tuple of dimensions. */
export type Shape = readonly Dim[]
/** The element types of the language. */
export type DType = 'float32' | 'int32' | 'bool'
/** The element types that carry arithmetic. */
export type Numeric = 'float32' | 'int32'

/**
 * An expression whose value is an array of `shape` and `dtype`.
 *
 * @example
 * ```ts
 * const x: Tensor<['B', 784]> = f32('B', 784)
 * ```
 */
export interface Tensor<out S extends Shape = Shape, out D extends DType = 'float32'> {
  readonly shape: S
  readonly dtype: D
}
