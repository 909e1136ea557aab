/**
 * TensorBoard event files: TFRecord frames (length, masked crc32c of it, data, masked crc32c of that) around `Event` messages of
 * tensorflow/core/util/event.proto.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { appendFileSync } from 'node:fs'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Effect } from '../effect.js'
import { writeAtomic } from '../files/atomic.js'
import { figuresOf, type MetricLine } from './metrics.js'

// Castagnoli's polynomial, bit-reversed
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? n >>> 1 ^ 0x82f63b78 : n >>> 1
  return n >>> 0
})

/** crc32c of some bytes (RFC 3720, appendix B.4). */
export const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const b of bytes) crc = TABLE[(crc ^ b) & 0xff] ^ crc >>> 8
  return (crc ^ 0xffffffff) >>> 0
}
const masked = (bytes: Uint8Array) => {
  const crc = crc32c(bytes)
  return (crc >>> 15 | crc << 17) + 0xa282ead8 >>> 0
}

const frame = (data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(16 + data.length), view = new DataView(out.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(out.subarray(0, 8)), true)
  out.set(data, 12)
  view.setUint32(12 + data.length, masked(data), true)
  return out
}

// Field numbers of Event: wall_time 1, step 2, file_version 3, summary 5; of Summary: value 1; of Value: tag 1, simple_value 2.
const versionEvent = (wallTime: number) =>
  new BinaryWriter().tag(1, WireType.Bit64).double(wallTime).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish()

const scalarEvent = (wallTime: number, step: number, scalars: Readonly<Record<string, number>>) => {
  const w = new BinaryWriter().tag(1, WireType.Bit64).double(wallTime).tag(2, WireType.Varint).int64(step)
  w.tag(5, WireType.LengthDelimited).fork()
  for (const [tag, value] of Object.entries(scalars)) {
    w.tag(1, WireType.LengthDelimited).fork()
      .tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value).join()
  }
  return w.join().finish()
}

/** The record of one metrics line: every figure as a scalar `train/name` or `test/name`. */
export const eventOf = (startedAt: number, line: MetricLine): Uint8Array => {
  const scalars = Object.fromEntries(Object.entries(figuresOf(line)).map(([name, v]) => [`${line.split}/${name}`, v]))
  return frame(scalarEvent(startedAt + line.seconds, line.step, scalars))
}

/** Starts an event file that holds `kept` (a resumed run's file is rebuilt from its metrics), and appends further lines to it. */
export const openEvents = (file: string, startedAt: number, kept: readonly MetricLine[]): Effect<(line: MetricLine) => void> => {
  // a note is a sentence, which no chart shows
  const events = (lines: readonly MetricLine[]) => lines.filter(l => l.split !== 'note').map(l => eventOf(startedAt, l))
  return pipe(
    writeAtomic(file, Buffer.concat([frame(versionEvent(startedAt)), ...events(kept)])),
    TE.map(() => line => appendFileSync(file, Buffer.concat(events([line])))))
}
