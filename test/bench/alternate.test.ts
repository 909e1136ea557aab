/** Turns: who is slow has fewer of them. */
import { expect, test } from 'vitest'
import { alternate, roundsOf } from '../../bench/harness/alternate.js'
import type { Peer } from '../../bench/harness/process.js'

const effort = { turn: 0.5, rounds: 9 }
/** A peer whose steps take so many seconds by its own account, and what it was asked. */
const peer = (seconds: number) => {
  const asked: number[] = []
  const never = () => Promise.reject(new Error('never asked'))
  const process: Peer = {
    start: never, ask: never, memory: never, close: () => undefined,
    steps: n => {
      asked.push(n)
      return Promise.resolve({ seconds: n * seconds, loss: 0 })
    },
  }
  return { process, asked }
}

test.each([
  [0.001, 9], [2, 9], [2.1, 3], [20, 3], [25, 2], [31, 1], [400, 1],
])('a step of %s s has %s rounds of nine', (seconds, rounds) => {
  expect(roundsOf(seconds, effort)).toBe(rounds)
  expect(roundsOf(seconds, { ...effort, rounds: 2 })).toBe(Math.min(2, rounds))
})

test('everyone has turns of as many steps as fit, the slow single ones and no others', async () => {
  const [quick, slow] = [peer(0.05), peer(25)]
  const times = await alternate([{ process: quick.process }, { process: slow.process, expected: 25 }], effort)
  expect(times[0]).toHaveLength(9)
  expect(times[0][8]).toBeCloseTo(0.05)
  expect(times[1]).toEqual([25, 25])
  // two estimates, then a step and a turn of ten in each round
  expect(quick.asked).toEqual([1, 3, ...Array.from({ length: 9 }).flatMap(() => [1, 10])])
  expect(slow.asked).toEqual([1, 1])
})
