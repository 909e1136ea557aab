/** A peer's process: what it says, how it ends, and how long it is waited for. */
import { expect, test } from 'vitest'
import { peer } from '../../bench/harness/process.js'

/** A process in which `body` is called with each command's text. */
const script = (body: string, patience?: number) =>
  peer(process.execPath, ['-e', `process.stdin.on('data', text => { ${body} })`], {}, patience)

test('a command is answered by the first line that is an object', async () => {
  const running = script('console.log("a notice"); console.log(JSON.stringify({ seconds: JSON.parse(text).n, loss: 0 }))')
  expect(await running.steps(3)).toEqual({ seconds: 3, loss: 0 })
  expect(await running.steps(4)).toEqual({ seconds: 4, loss: 0 })
  running.close()
})

test('what ends a process is one sentence', async () => {
  await expect(script('console.error("first"); throw "no memory"').steps(1)).rejects.toThrow(/^it ended with 1: /)
  await expect(peer('no-such-program', []).steps(1)).rejects.toThrow('spawn no-such-program ENOENT')
  const running = script('console.log(JSON.stringify({ error: "no such workload" }))')
  await expect(running.steps(1)).rejects.toThrow('no such workload')
  running.close()
})

test('a process that gives no answer is ended, and answers nothing afterwards', async () => {
  const running = script('', 0.01)
  await expect(running.steps(1)).rejects.toThrow('it gave no answer to steps in 0.01 minutes')
  await expect(running.memory()).rejects.toThrow('it gave no answer to steps')
})
