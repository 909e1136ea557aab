/** The runtime, compiled for this machine and loaded into this process, and the programs that it loads. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TypegradError } from '../../../dsl/errors.js'
import { build, type Recipe } from './build.js'
import { cacheFolder } from './cache.js'
import { findCompiler, type Compiler } from './compiler.js'
import { programFlags, runtimeFlags } from './flags.js'

export type TypedArray = Float32Array | Int32Array | Uint8Array

/** One loaded program with one set of slots. */
export interface LoadedProgram {
  /** Gives a slot its memory, which the caller keeps alive until the slot gets another one or the program is closed. */
  bind(slot: number, array: TypedArray | null): void
  /** One run; throws an `Error` of what it stopped at: a sentence, or of the code `outside` an operation, a position, the axis's size. */
  run(threads: number): void
  /** The same on another thread, for the milliseconds that it took; until it has ended, nothing else is asked of the program. */
  start(threads: number): Promise<number>
  /** Gives the library back; the program does not run any more. */
  close(): void
}

/** What addon.c exports. */
export interface Addon {
  /** Loads a library that exports `tg_run`; `bytes` is what each slot must at least hold. */
  load(path: string, bytes: readonly number[]): LoadedProgram
  /** How many bytes the memory of a buffer lies after a multiple of 64. */
  misalignment(buffer: ArrayBuffer): number
}

/** What compiles programs on this machine and loads them. */
export interface Toolchain {
  readonly compiler: Compiler
  readonly addon: Addon
  /** Compiles C translation units, in parallel, to one library and loads it, `sets` times: each has slots of its own. */
  compileProgram(sources: readonly string[], bytes: readonly number[], sets?: number): Promise<LoadedProgram[]>
}

/** The C files lie beside this one, in the sources as in what is built from them. */
const runtimeFolder = fileURLToPath(new URL('../runtime/', import.meta.url))

interface Files { readonly sources: Recipe['sources']; readonly headers: readonly string[] }

const readRuntime = async (folder: string): Promise<Files> => {
  const names = (await readdir(folder, { recursive: true })).filter(name => /\.[ch]$/.test(name)).sort()
  const files = await Promise.all(names.map(async name => ({ name, text: await readFile(join(folder, name), 'utf8') })))
  const [sources, headers] = ['.c', '.h'].map(end => files.filter(({ name }) => name.endsWith(end)))
  return { sources, headers: headers.flatMap(({ name, text }) => [name, text]) }
}

const firstLine = (e: unknown): string => (e instanceof Error ? e.message : String(e)).split('\n')[0]

/** Loads what was built. A file that does not load was damaged, by a full disk for one: it is built once more. */
const loaded = async <T>(make: () => Promise<string>, load: (path: string) => T): Promise<T> => {
  const path = await make()
  try {
    return load(path)
  } catch {
    await rm(path, { force: true })
    const again = await make()
    try {
      return load(again)
    } catch (e) {
      throw new TypegradError('engine', `native: ${again} does not load (${firstLine(e)}); set TYPEGRAD_CACHE to a folder whose files `
        + 'may be executed, or choose the engine onnx')
    }
  }
}

const loadAddon = (path: string): Addon => {
  const module: { exports: unknown } = { exports: {} }
  process.dlopen(module, path)
  return module.exports as Addon
}

type Notice = (line: string) => void

const open = async (environment: NodeJS.ProcessEnv, runtime: string, notice?: Notice): Promise<Toolchain> => {
  const compiler = await findCompiler(environment)
  const [folder, { sources, headers }] = await Promise.all([cacheFolder(environment), readRuntime(runtime)])
  const { include_dir: nodeApi } = createRequire(import.meta.url)('node-api-headers') as { readonly include_dir: string }
  const { version } = createRequire(import.meta.url)('node-api-headers/package.json') as { readonly version: string }
  const recipe: Recipe = {
    what: 'the runtime', sources, flags: runtimeFlags(compiler, [runtime, nodeApi]), depends: [...headers, version], extension: 'node',
  }
  const begins = () => notice?.('compiling the runtime of native, once on this machine...')
  const addon = await loaded(() => build(compiler, folder, recipe, begins), loadAddon)
  const flags = programFlags(compiler, [runtime])
  return {
    compiler, addon,
    compileProgram: (texts, bytes, sets = 1) => {
      const program: Recipe = {
        what: 'the program', sources: texts.map((text, i) => ({ name: `program${i}.c`, text })), flags, depends: headers, extension: 'so',
      }
      return loaded(() => build(compiler, folder, program), path => Array.from({ length: sets }, () => addon.load(path, bytes)))
    },
  }
}

const opened = new Map<string, Promise<Toolchain>>()

/**
 * The toolchain of this machine, opened once a process for each compiler and cache folder. The first time on a machine the runtime is
 * compiled, which takes seconds: `notice` hears it before. Throws a `TypegradError` of kind `engine` when there is no compiler or it fails.
 */
export const openToolchain = (
  environment: NodeJS.ProcessEnv = process.env, runtime = runtimeFolder, notice?: Notice,
): Promise<Toolchain> => {
  const key = [environment.CC, environment.PATH, environment.TYPEGRAD_CACHE, environment.XDG_CACHE_HOME, runtime].join('\n')
  const found = opened.get(key) ?? open(environment, runtime, notice)
  opened.set(key, found)
  // What failed may work later: the user may have installed a compiler.
  found.catch(() => opened.delete(key))
  return found
}
