import { BinaryReader } from '@bufbuild/protobuf/wire'
import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../../src/run/effect.js'
import { figuresOf, linesUpTo, openMetrics, readMetrics, type MetricLine } from '../../../src/run/report/metrics.js'
import { crc32c, openEvents } from '../../../src/run/report/tensorboard.js'

const train = (step: number): MetricLine => ({ split: 'train', step, seconds: step / 10, loss: 100 / step })
const tested = (step: number): MetricLine => ({ split: 'test', step, seconds: step / 10, testNll: 90 })
const scratch = async () => join(await mkdtemp(join(tmpdir(), 'typegrad-metrics-')), 'metrics.jsonl')

describe('metrics.jsonl', () => {
  test('lines come back; a torn last line is left out', async () => {
    const file = await scratch()
    const log = await run(openMetrics(file, []))
    for (const l of [train(1), train(2), tested(2)]) log.append(l)
    log.sync()
    log.close()
    await appendFile(file, '{"split":"train","st')
    expect(await run(readMetrics(file))).toEqual([train(1), train(2), tested(2)])
  })

  test('a resumed file keeps the steps of the checkpoint, heals the torn line and goes on', async () => {
    const file = await scratch()
    await writeFile(file, [train(1), tested(1), train(2), tested(2), train(3)].map(l => JSON.stringify(l) + '\n').join('') + '{"spl')
    const log = await run(openMetrics(file, linesUpTo(await run(readMetrics(file)), 2)))
    log.append(tested(2))
    log.append(train(3))
    log.close()
    expect(await run(readMetrics(file))).toEqual([train(1), tested(1), train(2), tested(2), train(3)])
  })

  test('a figure that is not finite does not spoil the file', async () => {
    const file = await scratch()
    const log = await run(openMetrics(file, []))
    log.append({ ...tested(2), testNll: Infinity })
    log.close()
    expect((await run(readMetrics(file))).map(figuresOf)).toEqual([{ testNll: NaN }])
  })

  test('an absent file has no lines; damage in the middle names the line', async () => {
    const file = await scratch()
    expect(await run(readMetrics(file))).toEqual([])
    await writeFile(file, `${JSON.stringify(train(1))}\n{"step": 2}\n${JSON.stringify(train(3))}\n`)
    await expect(run(readMetrics(file))).rejects.toThrow(`${file}:2: not a metrics line; found "{\\"step\\": 2}"`)
  })
})

describe('TensorBoard events', () => {
  test('crc32c gives the known answers of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  })

  test('frames are whole and hold the scalars', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'typegrad-events-')), 'events.out.tfevents.0.typegrad')
    const append = await run(openEvents(file, 1000, [train(1)]))
    append(tested(2))
    expect(decode(await readFile(file))).toEqual([
      { wall: 1000, version: 'brain.Event:2' },
      { wall: 1000.1, step: 1, 'train/loss': 100 },
      { wall: 1000.2, step: 2, 'test/testNll': 90 },
    ])
  })
})

/** An independent reader of event files: checks both checksums of every frame. */
const decode = (bytes: Buffer) => {
  const events: Record<string, number | string>[] = []
  const unmask = (v: number) => { const r = v - 0xa282ead8 >>> 0; return (r >>> 17 | r << 15) >>> 0 }
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at)), data = bytes.subarray(at + 12, at + 12 + length)
    expect(unmask(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)))
    expect(unmask(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(data))
    at += 16 + length
    const r = new BinaryReader(data), event: Record<string, number | string> = {}
    while (r.pos < r.len) {
      const [field] = r.tag()
      if (field === 1) event['wall'] = r.double()
      else if (field === 2) event['step'] = Number(r.int64())
      else if (field === 3) event['version'] = r.string()
      else {
        const summary = new BinaryReader(r.bytes())
        while (summary.pos < summary.len) {
          summary.tag()
          const value = new BinaryReader(summary.bytes())
          value.tag()
          const tag = value.string()
          value.tag()
          event[tag] = value.float()
        }
      }
    }
    events.push(event)
  }
  return events
}
