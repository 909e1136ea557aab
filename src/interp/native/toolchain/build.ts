/** From C sources to a library in the cache. */
import { writeFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, platform } from 'node:os'
import { join } from 'node:path'
import { TypegradError } from '../../../dsl/errors.js'
import { cached, keyOf } from './cache.js'
import { command } from './command.js'
import { compilerVersion, type Compiler } from './compiler.js'
import type { Flags } from './flags.js'

/** A C source by its name, which a message of the compiler's shows. */
export interface Source { readonly name: string; readonly text: string }

/** What a library is made of. `depends` is what else its contents depend on: headers that the sources include. */
export interface Recipe {
  /** What a failure is about: `the runtime`. */
  readonly what: string
  readonly sources: readonly Source[]
  readonly flags: Flags
  readonly depends: readonly string[]
  readonly extension: 'so' | 'node'
}

/** The line of a compiler's output that says what is wrong, without the folder that it worked in. */
const firstError = (output: string, workplace: string): string => {
  const lines = output.split('\n').map(line => line.replaceAll(`${workplace}/`, '').trim()).filter(line => line !== '')
  return lines.find(line => /\b(error|undefined reference|not found|cannot|No space)\b/i.test(line)) ?? lines[0] ?? 'it gives no reason'
}

/** Runs the compiler; a failure becomes a sentence with what was tried and how to mend it. */
const compilerRun = (compiler: Compiler, { what }: Recipe, workplace: string) => async (args: readonly string[]): Promise<void> => {
  const [file, ...first] = compiler.command
  const { ok, stderr } = await command(compiler.environment, file, [...first, ...args])
  if (ok) return
  const tried = [...compiler.command, ...args].filter(arg => !arg.startsWith('-I')).join(' ').replaceAll(`${workplace}/`, '')
  throw new TypegradError('engine', `native: ${compilerVersion(compiler)} does not compile ${what}: ${firstError(stderr, workplace)} `
    + `(tried: ${tried}); install another compiler, such as with \`apt install build-essential\`, set CC to it, or choose the engine onnx`)
}

/** Does all jobs, as many at a time as there are cores. */
const inParallel = async (jobs: readonly (() => Promise<void>)[]): Promise<void> => {
  const waiting = jobs.values()
  const worker = async (): Promise<void> => { for (const job of waiting) await job() }
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, worker))
}

/**
 * Compiles and links the sources unless the cache has the result; the path of the library. `begins` is called before it compiles. Throws a
 * `TypegradError` of kind `engine`.
 */
export const build = (compiler: Compiler, folder: string, recipe: Recipe, begins?: () => void): Promise<string> => {
  const { sources, flags: { compile, link, libraries }, depends, extension } = recipe
  const machine = [platform(), arch(), cpus()[0]?.model ?? '', compiler.identity]
  const texts = sources.flatMap(({ name, text }) => [name, text])
  const key = keyOf(...machine, ...compiler.command, ...compile, ...link, ...libraries, ...texts, ...depends)
  return cached(folder, `${key}.${extension}`, async (workplace, path) => {
    begins?.()
    const run = compilerRun(compiler, recipe, workplace)
    const files = sources.map(({ name }) => join(workplace, name))
    await Promise.all(sources.map(({ text }, i) => writeFile(files[i], text)))
    if (files.length === 1) return run([...compile, ...link, files[0], '-o', path, ...libraries])
    const objects = files.map(file => `${file}.o`)
    await inParallel(files.map((file, i) => () => run([...compile, '-c', file, '-o', objects[i]])))
    return run([...link, ...objects, '-o', path, ...libraries])
  })
}
