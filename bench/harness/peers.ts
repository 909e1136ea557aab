/** Which peers are installed, and how each starts. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peer, type Peer } from './process.js'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
export const install = 'bash bench/peers/install'

/** A peer's process, or why there is none. */
export type Found = { readonly start: () => Peer } | { readonly missing: string }

const python = (): string => {
  const own = join(root, 'peers/.venv/bin/python')
  return process.env['TYPEGRAD_BENCH_PYTHON'] ?? (existsSync(own) ? own : 'python3')
}
const absent = (name: string): Found => ({ missing: `${name} is missing; \`${install}\` installs it` })

const ofPython = (name: string, module: string): Found => {
  const check = spawnSync(python(), ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`])
  return check.status === 0 ? { start: () => peer(python(), ['-u', join(root, 'peers/python/main.py'), name]) } : absent(name)
}
/** A script of this folder by tsx, which finds the built package under its own name. */
const node = (script: string): Peer =>
  peer(process.execPath, ['--import', 'tsx', join(root, script)], { TSX_TSCONFIG_PATH: join(root, 'built.tsconfig.json') })
const ofNode = (name: string, module: string, script: string): Found =>
  existsSync(join(root, 'peers/js/node_modules', module))
    ? { start: () => node(join('peers/js', script)) } : absent(name)

/** typegrad itself. */
export const typegrad = (): Peer => node('harness/child.ts')

/** Every peer's variant by `name:variant`, looked for once. */
export const peers: Readonly<Record<string, () => Found>> = {
  torch: () => ofPython('torch', 'torch'),
  jax: () => ofPython('jax', 'jax'),
  sb3: () => ofPython('sb3', 'sb3_contrib'),
  tfjs: () => ofNode('tfjs', '@tensorflow/tfjs', 'tfjs.mjs'),
  'jax-js': () => ofNode('jax-js', '@jax-js/jax', 'jax-js.mjs'),
}
