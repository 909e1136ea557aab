/**
 * The one place where tfjs is touched: its kernels called straight from the registry, its data counted by reference. The types below are
 * the part of tfjs that this engine uses, so that none of tfjs's own appear in our declarations.
 */
import { InternalError } from '../../dsl/errors.js'
import type { DType } from '../../dsl/tensor.js'
import { sizeOf, type Value } from '../../dsl/value.js'

/** What a kernel takes and gives. tfjs-node gives tensors that its engine counts, which must be disposed through that engine. */
export interface Info { dataId: object; readonly shape: readonly number[]; readonly dtype: DType; dispose?(): void }
export type Inputs = Readonly<Record<string, Info>> | readonly Info[]
export type Attributes = Readonly<Record<string, unknown>>
/** An array as a device holds it. */
export type Data = Float32Array | Int32Array | Uint8Array

/** A tfjs backend. */
export interface Backend {
  write(values: Data, shape: readonly number[], dtype: DType): object
  read(dataId: object): Promise<ArrayLike<number>>
  readSync(dataId: object): ArrayLike<number>
  disposeData(dataId: object): boolean
  incRef(dataId: object): void
  numDataIds(): number
  /** Of wasm: room for a result, and arrays that look into its memory. */
  makeOutput?(shape: readonly number[], dtype: DType): Info
  typedArrayFromHeap?(info: Info): Data
  /** Of cpu: whether its advertisement is still to come. */
  firstUse?: boolean
  /** Of tfjs-node: an operation of TensorFlow by its name, and the numbers that stand for its types. */
  executeSingleOutput?(op: string, attrs: readonly { name: string; type: number; value: number }[], inputs: readonly Info[]): Info
  readonly binding?: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number }
}

interface KernelConfig { kernelFunc(call: { inputs: Inputs; attrs: Attributes; backend: Backend }): Info | Info[] }

/** What is used of `@tensorflow/tfjs-core`. */
export interface Core {
  getKernel(kernel: string, backend: string): KernelConfig | null | undefined
  findBackendFactory(backend: string): (() => unknown) | undefined | null
  setBackend(backend: string): Promise<boolean>
  getBackend(): string
  backend(): Backend
  memory(): { numTensors: number }
}

/** A kernel ready to run. */
export type Kernel = (inputs: Inputs, attrs: Attributes) => Info

export interface Device {
  /** Our name of the backend: `wasm`. */
  readonly name: string
  readonly version: string
  /** Makes it tfjs's current backend, where kernels of tfjs-node put what they make on the way. */
  use(): void
  kernel(kernel: string): Kernel
  upload(value: Value): Info
  /** A copy of the values. */
  download(info: Info): Promise<Value>
  /** The values for reading: the backend may go on using the array. */
  downloadNow(info: Info): Value
  /** Whether its arrays lie in the memory of the host, so that a look at one waits for nothing. */
  readonly near: boolean
  /** The elements where they lie, for reading at once. */
  look(info: Info): Data
  /** Whether its arrays are plain memory, which any shape may look at; elsewhere a shape belongs to the array, and changes by a kernel. */
  readonly flat: boolean
  /** Whether loops on the host reach its memory and beat its kernels, except where those use SIMD. */
  readonly loops: boolean
  /** A result computed by a loop on the host, which must write every element. */
  compute(inputs: readonly Info[], f: (out: Data, inputs: readonly Data[]) => void, shape: readonly number[], dtype: DType): Info
  /** Another reference to the same data. */
  share(info: Info): Info
  /** A reference of its own to the same data under another shape. */
  reshape(info: Info, shape: readonly number[]): Info
  /** The same reference under a shape that the data has. */
  view(info: Info, shape: readonly number[], dtype: DType): Info
  free(info: Info): void
  /** Arrays alive in the backend, and tensors alive in tfjs's engine. */
  live(): { readonly data: number; readonly tensors: number }
}

/** A copy in the precision of the device: tfjs may keep the array that it is given, or hand out the one that it keeps. */
const copy = (dtype: DType, data: ArrayLike<number>): Data =>
  dtype === 'float32' ? new Float32Array(data) : dtype === 'int32' ? new Int32Array(data) : new Uint8Array(data)
const room = (dtype: DType, n: number): Data =>
  dtype === 'float32' ? new Float32Array(n) : dtype === 'int32' ? new Int32Array(n) : new Uint8Array(n)
const typed = (dtype: DType, data: ArrayLike<number>): Data =>
  dtype === 'float32' && data instanceof Float32Array ? data
  : dtype === 'int32' && data instanceof Int32Array ? data
  : dtype === 'bool' && data instanceof Uint8Array ? data
  : copy(dtype, data)

