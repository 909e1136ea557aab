/** Runs the two compilers over a set of files and reads their diagnostics. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
export const typesFolder = join(root, 'test', 'types')

/** TypeScript 6 and 7, under the names of their programs. */
export const compilers = ['tsc6', 'tsc'] as const
export type Compiler = (typeof compilers)[number]

export interface Diagnostic {
  /** Relative to the repository. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly code: string
  /** The first line of the text. */
  readonly text: string
}

const diagnosticLine = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/

/** What a compiler prints, and the processor seconds it took: unlike the clock's, other work on the machine does not add to them. */
export interface Answer { readonly text: string; readonly seconds: number }

/** The last line of the shell's `times`: user and system time of the programs it ran. */
const secondsIn = (times: string): number =>
  [...(times.trimEnd().split('\n').pop() ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0)

/** Compiles the files with the project's options. */
export const timedCompile = async (compiler: Compiler, files: readonly string[]): Promise<Answer> => {
  const folder = mkdtempSync(join(root, 'node_modules', '.types-'))
  try {
    const config = join(folder, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true, noUnusedLocals: false },
      include: [], files,
    }))
    const program = join(root, 'node_modules', '.bin', compiler)
    if (!existsSync(program)) throw new Error(`${compiler} is not installed: run npm ci`)
    const command = '"$0" -p "$1" --pretty false; times >&2'
    return await new Promise(resolve => {
      execFile('sh', ['-c', command, program, config], { cwd: root,
        maxBuffer: 1 << 26 }, (_, text, times) => resolve({ text, seconds: secondsIn(times) }))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Everything that a compiler prints. */
export const compile = async (compiler: Compiler, files: readonly string[]): Promise<string> => (await timedCompile(compiler, files)).text

/** TypeScript 7 quotes string literal types as they were written, 6 always doubly. */
const alike = (text: string): string => text.replace(/(?<=[[\s,<])'([\w+*]+)'(?=[\],>])/g, '"$1"')

/** The diagnostics in a compiler's answer; an answer without a position (a bad option) is an error. */
export const diagnosticsIn = (answer: string): Diagnostic[] => {
  const general = answer.split('\n').find(line => /^error TS/.test(line))
  if (general !== undefined) throw new Error(general)
  return answer.split('\n').flatMap(line => {
    const match = diagnosticLine.exec(line)
    return match ? [{ file: relative(root, join(root, match[1])), line: Number(match[2]), column: Number(match[3]), code: match[4],
      text: alike(match[5]) }] : []
  })
}
