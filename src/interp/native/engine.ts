/** The `native` engine: a program is fused loops in C and calls of a small runtime, compiled by this machine's C compiler. */
import { availableParallelism } from 'node:os'
import type { Engine, EngineOptions, Program } from '../engine.js'
import { checkThreads } from '../threads.js'
import { emit, type Emitted, type EmitOptions } from './emit/emit.js'
import { nativeExecutable } from './executable.js'
import { bytesOf, Workspace } from './memory.js'
import { checkPasses, type Pass } from './passes.js'
import { read } from './state.js'
import { openToolchain, type Toolchain } from './toolchain/addon.js'
import { compilerVersion } from './toolchain/compiler.js'

/** How the engine `native` compiles and runs. */
export interface NativeOptions extends EngineOptions {
  /** Passes of the compiler to go without: to measure what one is worth, or to find in which one a fault lies. */
  readonly without?: readonly Pass[]
}

/** The engine over a given toolchain and emitter: a test puts C of its own in. */
export const nativeOn = (tools: Toolchain, { threads = availableParallelism(), without: left = [] }: NativeOptions,
  emitter: (program: Program, options: EmitOptions) => Emitted = emit): Engine => {
  checkThreads('native', threads)
  const without = checkPasses(left)
  const { addon, compiler } = tools
  const workspace = new Workspace(addon)
  return {
    name: 'native',
    version: compilerVersion(compiler),
    asWritten: without.has('simplify'),
    compile: async program => {
      const { sources, arena, constants, inPlace } = emitter({ ...program, resident: read(program) }, { without })
      const bytes = [arena, constants.length, ...[...program.inputs, ...program.outputs].map(bytesOf)]
      workspace.grow(arena)
      const load = (sets: number): ReturnType<Toolchain['compileProgram']> => tools.compileProgram(sources, bytes, sets)
      return nativeExecutable(program, { addon, workspace, threads, constants, inPlace, load })
    },
  }
}

/**
 * The engine that compiles every program to machine code by the C compiler of this machine: `CC`, else cc, gcc or clang. What it compiles
 * is kept in `TYPEGRAD_CACHE`, else in the user's cache folder. `threads` is for one loop or product, all cores when absent. Throws a
 * `TypegradError` of kind `engine` when there is no compiler, when `threads` is no whole number from 1 up, or when `without` names what is
 * no pass.
 *
 * @example
 * ```ts
 * import { nativeEngine } from 'typegrad/engines'
 * const engine = await nativeEngine({ threads: 1 })
 * console.log(engine.name, engine.version)
 * ```
 */
export const nativeEngine = async (options: NativeOptions = {}): Promise<Engine> =>
  nativeOn(await openToolchain(undefined, undefined, options.notice), options)
