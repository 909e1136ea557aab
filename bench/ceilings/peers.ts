/** Who takes part: engines of typegrad, and the two Python peers, each in one process for all operations. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from '../harness/peers.js'
import { peer, type Peer } from '../harness/process.js'

const here = dirname(fileURLToPath(import.meta.url)), bench = resolve(here, '..')

/** A process under the bench's protocol, or why there is none. `variant` is what it is told, and names its file of results. */
export type Found = { readonly start: () => Peer } | { readonly missing: string }

const typegrad = (): Found => ({
  start: () =>
    peer(process.execPath, ['--import', 'tsx', join(here, 'child.ts')], { TSX_TSCONFIG_PATH: join(bench, 'built.tsconfig.json') }),
})
const python = (name: string): Found => {
  const own = join(bench, 'peers/.venv/bin/python')
  const program = process.env['TYPEGRAD_BENCH_PYTHON'] ?? (existsSync(own) ? own : 'python3')
  const check = spawnSync(program, ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec('${name}') is None)`])
  if (check.status !== 0) return { missing: `${name} is missing; \`${install}\` installs it` }
  const main = join(bench, 'peers/python/main.py')
  return { start: () => peer(program, ['-u', main, `ceiling_${name}`], { PYTHONPATH: join(here, 'python') }) }
}

/** The columns of the table: typegrad's engines first, its own compiler before the others. */
export const columns = ['native', 'onnx', 'tfjs:wasm', 'tfjs:node', 'torch', 'jax'] as const
export type Column = (typeof columns)[number]
/** Those that the ratio is about. */
export const peers: readonly Column[] = ['torch', 'jax']

export const find = (column: Column): Found => column === 'torch' || column === 'jax' ? python(column) : typegrad()
