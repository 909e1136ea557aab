/** Arrays that begin at a multiple of 64 bytes, a cache line: vectors then lie in one line each, and a sum adds in one order. */
import { constants } from 'node:buffer'
import type { Node } from '../../dsl/core/node.js'
import { TypegradError } from '../../dsl/errors.js'
import { sizeOf } from '../../dsl/value.js'
import { concrete } from '../program.js'
import type { Addon, TypedArray } from './toolchain/addon.js'

const line = 64
const typed = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }

/** Bytes of a node's value. */
export const bytesOf = (node: Node): number => sizeOf(concrete(node)) * typed[node.dtype].BYTES_PER_ELEMENT

const within = ({ misalignment }: Addon, dtype: Node['dtype'], buffer: ArrayBuffer, elements: number): TypedArray =>
  new typed[dtype](buffer, (line - misalignment(buffer)) % line, elements)

const reserved = (bytes: number, make: () => ArrayBuffer): ArrayBuffer => {
  try {
    return make()
  } catch {
    throw new TypegradError('engine', `native: the program asks for ${(bytes / 2 ** 30).toPrecision(3)} GiB of memory in one piece, which `
      + 'this machine does not give; smaller batches or shorter sequences take less')
  }
}

/** Memory of zeros. Throws a `TypegradError` of kind `engine` when there is none left. */
export const zeros = (addon: Addon, dtype: Node['dtype'], elements: number): TypedArray => {
  const bytes = elements * typed[dtype].BYTES_PER_ELEMENT + line
  return within(addon, dtype, reserved(bytes, () => new ArrayBuffer(bytes)), elements)
}

/** Memory for a node's value that is about to be written as a whole: what it holds before is anything. Throws as `zeros`. */
export const unwritten = (addon: Addon, node: Node): TypedArray => {
  const [elements, bytes] = [sizeOf(concrete(node)), bytesOf(node) + line]
  // Buffers have a limit of their own, which is 4 GiB before Node 22.
  if (bytes > constants.MAX_LENGTH) return zeros(addon, node.dtype, elements)
  return within(addon, node.dtype, reserved(bytes, () => Buffer.allocUnsafeSlow(bytes).buffer), elements)
}

/** The same kind of array, of its own, on the heap of JavaScript where it is small. */
export const copyOf = (data: TypedArray): TypedArray =>
  data instanceof Float32Array ? new Float32Array(data) : data instanceof Int32Array ? new Int32Array(data) : new Uint8Array(data)

/** Whether a program can read a host array where it lies: its elements are the program's, and begin where vectors do. */
export const readable = (dtype: Node['dtype'], data: ArrayBufferView): data is TypedArray =>
  data instanceof typed[dtype] && data.byteOffset % 16 === 0

/** The working memory of all programs of an engine, which run one at a time: as large as the largest asks for. */
export class Workspace {
  array: TypedArray
  constructor(private readonly addon: Addon) { this.array = zeros(addon, 'bool', line) }
  grow(bytes: number): void {
    if (bytes > this.array.length) this.array = zeros(this.addon, 'bool', bytes)
  }
}
