/**
 * safetensors (https://github.com/huggingface/safetensors): the length of the header as a little-endian uint64, a JSON header with dtype,
 * shape and byte range of every tensor and a `__metadata__` map of strings, then the bytes.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { TypegradError } from '../../dsl/errors.js'
import { sizeOf, type Value } from '../../dsl/value.js'

/** Named arrays and the strings that go with them. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, Value>>
  readonly metadata: Readonly<Record<string, string>>
}

// The reference engine holds float32 values in float64 buffers: F64 keeps its bits.
const FORMATS = {
  F32: { dtype: 'float32', of: Float32Array },
  F64: { dtype: 'float32', of: Float64Array },
  I32: { dtype: 'int32', of: Int32Array },
  BOOL: { dtype: 'bool', of: Uint8Array },
} as const
type Format = keyof typeof FORMATS
const formats = Object.keys(FORMATS) as Format[]
const isFormat = (name: string): name is Format => name in FORMATS
const formatOf = ({ data, dtype }: Value): Format =>
  dtype === 'int32' ? 'I32' : dtype === 'bool' ? 'BOOL' : data instanceof Float64Array ? 'F64' : 'F32'
const bytesOf = (v: Value) => new Uint8Array(v.data.buffer, v.data.byteOffset, v.data.byteLength)

/**
 * The bytes of a file that holds `tensors` (in the order of their names) and `metadata`; equal content gives equal bytes.
 *
 * @example
 * ```ts
 * import { encodeSafetensors } from 'typegrad/run'
 * const w = { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) } as const
 * encodeSafetensors({ tensors: { w }, metadata: { step: '10' } }).length // 104
 * ```
 */
export const encodeSafetensors = ({ tensors, metadata }: TensorFile): Uint8Array => {
  const names = Object.keys(tensors).sort()
  let at = 0
  const entries = names.map(name => {
    const v = tensors[name], begin = at
    at += v.data.byteLength
    return [name, { dtype: formatOf(v), shape: v.shape, data_offsets: [begin, at] }] as const
  })
  const sorted = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => a < b ? -1 : 1))
  const json = Buffer.from(JSON.stringify({ __metadata__: sorted, ...Object.fromEntries(entries) }))
  // Padding to 8 bytes keeps every tensor aligned for readers that map the file.
  const header = Math.ceil(json.length / 8) * 8
  const out = new Uint8Array(8 + header + at)
  new DataView(out.buffer).setBigUint64(0, BigInt(header), true)
  out.fill(0x20, 8, 8 + header)
  out.set(json, 8)
  names.forEach((name, i) => out.set(bytesOf(tensors[name]), 8 + header + entries[i][1].data_offsets[0]))
  return out
}

const Entry = t.strict({ dtype: t.string, shape: t.array(t.number), data_offsets: t.tuple([t.number, t.number]) })
const Metadata = t.record(t.string, t.string)
const isSize = (n: number) => Number.isSafeInteger(n) && n >= 0

/**
 * Decodes a safetensors file; a foreign, truncated or contradictory one is a sentence that names the file.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from 'typegrad/run'
 * const w = { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) } as const
 * decodeSafetensors('w.safetensors', encodeSafetensors({ tensors: { w }, metadata: {} }))
 * ```
 */
export const decodeSafetensors = (file: string, bytes: Uint8Array): E.Either<TypegradError, TensorFile> => {
  const refuse = (why: string) => E.left(new TypegradError('file', `${file}: not a whole safetensors file: ${why}.`))
  if (bytes.length < 8) return refuse(`it has ${bytes.length} bytes, expected at least 8`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (!isSize(length) || length > bytes.length - 8) {
    return refuse(`its first 8 bytes promise a header of ${length} bytes, but ${bytes.length - 8} follow`)
  }
  let header: unknown
  try { header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length))) } catch {
    return refuse('its header is not JSON')
  }
  if (!t.UnknownRecord.is(header)) return refuse('its header is not a JSON object')
  const { __metadata__: meta = {}, ...entries } = header
  if (!Metadata.is(meta)) return refuse('its metadata are not strings')
  const body = bytes.length - 8 - length
  const tensors: Record<string, Value> = {}
  let end = 0
  for (const [name, found] of Object.entries(entries)) {
    if (!Entry.is(found) || !found.shape.every(isSize) || !found.data_offsets.every(isSize)) {
      return refuse(`the header's entry for ${name} lacks a dtype, a shape or its offsets`)
    }
    const { dtype: code, shape, data_offsets: [from, to] } = found
    if (!isFormat(code)) return refuse(`${name} is ${code}, and only ${formats.join(', ')} are read`)
    const { dtype, of } = FORMATS[code]
    if (to - from !== sizeOf(shape) * of.BYTES_PER_ELEMENT) {
      return refuse(`${name} has ${to - from} bytes, but ${code} [${shape}] needs ${sizeOf(shape) * of.BYTES_PER_ELEMENT}`)
    }
    if (to > body) return refuse(`${name} ends at byte ${to} of the data, but there are ${body}`)
    // a copy, because the bytes need not be aligned; a Buffer's own slice would be a view
    const copy = Uint8Array.prototype.slice.call(bytes, 8 + length + from, 8 + length + to)
    tensors[name] = { dtype, shape, data: new of(copy.buffer, 0, sizeOf(shape)) }
    end = Math.max(end, to)
  }
  if (end !== body) return refuse(`${body} bytes of data follow the header, but its tensors end at ${end}`)
  return E.right({ tensors, metadata: meta })
}
