/** The real command in a child process, and recipes written into folders outside any project. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../dist/run/cli/main.js', import.meta.url))

/** What a command said and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the command in `cwd`. */
export const start = (cwd: string, args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, TYPEGRAD_DEBUG: '' } })
  let stdout = '', stderr = ''
  child.stdout.on('data', d => { stdout += String(d) })
  child.stderr.on('data', d => { stderr += String(d) })
  return { child, ended: new Promise(resolve => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))) }
}

/** Runs the command to its end. */
export const typegrad = (cwd: string, ...args: readonly string[]): Promise<Ended> => start(cwd, args).ended

/** The JSON object on the last line of stdout. */
export const lastJson = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

/** A linear regression that trains in milliseconds; `changes` replace parts of its text. */
export const TINY = `import { adam, add, matmul, mean, square, sub, sum, uniform, parameter, init, f32, log } from 'typegrad'
import { arrays, defineRecipe, setting } from 'typegrad/run'

const rows = 64
const x = Array.from({ length: rows * 4 }, (_, i) => Math.sin(i * 12.9898) * 2)
const y = Array.from({ length: rows }, (_, i) => x[4 * i] - 2 * x[4 * i + 1] + 0.5)

export default defineRecipe({
  name: 'tiny',
  summary: 'Linear regression on 64 made-up rows.',
  settings: { lr: setting.number(0.05, 'learning rate', { min: 0 }), noise: setting.number(0, 'noise in the inputs') },
  data: () => arrays('lines', { x: { shape: [4], dtype: 'float32' }, y: { shape: [], dtype: 'float32' } }, { x, y }),
  model: () => ({ params: { w: parameter([4, 1], init.normal(0.1)), b: f32(1) } }),
  objective: ({ params, batch: { x, y }, key }) =>
    mean(square(sub(add(sum(add(matmul(x, params.w), params.b), [1]), uniform(key, ['B'])), y))),
  optimiser: ({ lr }) => adam(lr),
  schedule: () => ({ batch: 10, length: { epochs: 20 }, logEvery: 10, evaluate: { epochs: 5 } }),
  evaluation: ({ params, batch: { x, y } }) => ({ mse: square(sub(sum(add(matmul(x, params.w), params.b), [1]), y)) }),
  samples: { count: 9, picture: { height: 2, width: 2 }, draw: ({ key, count }) => uniform(key, [count, 4]) },
})
`

/** A fresh folder with the tiny recipe in it, outside any project. */
export const workplace = (files: Readonly<Record<string, string>> = { 'tiny.ts': TINY }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'typegrad-cli-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
