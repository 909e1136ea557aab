/**
 * IDX, the format of MNIST: two zero bytes, a type code, the number of dimensions, each dimension as a
 * big-endian int32, then the elements (http://yann.lecun.com/exdb/mnist). Only unsigned bytes occur in the data sets read here.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, type Effect } from '../effect.js'

/** Unsigned bytes in row-major order. */
export interface IdxArray { readonly shape: readonly number[]; readonly data: Uint8Array }

/** What a file must hold: a dimension that is `undefined` may have any size. */
export type Expected = readonly (number | undefined)[]

const UNSIGNED_BYTE = 0x08
const GZIP = [0x1f, 0x8b] as const
const hex = (n: number, digits: number) => `0x${n.toString(16).padStart(digits, '0')}`

/**
 * Decodes the bytes of an IDX file, gzipped or not; a fault names the file, the byte offset (in the unpacked bytes), what was found and
 * what was expected.
 *
 * @example
 * ```ts
 * import { parseIdx } from 'typegrad/run'
 * parseIdx('two.idx', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)) // right: shape [2], data [7, 9]
 * ```
 */
export const parseIdx = (file: string, bytes: Uint8Array, expected?: Expected): E.Either<TypegradError, IdxArray> => {
  const fault = (offset: number, found: string, wanted: string) =>
    E.left(new TypegradError('data', `${file}: byte ${offset} is wrong: found ${found}, expected ${wanted}.`))
  let raw = bytes
  if (bytes[0] === GZIP[0] && bytes[1] === GZIP[1]) {
    try { raw = gunzipSync(bytes) } catch (e) {
      return E.left(new TypegradError('data', `${file}: the gzip stream is damaged (${(e as Error).message}). Fetch the file again.`))
    }
  }
  if (raw.length < 4) return fault(raw.length, 'the end of the file', 'a 4-byte IDX magic number')
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const magic = view.getUint32(0), rank = magic & 0xff
  const wantedRank = expected?.length
  const isMagic = magic >>> 8 === UNSIGNED_BYTE && rank > 0 && (wantedRank === undefined || rank === wantedRank)
  if (!isMagic) {
    const dimensions = `${wantedRank} dimension${wantedRank === 1 ? '' : 's'}`
    const wanted = wantedRank === undefined ? 'an IDX magic number of unsigned bytes, 0x000008NN'
      : `the IDX magic number ${hex(UNSIGNED_BYTE << 8 | wantedRank, 8)} (unsigned bytes, ${dimensions})`
    return fault(0, hex(magic, 8), wanted)
  }
  const header = 4 + 4 * rank
  if (raw.length < header) return fault(raw.length, 'the end of the file', `a header of ${header} bytes`)
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  for (const [i, size] of shape.entries()) {
    const wanted = expected?.[i]
    if (wanted !== undefined && size !== wanted) return fault(4 + 4 * i, `dimension ${i} = ${size}`, `${wanted}`)
  }
  const end = header + shape.reduce((n, d) => n * d, 1)
  if (raw.length < end) return fault(raw.length, 'the end of the file', `${end} bytes, as the header's dimensions [${shape}] say`)
  if (raw.length > end) return fault(end, 'more bytes', `the end of the file, as the header's dimensions [${shape}] say`)
  return E.right({ shape, data: new Uint8Array(raw.buffer, raw.byteOffset + header, end - header) })
}

/** Reads an IDX file (see `parseIdx`). */
export const readIdx = (file: string, expected?: Expected): Effect<IdxArray> =>
  TE.chainEitherK((bytes: Uint8Array) => parseIdx(file, bytes, expected))(
    attempt('data', reason => `${file}: cannot be read: ${reason}.`, () => readFile(file)))
