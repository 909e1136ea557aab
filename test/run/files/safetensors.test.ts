import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Value } from '../../../src/dsl/value.js'
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../../src/run/files/safetensors.js'

const f32 = (shape: number[], ...data: number[]): Value => ({ shape, dtype: 'float32', data: Float32Array.from(data) })
const sample: TensorFile = {
  tensors: {
    w: f32([2, 2], 1, -0, NaN, Infinity),
    wide: { shape: [1], dtype: 'float32', data: Float64Array.of(0.1) },
    key: { shape: [2], dtype: 'int32', data: Int32Array.of(-1, 7) },
    mask: { shape: [3], dtype: 'bool', data: Uint8Array.of(1, 0, 1) },
    empty: f32([0, 4]),
  },
  metadata: { step: '3', recipe: 'made' },
}
const left = (bytes: Uint8Array) => {
  const r = decodeSafetensors('c.safetensors', bytes)
  return E.isLeft(r) ? r.left.message : 'read'
}
const raw = (header: unknown, data: number) => {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const out = Buffer.alloc(8 + json.length + data)
  out.writeBigUInt64LE(BigInt(json.length))
  json.copy(out, 8)
  return new Uint8Array(out)
}

describe('safetensors', () => {
  test('what is written is read, bit for bit, whatever its alignment', () => {
    const bytes = encodeSafetensors(sample)
    expect(decodeSafetensors('f', bytes)).toEqual(E.right(sample))
    const shifted = new Uint8Array(bytes.length + 3).subarray(3)
    shifted.set(bytes)
    expect(decodeSafetensors('f', shifted)).toEqual(E.right(sample))
  })

  test('equal content gives equal bytes, in any order of insertion', () => {
    const back = { tensors: Object.fromEntries(Object.entries(sample.tensors).reverse()), metadata: { recipe: 'made', step: '3' } }
    expect(encodeSafetensors(back)).toEqual(encodeSafetensors(sample))
  })

  test('any float32 arrays survive', () => {
    const name = fc.string({ minLength: 1 }).filter(s => s !== '__metadata__' && s !== '__proto__')
    fc.assert(fc.property(fc.dictionary(name, fc.float32Array()), record => {
      const tensors = Object.fromEntries(Object.entries(record)
        .map(([k, data]) => [k, { shape: [data.length], dtype: 'float32', data } as Value]))
      expect(decodeSafetensors('f', encodeSafetensors({ tensors, metadata: {} }))).toEqual(E.right({ tensors, metadata: {} }))
    }))
  })

  test('every truncation is refused', () => {
    const bytes = encodeSafetensors(sample)
    for (let n = 0; n < bytes.length; n++) expect(left(bytes.slice(0, n))).toMatch(/^c\.safetensors: not a whole safetensors file: /)
  })

  test.each<[string, Uint8Array, string]>([
    ['foreign', Uint8Array.from(Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1')), 'promise a header of'],
    ['no JSON', raw('{"a', 0), 'its header is not JSON'],
    ['a list', raw([], 0), 'its header is not a JSON object'],
    ['metadata', raw({ __metadata__: { a: 1 } }, 0), 'its metadata are not strings'],
    ['entry', raw({ a: { dtype: 'F32' } }, 0), 'the header\'s entry for a lacks a dtype, a shape or its offsets'],
    ['negative size', raw({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4), 'entry for a lacks'],
    ['dtype', raw({ a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, 4), 'a is BF16, and only F32, F64, I32, BOOL are read'],
    ['size', raw({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4), 'a has 4 bytes, but F32 [2] needs 8'],
    ['beyond the end', raw({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, 4), 'a ends at byte 8 of the data, but there are 4'],
    ['rest', raw({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 9),
      '9 bytes of data follow the header, but its tensors end at 4'],
  ])('%s', (_, bytes, text) => expect(left(bytes)).toContain(text))
})
