/** Where the tfjs backends come from: packages that are ours, packages that a user may add, and what a bundle has registered already. */
import { TypegradError } from '../../dsl/errors.js'
import type { EngineOptions } from '../engine.js'
import { device, type Core, type Device } from './device.js'

/** Loads a package by name; a test hands in one that finds nothing. */
export type Importer = (name: string) => Promise<unknown>

/** Our packages by their literal names, so that a browser's bundler finds them; others by a name that it must not look for. */
const importPackage: Importer = name =>
  name === '@tensorflow/tfjs-core' ? import('@tensorflow/tfjs-core')
  : name === '@tensorflow/tfjs-backend-wasm' ? import('@tensorflow/tfjs-backend-wasm')
  : name === '@tensorflow/tfjs-backend-cpu' ? import('@tensorflow/tfjs-backend-cpu')
  : import(/* @vite-ignore */ name)

/** The backends of tfjs. */
export type BackendName = 'node-gpu' | 'node' | 'webgpu' | 'wasm' | 'cpu'

interface Source {
  readonly name: BackendName
  readonly package: string
  /** What tfjs calls the backend. */
  readonly tfjsName: string
  /** True when the package holds a tfjs of its own, whose engine must be used. */
  readonly whole?: boolean
}
const sources: readonly Source[] = [
  { name: 'node-gpu', package: '@tensorflow/tfjs-node-gpu', tfjsName: 'tensorflow', whole: true },
  { name: 'node', package: '@tensorflow/tfjs-node', tfjsName: 'tensorflow', whole: true },
  { name: 'webgpu', package: '@tensorflow/tfjs-backend-webgpu', tfjsName: 'webgpu' },
  { name: 'wasm', package: '@tensorflow/tfjs-backend-wasm', tfjsName: 'wasm' },
  { name: 'cpu', package: '@tensorflow/tfjs-backend-cpu', tfjsName: 'cpu' },
]
/** The backends, fastest first. */
export const backendNames: readonly string[] = sources.map(s => s.name)

const firstLine = (e: unknown): string => (e instanceof Error ? e.message : String(e)).trim().split('\n')[0]
const missing = (e: unknown): boolean => /Cannot find (package|module)|Failed to (resolve|load)|Failed to fetch/.test(firstLine(e))

// What installs a package, and what mends it. The packages built in C++ download a TensorFlow that most machines cannot get or cannot
// load, so these are built by the script of docs/guides/tfjs-node.md.
const commandsFor = (name: string): { readonly install: string; readonly mend: string } => {
  const whole = sources.find(s => s.package === name && s.whole)
  if (!whole) return { install: `run \`npm install ${name}\``, mend: `run \`npm rebuild --ignore-scripts=false ${name}\`` }
  const script = `scripts/tfjs-node.mjs${whole.name === 'node-gpu' ? ' --gpu' : ''}`
  const build = `build it by \`node node_modules/typegrad/${script}\` (in a clone of typegrad, \`node ${script}\`)`
  return { install: build, mend: build }
}

/**
 * TensorFlow reads its number of threads from the environment, once, when tfjs-node loads; a browser has no environment. What the user has
 * set there stays.
 */
const limitThreads = (threads: number): void => {
  const env = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env
  if (env) for (const pool of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) env[pool] ??= String(threads)
}

const load = async (name: string, backend: string, importer: Importer): Promise<unknown> => {
  try {
    return await importer(name)
  } catch (e) {
    const absent = `tfjs:${backend} needs the package ${name}, which is not installed; ${commandsFor(name).install}`
    const broken = `tfjs:${backend}: the package ${name} is installed but does not load: ${firstLine(e)}`
    throw new TypegradError('engine', missing(e) ? absent : `${broken}; ${commandsFor(name).mend}, or use another engine`)
  }
}

/** The version of a package, from the record `version...` that every tfjs package exports. */
const versionIn = (module: object): string => {
  const found = Object.entries(module).find(([k]) => /^version/.test(k))?.[1] as unknown
  if (typeof found === 'string') return found
  const record = (found ?? {}) as { readonly 'tfjs-node'?: string; readonly 'tfjs-core'?: string }
  return record['tfjs-node'] ?? record['tfjs-core'] ?? 'unknown'
}

/** A backend may load and still fail at its first kernel (tfjs-node on a Node that it does not know): one sum tells. */
const tryOut = async (d: Device): Promise<void> => {
  const x = d.upload({ shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) })
  const y = d.kernel('Add')({ a: x, b: x }, {})
  const { data } = await d.download({ ...y, shape: [2], dtype: 'float32' })
  d.free(x)
  d.free(y)
  if (data[0] !== 2 || data[1] !== 4) throw new Error(`1 + 1, 2 + 2 gave ${data.join(', ')}`)
}

// tfjs has one current backend; two openings at once would each read the other's.
let turn: Promise<unknown> = Promise.resolve()
const inTurn = <T>(f: () => Promise<T>): Promise<T> => {
  const next = turn.then(f, f)
  turn = next.catch(() => undefined)
  return next
}

/** Opens one backend; throws a `TypegradError` that says what is missing and how to get it. */
export const openBackend = (name: string, options: EngineOptions = {}, importer = importPackage): Promise<Device> => inTurn(async () => {
  const source = sources.find(s => s.name === name)
  if (!source) throw new TypegradError('engine', `tfjs: the backend ${name} is not known; it is one of ${backendNames.join(', ')}`)
  if (source.whole && options.threads !== undefined) limitThreads(options.threads)
  const shared = source.whole ? undefined : await load('@tensorflow/tfjs-core', name, importer) as Core
  // A page may have registered the backend itself, as its bundler needs it.
  const registered = shared?.findBackendFactory(source.tfjsName) ? shared : undefined
  const module: Core & { setThreadsCount?(n: number): void } = registered ?? await load(source.package, name, importer) as Core
  const core = shared ?? module
  if (options.threads !== undefined) module.setThreadsCount?.(options.threads)
  try {
    if (!await core.setBackend(source.tfjsName)) throw new Error('it does not start on this machine')
    const opened = device(core, name, source.tfjsName, versionIn(module))
    await tryOut(opened)
    return opened
  } catch (e) {
    const tooNew = /isNullOrUndefined/.test(firstLine(e))
    const builds = 'tfjs-node 4.22 needs Node 22 or older, or a build by typegrad\'s scripts/tfjs-node.mjs'
    const hint = tooNew ? builds : 'use another engine or backend'
    throw new TypegradError('engine', `tfjs:${name} is installed but does not work: ${firstLine(e)}; ${hint}`)
  }
})
