/** The engines by name: which there are, which of them work here, and what `auto` takes. */
import { TypegradError } from '../dsl/errors.js'
import { quickest } from './choose.js'
import type { Engine, EngineOptions } from './engine.js'
import { checkThreads } from './threads.js'
import { jsEngine } from './js/engine.js'
import { backendNames, type BackendName } from './tfjs/backends.js'

/** `auto` is the first engine that works: native, then onnx, tfjs and js; `tfjs:wasm` is tfjs on one of its backends. */
export type EngineName = 'auto' | 'onnx' | 'native' | 'tfjs' | 'js' | `tfjs:${BackendName}`

/** How to open an engine. */
export type OpenOptions = EngineOptions

/** Whether an engine works on this machine: its version, or why not and what to do about it. */
export type Probe =
  | { readonly name: string; readonly available: true; readonly version: string }
  | { readonly name: string; readonly available: false; readonly reason: string }

type Named = 'onnx' | 'native' | 'tfjs' | 'js'
/** Opens an engine, or rejects with a `TypegradError` of kind `engine`. */
export type Loaders = { readonly [E in Named]: (options: EngineOptions) => Promise<Engine> }

const loaders: Loaders = {
  onnx: async options => quickest(await (await import('./onnx/engine.js')).onnxEngine(options)),
  native: async options => (await import('./native/engine.js')).nativeEngine(options),
  tfjs: async options => (await import('./tfjs/engine.js')).tfjsEngine(options),
  js: () => Promise.resolve(jsEngine),
}

/** What `auto` tries, in this order, and what a report lists. */
const order: readonly Named[] = ['native', 'onnx', 'tfjs', 'js']
const reasonOf = (e: unknown): string => (e instanceof Error ? e.message : String(e)).trim().split('\n')[0]

/** The registry over given loaders: a test puts absent engines in. */
export const registry = (load: Loaders): {
  openEngine(name: EngineName, options?: OpenOptions): Promise<Engine>
  probeEngines(): Promise<Probe[]>
} => {
  const open = async (name: Named, options: EngineOptions): Promise<Engine> => {
    try {
      return await load[name](options)
    } catch (e) {
      if (e instanceof TypegradError) throw e
      const others = order.filter(n => n !== name).join(' or ')
      throw new TypegradError('engine', `${name} does not start: ${reasonOf(e)}; use another engine: ${others}`)
    }
  }
  const firstOf = async ([name, ...rest]: readonly Named[], options: OpenOptions, reasons: readonly string[]): Promise<Engine> => {
    try {
      const engine = await open(name, options)
      if (reasons.length > 0) options.notice?.(`engine ${engine.name} is used, because ${reasons.join('; ')}`)
      return engine
    } catch (e) {
      if (rest.length === 0) throw e
      return firstOf(rest, options, [...reasons, reasonOf(e)])
    }
  }
  const probe = async (name: Named, options: EngineOptions, label: string): Promise<Probe> => {
    try {
      return { name: label, available: true, version: (await open(name, options)).version }
    } catch (e) {
      return { name: label, available: false, reason: reasonOf(e) }
    }
  }
  return {
    openEngine: async (name, options = {}) => {
      if (name === 'auto') {
        checkThreads(name, options.threads)
        return firstOf(order, options, [])
      }
      const [engine, ...rest] = String(name).split(':'), backend = rest.join(':')
      const known = order.find(n => n === engine)
      if (known === undefined || rest.length > 0 && known !== 'tfjs') {
        throw new TypegradError('engine', `engine ${name} is not known; it is one of auto, ${order.join(', ')}, or `
          + `tfjs with a backend: ${backendNames.map(b => `tfjs:${b}`).join(', ')}`)
      }
      checkThreads(name, options.threads)
      return open(known, rest.length > 0 ? { ...options, backend } : options)
    },
    probeEngines: async () => {
      const probes: Probe[] = []
      // One after the other: tfjs has one current backend.
      for (const name of order) {
        if (name !== 'tfjs') probes.push(await probe(name, {}, name))
        else for (const backend of backendNames) probes.push(await probe('tfjs', { backend }, `tfjs:${backend}`))
      }
      return probes
    },
  }
}

const standard = registry(loaders)

/**
 * Opens an engine by the name that the command line takes, `tfjs:wasm` among them.
 *
 * `auto` takes the first of native, onnx, tfjs and js that works, and tells `notice` in one line when it is not the first.
 *
 * @throws TypegradError of kind `engine` when a named engine is absent: what is missing and the command that installs it; or when `threads`
 * is no whole number from 1 up
 * @example
 * ```ts
 * import { openEngine } from 'typegrad/engines'
 *
 * const engine = await openEngine('auto', { threads: 1 })
 * console.log(engine.name, engine.version)
 * ```
 */
export const openEngine = standard.openEngine

/**
 * Tries every engine and every tfjs backend: its version where it works, the reason where it does not.
 *
 * @example
 * ```ts
 * import { probeEngines } from 'typegrad/engines'
 *
 * for (const p of await probeEngines()) console.log(p.name, p.available ? p.version : p.reason)
 * ```
 */
export const probeEngines = standard.probeEngines
