import { gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { parseIdx } from '../../../src/run/data/idx.js'

const header = (...ints: number[]) => ints.flatMap(n => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255])
const file = (dims: number[], data: number[]) => Uint8Array.from([...header(0x800 | dims.length, ...dims), ...data])
const sentence = (bytes: Uint8Array, expected?: (number | undefined)[]) => {
  const result = parseIdx('images.idx', bytes, expected)
  return E.isLeft(result) ? result.left.message : 'read'
}

describe('IDX', () => {
  test('a good file, plain and gzipped', () => {
    const bytes = file([2, 3], [1, 2, 3, 4, 5, 6])
    for (const b of [bytes, new Uint8Array(gzipSync(bytes))]) {
      expect(parseIdx('a', b, [undefined, 3])).toEqual(E.right({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }))
    }
  })

  test.each<[string, Uint8Array, (number | undefined)[] | undefined, string]>([
    ['empty', Uint8Array.of(), undefined, 'images.idx: byte 0 is wrong: found the end of the file, expected a 4-byte IDX magic number.'],
    ['wrong rank', file([4], [1, 2, 3, 4]), [undefined, 28, 28],
      'images.idx: byte 0 is wrong: found 0x00000801, expected the IDX magic number 0x00000803 (unsigned bytes, 3 dimensions).'],
    ['wrong size', file([1, 2, 2], [1, 2, 3, 4]), [1, 2, 28], 'images.idx: byte 12 is wrong: found dimension 2 = 2, expected 28.'],
    ['short header', file([1, 2, 2], []).subarray(0, 9), undefined,
      'images.idx: byte 9 is wrong: found the end of the file, expected a header of 16 bytes.'],
    ['truncated', file([2, 3], [1, 2, 3, 4]), undefined,
      'images.idx: byte 16 is wrong: found the end of the file, expected 18 bytes, as the header\'s dimensions [2,3] say.'],
    ['too long', file([2], [1, 2, 3]), undefined,
      'images.idx: byte 10 is wrong: found more bytes, expected the end of the file, as the header\'s dimensions [2] say.'],
  ])('%s', (_, bytes, expected, text) => {
    expect(sentence(bytes, expected)).toBe(text)
  })

  test('a foreign file', () => {
    expect(sentence(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4))).toBe(
      'images.idx: byte 0 is wrong: found 0x89504e47, expected an IDX magic number of unsigned bytes, 0x000008NN.')
  })

  test('a damaged gzip stream', () => {
    const zipped = new Uint8Array(gzipSync(file([2], [1, 2]))).slice(0, -6)
    expect(sentence(zipped)).toMatch(/^images\.idx: the gzip stream is damaged \(.+\)\. Fetch the file again\.$/)
  })

  test('every truncation and every single flipped header byte is refused, never thrown', () => {
    const bytes = file([2, 3], [1, 2, 3, 4, 5, 6])
    for (let n = 0; n < bytes.length; n++) expect(E.isLeft(parseIdx('a', bytes.slice(0, n), [2, 3]))).toBe(true)
    for (let i = 0; i < 12; i++) {
      const flipped = bytes.slice()
      flipped[i] ^= 0x10
      expect(E.isLeft(parseIdx('a', flipped, [2, 3]))).toBe(true)
    }
  })
})
