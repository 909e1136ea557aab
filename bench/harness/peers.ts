/** Which peers are installed, and how each starts. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peer, type Environment, type Peer } from './process.js'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const install = 'bash bench/peers/install'

/** A peer's process, with more in its environment and the minutes that it has for an answer, or why there is none. */
export type Found = { readonly start: (env?: Environment, patience?: number) => Peer } | { readonly missing: string }

/** The Python that has the peers. */
const python = (): string => {
  const own = join(root, 'peers/.venv/bin/python')
  return process.env['TYPEGRAD_BENCH_PYTHON'] ?? (existsSync(own) ? own : 'python3')
}

/** A peer in Python that needs a module; `runner` is the name of its script, which lies in the peers' folder or in `folder`. */
export const ofPython = (name: string, module: string, runner = name, folder?: string): Found => {
  const check = spawnSync(python(), ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`])
  if (check.status !== 0) return { missing: `${name} is missing in ${python()}; \`${install}\` installs it` }
  const path: Environment = folder === undefined ? {} : { PYTHONPATH: folder }
  const args = ['-u', join(root, 'peers/python/main.py'), runner]
  return { start: (env, patience) => peer(python(), args, { ...path, ...env }, patience) }
}

/** A script of this folder by tsx, which finds the built package under its own name. */
export const node = (script: string, env: Environment = {}, patience?: number): Peer => peer(
  process.execPath, ['--import', 'tsx', join(root, script)], { TSX_TSCONFIG_PATH: join(root, 'built.tsconfig.json'), ...env }, patience)
const ofNode = (name: string, module: string, script: string): Found =>
  existsSync(join(root, 'peers/js/node_modules', module))
    ? { start: (env, patience) => node(join('peers/js', script), env, patience) }
    : { missing: `${name} is missing; \`${install}\` installs it` }

/** typegrad itself. */
export const typegrad = (env?: Environment): Peer => node('harness/child.ts', env)

/** Every peer by name. */
export const peers: Readonly<Record<string, () => Found>> = {
  torch: () => ofPython('torch', 'torch'),
  jax: () => ofPython('jax', 'jax'),
  sb3: () => ofPython('sb3', 'sb3_contrib'),
  tfjs: () => ofNode('tfjs', '@tensorflow/tfjs', 'tfjs.mjs'),
  'jax-js': () => ofNode('jax-js', '@jax-js/jax', 'jax-js.mjs'),
}
/** Variants that have one thread in Node, however many are asked for. */
export const oneThread: ReadonlySet<string> = new Set(['tfjs:wasm', 'tfjs:cpu', 'jax-js:jit'])
/** Variants much slower than the peer's others, for workloads that none of those can do. */
export const spare: Readonly<Record<string, string>> = { tfjs: 'cpu' }
