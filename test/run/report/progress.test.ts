import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { barLine, clock, progress, sampling, type Terminal } from '../../../src/run/report/progress.js'

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
  const { out, text } = capture({ isTTY: true, columns: 120 })
  const p = progress(out, 10)
  p.step(5, 91.25, 130.4)
  p.stop()
  await new Promise(setImmediate)
  expect(text()).toMatch(/5\/10 · 130 steps\/s · loss 91\.250 · 0:00 left/)
})

test('the bar fits every width: it shortens, then speed, bar, time left and loss go', () => {
  const at = (columns: number) => barLine(columns, 200, 165, 91.25, 130)
  expect(at(110)).toBe(`${'█'.repeat(23)}${'░'.repeat(5)} 165/200 · 130 steps/s · loss 91.250 · 0:00 left`)
  expect(at(60)).toBe('███████░░ 165/200 · 130 steps/s · loss 91.250 · 0:00 left')
  expect(at(50)).toBe('███████████░░ 165/200 · loss 91.250 · 0:00 left')
  expect(at(36)).toBe('165/200 · loss 91.250 · 0:00 left')
  expect(at(30)).toBe('165/200 · loss 91.250')
  expect(at(12)).toBe('165/200')
  for (let columns = 0; columns < 120; columns++) expect(at(columns).length).toBeLessThanOrEqual(Math.max(0, columns - 3))
})

// What a terminal shows of `\\r`, `\\n`, erase-to-end and plain text; any other control sequence is a fault.
const screen = (text: string, columns: number): string[] => {
  const rows = ['']
  let at = 0
  for (const [token] of text.matchAll(/\x1b\[K|[^]/g)) {
    const row = rows.length - 1
    if (token === '\r') at = 0
    else if (token === '\n') { rows.push(''); at = 0 }
    else if (token === '\x1b[K') rows[row] = rows[row].slice(0, at)
    else if (token === '\x1b') throw new Error('an unknown control sequence')
    else {
      rows[row] = rows[row].slice(0, at).padEnd(at) + token + rows[row].slice(at + 1)
      if (++at === columns) { rows.push(''); at = 0 }
    }
  }
  return rows
}

test.each([110, 60, 40])('a Ctrl-C leaves whole lines on a terminal of %i columns', async columns => {
  const { out, text } = capture({ isTTY: true, columns })
  const p = progress(out, 20000)
  p.step(1200, 91.25, 1300)
  out.write('^C')
  p.line('Stopping.')
  p.line('step 1200: mse 1.0')
  p.stop()
  p.line('Go on.')
  await new Promise(setImmediate)
  const bar = barLine(columns, 20000, 1200, 91.25, 1300)
  expect(screen(text(), columns)).toEqual(['Stopping.', 'step 1200: mse 1.0', bar, 'Go on.', ''])
})

test('a long sampling has a bar on a terminal and is quiet elsewhere', async () => {
  const told = capture({ isTTY: true, columns: 60 }), quiet = capture({})
  for (const { out } of [told, quiet]) {
    const bar = sampling(out, 300)
    bar.at(100, 1200)
    bar.at(200, 1234.5)
    bar.stop()
    bar.stop()
  }
  await new Promise(setImmediate)
  expect(quiet.text()).toBe('')
  expect(screen(told.text(), 60)).toEqual([`${'█'.repeat(9)}${'░'.repeat(4)} 200/300 samples · 1235 a minute · 0:05 left`, ''])
})

test('clock', () => {
  expect([0, 61, 3661, Infinity].map(clock)).toEqual(['0:00', '1:01', '1:01:01', '-'])
})
