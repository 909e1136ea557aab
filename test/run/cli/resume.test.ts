import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../../src/run/effect.js'
import { readCheckpoint } from '../../../src/run/files/checkpoint.js'
import { start, typegrad, workplace } from './typegrad.js'

const KILLS = 20
const ARGS = ['--engine', 'js', '--steps', '4000', '--checkpoint-every', '7', '--out', 'run']

const metrics = async (folder: string) => (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n')
  .map(l => { const { seconds: _, ...figures } = JSON.parse(l) as Record<string, unknown>; return figures })

const expectSameRun = async (a: string, b: string) => {
  expect(await readFile(join(a, 'checkpoint.safetensors'))).toEqual(await readFile(join(b, 'checkpoint.safetensors')))
  expect(await metrics(a)).toEqual(await metrics(b))
  expect(await readFile(join(a, 'samples.png'))).toEqual(await readFile(join(b, 'samples.png')))
  expect((await readdir(a)).sort()).toEqual((await readdir(b)).sort())
}

describe('resuming', () => {
  test(`a run killed at ${KILLS} random moments ends with the bits of one that was not`, async () => {
    const whole = workplace(), killed = workplace()
    expect(await typegrad(whole, 'train', './tiny.ts', ...ARGS)).toMatchObject({ code: 0 })
    const stops = new Set<number>()
    for (let kill = 0; kill < KILLS; kill++) {
      const begun = existsSync(join(killed, 'run'))
      const { child, ended } = start(killed,
        begun ? ['train', '--resume', 'run', '--checkpoint-every', '7'] : ['train', './tiny.ts', ...ARGS])
      // the first checkpoint moves the clock to the training itself; the moment in it is random
      const before = await stepOf(killed)
      for (let t = 0; t < 400 && child.exitCode === null && await stepOf(killed) === before; t++) await new Promise(r => setTimeout(r, 10))
      await new Promise(r => setTimeout(r, Math.random() * 120))
      child.kill('SIGKILL')
      await ended
      stops.add(await stepOf(killed))
    }
    expect(stops.size).toBeGreaterThan(2)
    const last = await typegrad(killed, 'train', '--resume', 'run')
    expect(last).toMatchObject({ code: 0 })
    await expectSameRun(join(whole, 'run'), join(killed, 'run'))
  }, 240_000)

  test('Ctrl-C writes a checkpoint and says how to go on; on the onnx engine too', async () => {
    const whole = workplace(), stopped = workplace()
    const args = ['--engine', 'onnx', '--threads', '1', '--steps', '30000', '--out', 'run']
    const { child, ended } = start(stopped, ['train', './tiny.ts', ...args])
    while (!existsSync(join(stopped, 'run', 'checkpoint.safetensors')) && child.exitCode === null) await new Promise(r => setTimeout(r, 20))
    await new Promise(r => setTimeout(r, 300))
    child.kill('SIGINT')
    const end = await ended
    expect(end.code, end.stderr).toBe(130)
    const step = await stepOf(stopped)
    expect(step).toBeGreaterThan(0)
    expect(end.stdout).toContain(`Stopped at step ${step} of 30000. Go on by:\n  typegrad train --resume run\n`)
    expect(await typegrad(stopped, 'train', '--resume', 'run', '--threads', '1')).toMatchObject({ code: 0 })
    expect(await typegrad(whole, 'train', './tiny.ts', ...args)).toMatchObject({ code: 0 })
    await expectSameRun(join(whole, 'run'), join(stopped, 'run'))
  }, 120_000)

  test('SIGTERM has its own word and exit code, and --json its object', async () => {
    const folder = workplace()
    const { child, ended } = start(folder, ['train', './tiny.ts', '--engine', 'js', '--steps', '1000000', '--out', 'run', '--json'])
    while (await stepOf(folder) < 0 && child.exitCode === null) await new Promise(r => setTimeout(r, 20))
    await new Promise(r => setTimeout(r, 300))
    // one Ctrl-C that arrives twice, as from npx, is one
    child.kill('SIGTERM')
    child.kill('SIGTERM')
    const end = await ended
    expect(end.code, end.stderr).toBe(143)
    expect(end.stderr).toContain('Stopping, as SIGTERM asks')
    expect(end.stderr).not.toContain('Ctrl-C again')
    expect(JSON.parse(end.stdout)).toMatchObject({ recipe: 'tiny', steps: await stepOf(folder), out: 'run', interrupted: true })
  })

  test('a finished run is resumed to the same files; more steps go on from it', async () => {
    const folder = workplace()
    await typegrad(folder, 'train', './tiny.ts', '--engine', 'js', '--steps', '20', '--out', 'run')
    const before = await readFile(join(folder, 'run', 'checkpoint.safetensors')), lines = await metrics(join(folder, 'run'))
    expect(await typegrad(folder, 'train', 'tiny.ts', '--resume', 'run')).toMatchObject({ code: 0 })
    expect(await readFile(join(folder, 'run', 'checkpoint.safetensors'))).toEqual(before)
    expect(await metrics(join(folder, 'run'))).toEqual(lines)
    // what the run has anyway may be said again
    expect(await typegrad(folder, 'train', '--resume', 'run', '--steps', '35', '--engine', 'js', '--seed', '0')).toMatchObject({ code: 0 })
    expect(await stepOf(folder)).toBe(35)
    const end = await typegrad(folder, 'train', '--resume', 'run', '--steps', '5')
    expect(end).toMatchObject({ code: 2, stderr: 'run is at step 35 already: --steps 5 is behind it.\n' })
  })
})

const stepOf = async (folder: string): Promise<number> => (await run(readCheckpoint(join(folder, 'run'))))?.step ?? -1
