/** Where tensors come from: placeholders, constants, counters. */
import { constant, dimSize as dimSizeNode, full as fullNode, input, iota as iotaNode, type InitSpec } from '../core/build.js'
import { TypegradError } from '../errors.js'
import type { Arg } from '../shape/check.js'
import { checkDims, type Dims, type DimsFault, type NormalShape } from '../shape/dims.js'
import { nestedShape, type Nested, type NestedDType, type NestedShape, type Ragged } from '../shape/nested.js'
import type { Dim, DType, Tensor } from '../tensor.js'
import { sizeOf, type Buffers } from '../value.js'
import { must, tensorOf } from './typed.js'

const placeholder = (op: string, dtype: DType, dims: readonly unknown[]): Tensor<never, never> =>
  tensorOf(input({ shape: must(checkDims(op, dims)), dtype }))

/**
 * A fresh float32 placeholder of the given dimensions: sizes or symbols. Each call is a new one.
 *
 * @example
 * ```ts
 * const x = f32('B', 784)
 * x.shape // ['B', 784]
 * ```
 */
export function f32<const S extends Dim[]>(...dims: Dims<'f32', S>): Tensor<NormalShape<S>, 'float32'> {
  return placeholder('f32', 'float32', dims)
}
/**
 * A fresh int32 placeholder: indices, labels, counts.
 *
 * @example
 * ```ts
 * const labels = i32('B')
 * ```
 */
export function i32<const S extends Dim[]>(...dims: Dims<'i32', S>): Tensor<NormalShape<S>, 'int32'> {
  return placeholder('i32', 'int32', dims)
}
/**
 * A fresh placeholder of truth values: masks.
 *
 * @example
 * ```ts
 * const mask = bool('T', 'T')
 * ```
 */
export function bool<const S extends Dim[]>(...dims: Dims<'bool', S>): Tensor<NormalShape<S>, 'bool'> {
  return placeholder('bool', 'bool', dims)
}

/**
 * A float32 placeholder that says how its values start, for parameters; engines ignore the initialiser.
 *
 * @example
 * ```ts
 * const w = parameter([784, 10], { kind: 'glorot' })
 * ```
 */
export function parameter<const S extends readonly Dim[]>(
  shape: S & Arg<DimsFault<'parameter', S>, unknown>,
  init: InitSpec,
  name?: string,
): Tensor<NormalShape<S>, 'float32'> {
  return tensorOf(input({ shape: must(checkDims('parameter', shape)), dtype: 'float32', init, name }))
}

const bufferOf = (dtype: DType, xs: readonly (number | boolean)[]): Buffers[DType] =>
  dtype === 'float32' ? Float64Array.from(xs, Number) : dtype === 'int32' ? Int32Array.from(xs, Number) : Uint8Array.from(xs, Number)

/**
 * A constant from nested arrays, whose lengths are the shape; rows must be equally long. Numbers are float32 unless
 * `dtype` says int32, truth values are bool.
 *
 * @example
 * ```ts
 * tensor([[1, 2, 3], [4, 5, 6]]).shape // [2, 3]
 * tensor([2, 0], 'int32')
 * ```
 */
export function tensor<const V extends Nested, const D extends DType = NestedDType<V>>(
  value: V & Arg<Ragged<V>, unknown>,
  dtype?: D,
): Tensor<NestedShape<V>, D> {
  const shape = must(nestedShape(value))
  const flat = [value].flat(Infinity) as (number | boolean)[]
  const to = dtype ?? (typeof flat[0] === 'boolean' ? 'bool' : 'float32')
  const bad = flat.find(x => (typeof x !== 'number' && typeof x !== 'boolean') || (to === 'int32' && !Number.isInteger(Number(x))))
  if (bad !== undefined)
    throw new TypegradError('value', `tensor: ${String(bad)} is not ${to === 'int32' ? 'an int32' : 'a number or truth value'}`)
  return tensorOf(constant({ shape, dtype: to, data: bufferOf(to, flat) }))
}

/**
 * A constant from a flat array in row-major order; its length must be the product of the shape.
 *
 * @example
 * ```ts
 * fromArray(new Float32Array([1, 2, 3, 4]), [2, 2])
 * ```
 */
export function fromArray<const S extends readonly number[], const D extends DType = 'float32'>(
  data: ArrayLike<number>,
  shape: S & Arg<DimsFault<'fromArray', S>, unknown>,
  dtype?: D,
): Tensor<NormalShape<S>, D> {
  const sizes = must(checkDims('fromArray', shape)) as readonly number[]
  if (data.length !== sizeOf(sizes))
    throw new TypegradError('value', `fromArray: [${sizes.join(', ')}] has ${sizeOf(sizes)} elements but ${data.length} are given`)
  return tensorOf(constant({ shape: sizes, dtype: dtype ?? 'float32', data: bufferOf(dtype ?? 'float32', Array.from(data)) }))
}

/**
 * A number repeated to a shape.
 *
 * @example
 * ```ts
 * full(0.5, ['B', 3])
 * ```
 */
export function full<const S extends readonly Dim[], const D extends DType = 'float32'>(
  value: number,
  shape: S & Arg<DimsFault<'full', S>, unknown>,
  dtype?: D,
): Tensor<NormalShape<S>, D> {
  return tensorOf(fullNode(value, must(checkDims('full', shape)), dtype ?? 'float32'))
}
/**
 * Zeros of a shape.
 *
 * @example
 * ```ts
 * zeros([2, 3])
 * ```
 */
export function zeros<const S extends readonly Dim[], const D extends DType = 'float32'>(
  shape: S & Arg<DimsFault<'zeros', S>, unknown>,
  dtype?: D,
): Tensor<NormalShape<S>, D> {
  return tensorOf(fullNode(0, must(checkDims('zeros', shape)), dtype ?? 'float32'))
}
/**
 * Ones of a shape.
 *
 * @example
 * ```ts
 * ones([2, 3])
 * ```
 */
export function ones<const S extends readonly Dim[], const D extends DType = 'float32'>(
  shape: S & Arg<DimsFault<'ones', S>, unknown>,
  dtype?: D,
): Tensor<NormalShape<S>, D> {
  return tensorOf(fullNode(1, must(checkDims('ones', shape)), dtype ?? 'float32'))
}

/**
 * The integers 0, 1, ..., n - 1 as int32.
 *
 * @example
 * ```ts
 * iota(4) // [0, 1, 2, 3]
 * ```
 */
export function iota<const N extends Dim>(n: Arg<DimsFault<'iota', [N]>, N>): Tensor<NormalShape<[N]>, 'int32'> {
  return tensorOf(iotaNode(must(checkDims('iota', [n]))[0]))
}

/**
 * The size of a dimension as an int32 scalar, known once its symbols are bound.
 *
 * @example
 * ```ts
 * dimSize(3) // 3
 * ```
 */
export function dimSize<const N extends Dim>(n: Arg<DimsFault<'dimSize', [N]>, N>): Tensor<[], 'int32'> {
  return tensorOf(dimSizeNode(must(checkDims('dimSize', [n]))[0]))
}