/**
 * wasm packs the right operand of a product once and keeps the packing under the array's identity, whatever shape it is seen under: a
 * second product with the same array as [1, 4] after [4, 1] reads and writes outside its arrays. Such an operand is copied.
 */
const withOwnWeights = (call: Kernel, backend: Backend, multiplied: WeakMap<object, string>): Kernel => (inputs, attrs) => {
  const { a, b } = inputs as Readonly<Record<string, Info>>
  const shape = b.shape.join()
  const first = multiplied.get(b.dataId)
  if (first === undefined) multiplied.set(b.dataId, shape)
  if (first === undefined || first === shape) return call(inputs, attrs)
  const copied = { ...b, dataId: backend.write(copy(b.dtype, backend.readSync(b.dataId)), b.shape, b.dtype) }
  const out = call({ a, b: copied }, attrs)
  backend.disposeData(copied.dataId)
  return out
}

/** The kernel of tfjs-node hands its operands to tfjs's own ops, which take tensors only; this is the operation itself. */
const directPow = (backend: Backend): Kernel | undefined => {
  const { binding } = backend
  if (!binding || !backend.executeSingleOutput) return undefined
  const attrs = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }]
  return inputs => {
    const { a, b } = inputs as Readonly<Record<string, Info>>
    return (backend as Required<Backend>).executeSingleOutput('Pow', attrs, [a, b])
  }
}

/** The device of a backend that is set in `core` under tfjs's name for it. */
export const device = (core: Core, name: string, tfjsName: string, version: string): Device => {
  const backend = core.backend()
  // The cpu backend advertises tfjs-node on its first write; doctor says it in our words.
  if (backend.firstUse !== undefined) backend.firstUse = false
  const value = ({ shape, dtype }: Info, data: ArrayLike<number>): Value => {
    if (data.length !== sizeOf(shape)) throw new InternalError(`${name} returned ${data.length} elements for [${shape.join(', ')}]`)
    return { shape, dtype, data: typed(dtype, data) }
  }
  const multiplied = new WeakMap<object, string>()
  const { typedArrayFromHeap, makeOutput } = backend
  const compute: Device['compute'] = typedArrayFromHeap && makeOutput
    ? (inputs, f, shape, dtype) => {
      // Making room may move the memory, so inputs are looked up after it.
      const out = makeOutput.call(backend, shape, dtype)
      f(typedArrayFromHeap.call(backend, out), inputs.map(i => typedArrayFromHeap.call(backend, i)))
      return out
    }
    : (inputs, f, shape, dtype) => {
      const out = room(dtype, sizeOf(shape))
      f(out, inputs.map(i => typed(i.dtype, backend.readSync(i.dataId))))
      return { dataId: backend.write(out, shape, dtype), shape, dtype }
    }
  const flat = tfjsName === 'wasm' || tfjsName === 'cpu'
  const kernel = (called: string): Kernel => {
    const pow = called === 'Pow' ? directPow(backend) : undefined
    if (pow) return pow
    const found = core.getKernel(called, tfjsName)
    if (!found) throw new InternalError(`the tfjs backend ${name} has no kernel ${called}`)
    const call: Kernel = (inputs, attrs) => found.kernelFunc({ inputs, attrs, backend }) as Info
    return name === 'wasm' && called === 'BatchMatMul' ? withOwnWeights(call, backend, multiplied) : call
  }
  const share = ({ dataId, shape, dtype }: Info): Info => {
    backend.incRef(dataId)
    return { dataId, shape, dtype }
  }
  return {
    name, version, compute, flat, loops: typedArrayFromHeap !== undefined,
    near: flat || name === 'node',
    look: info => typedArrayFromHeap?.call(backend, info) ?? typed(info.dtype, backend.readSync(info.dataId)),
    use: () => {
      // Of a backend that has started, nothing in this is asynchronous.
      if (core.getBackend() !== tfjsName) void core.setBackend(tfjsName)
    },
    kernel, share,
    reshape: (info, shape) => flat ? { ...share(info), shape } : kernel('Reshape')({ x: info }, { shape }),
    upload: ({ shape, dtype, data }) => ({ dataId: backend.write(copy(dtype, data), shape, dtype), shape, dtype }),
    download: async info => {
      const v = value(info, await backend.read(info.dataId))
      return { ...v, data: v.data.slice() }
    },
    downloadNow: info => value(info, backend.readSync(info.dataId)),
    view: (info, shape, dtype) => ({ dataId: info.dataId, shape, dtype, ...(info.dispose && { dispose: () => info.dispose?.() }) }),
    free: info => {
      if (info.dispose) info.dispose()
      else backend.disposeData(info.dataId)
    },
    live: () => ({ data: backend.numDataIds(), tensors: core.memory().numTensors }),
  }
}
