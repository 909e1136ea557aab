/** The C compiler of this machine: which one it is, and which processor it compiles for. */
import { TypegradError } from '../../../dsl/errors.js'
import { command } from './command.js'

/** A C compiler that starts. */
export interface Compiler {
  /** The program and the arguments that come first: `CC` may be `ccache gcc`. */
  readonly command: readonly string[]
  readonly name: 'gcc' | 'clang'
  readonly version: string
  /** How it is asked for the instructions of this very processor; empty when it cannot be asked. */
  readonly target: readonly string[]
  /** Its version and all that it knows of the processor: what it compiles here runs where this is the same. */
  readonly identity: string
  /** What it runs in: its `PATH` is where it finds its parts. */
  readonly environment: NodeJS.ProcessEnv
}

const install = process.platform === 'darwin' ? '`xcode-select --install`' : 'such as with `apt install build-essential`'
const mend = `install one, ${install}, set CC to one, or choose the engine onnx`
const absent = (what: string): TypegradError => new TypegradError('engine', `native: ${what}; ${mend}`)
const wrong = (given: string, what: string): TypegradError => new TypegradError('engine',
  `native: the compiler that CC names, ${given}, ${what}; unset CC or correct it, or choose the engine onnx`)

const macro = (dump: string, name: string): string | undefined =>
  dump.split('\n').find(line => line.startsWith(`#define ${name} `))?.slice(`#define ${name} `.length)

const describe = (environment: NodeJS.ProcessEnv, words: readonly string[], target: readonly string[], dump: string): Compiler => {
  const name = macro(dump, '__clang__') === undefined ? 'gcc' : 'clang'
  const parts = name === 'clang' ? ['__clang_major__', '__clang_minor__', '__clang_patchlevel__']
    : ['__GNUC__', '__GNUC_MINOR__', '__GNUC_PATCHLEVEL__']
  const version = parts.map(part => macro(dump, part) ?? '0').join('.')
  return { command: words, name, version, target, identity: dump, environment }
}

/** The compiler behind a command, null when there is none, or a sentence when there is one that does not work. */
const ask = async (environment: NodeJS.ProcessEnv, [file, ...first]: readonly string[]): Promise<Compiler | string | null> => {
  let reason = ''
  for (const target of [['-march=native'], ['-mcpu=native'], []]) {
    // The macros that a compiler defines tell its name, its version and the instruction sets that it may use.
    const { ok, missing, stdout, stderr } = await command(environment, file, [...first, ...target, '-E', '-dM', '-x', 'c', '-'])
    if (missing) return null
    if (ok && macro(stdout, '__GNUC__') !== undefined) return describe(environment, [file, ...first], target, stdout)
    reason = ok ? 'it is neither gcc nor clang' : stderr.trim().split('\n')[0]
  }
  return reason
}

/** Without its command line tools, macOS has a `cc` that only asks the user to install them. */
const toolsAreThere = async (environment: NodeJS.ProcessEnv): Promise<boolean> =>
  process.platform !== 'darwin' || (await command(environment, 'xcode-select', ['-p'])).ok

const find = async (environment: NodeJS.ProcessEnv): Promise<Compiler> => {
  if (process.platform === 'win32') throw new TypegradError('engine', 'native: Windows is not supported; choose the engine onnx')
  const given = environment.CC?.trim() ?? ''
  if (given !== '') {
    const found = await ask(environment, given.split(/\s+/))
    if (found === null) throw wrong(given, 'is not there')
    if (typeof found === 'string') throw wrong(given, `does not work (${found})`)
    return found
  }
  const reasons: string[] = []
  for (const name of await toolsAreThere(environment) ? ['cc', 'gcc', 'clang'] : []) {
    const found = await ask(environment, [name])
    if (found !== null && typeof found !== 'string') return found
    if (found !== null) reasons.push(` (${name} does not work: ${found})`)
  }
  throw absent(`no C compiler is found among cc, gcc and clang${reasons.join('')}`)
}

const known = new Map<string, Promise<Compiler>>()

/**
 * The compiler that `CC` names, else the first of cc, gcc and clang that works; each is asked once a process. Throws a `TypegradError`
 * of kind `engine` when there is none.
 */
export const findCompiler = (environment: NodeJS.ProcessEnv = process.env): Promise<Compiler> => {
  const key = `${environment.CC ?? ''}\n${environment.PATH ?? ''}`
  const found = known.get(key) ?? find(environment)
  known.set(key, found)
  // What failed may work later: the user may have installed a compiler.
  found.catch(() => known.delete(key))
  return found
}

/** Name and version, as `typegrad doctor` shows them. */
export const compilerVersion = ({ name, version }: Compiler): string => `${name} ${version}`
