import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { clock, progress, type Terminal } from '../../../src/run/report/progress.js'

const capture = (extra: object) => {
  const out = Object.assign(new PassThrough(), extra) as PassThrough & Terminal
  let text = ''
  out.on('data', d => { text += String(d) })
  return { out, text: () => text }
}

test('plain lines: the first, the last, none in between within five seconds', async () => {
  const { out, text } = capture({})
  const p = progress(out, 3)
  for (const step of [1, 2, 3]) p.step(step, 100 / step, 50)
  p.line('done')
  p.stop()
  await new Promise(setImmediate)
  expect(text()).toBe('step 1/3  loss 100.00  50.0 steps/s\nstep 3/3  loss 33.333  50.0 steps/s\ndone\n')
})

test('a terminal gets a bar with speed and loss', async () => {
  const { out, text } = capture({ isTTY: true, columns: 120, cursorTo: () => {}, clearLine: () => {} })
  const p = progress(out, 10)
  await new Promise(r => setTimeout(r, 250))
  p.step(5, 91.25, 130.4)
  p.stop()
  await new Promise(setImmediate)
  expect(text()).toMatch(/5\/10 · 130 steps\/s · loss 91\.250 · 0:00 left/)
})

test('clock', () => {
  expect([0, 61, 3661, Infinity].map(clock)).toEqual(['0:00', '1:01', '1:01:01', '-'])
})
