/** From C sources to a library that is loaded: what is compiled when, what is kept, and what is said when it does not work. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { TypegradError } from '../../../src/dsl/errors.js'
import { openToolchain, type Toolchain } from '../../../src/interp/native/toolchain/addon.js'
import { cacheFolder, evict, keyOf } from '../../../src/interp/native/toolchain/cache.js'
import { findCompiler } from '../../../src/interp/native/toolchain/compiler.js'
import { programFlags, runtimeFlags } from '../../../src/interp/native/toolchain/flags.js'
import { folder, scaled, script, smallRuntime } from './workshop.js'

const found = await findCompiler().catch(() => null)
const sentence = (p: Promise<unknown>): Promise<string> =>
  p.then(() => 'no error', (e: unknown) => e instanceof TypegradError ? `${e.kind}: ${e.message}` : `not ours: ${String(e)}`)

describe('the compiler', () => {
  it('that CC names must be there', async () => {
    expect(await sentence(findCompiler({ ...process.env, CC: '/nowhere/cc' })))
      .toMatch(/^engine: native: the compiler that CC names, \/nowhere\/cc, is not there; unset CC or correct it, or choose .* onnx$/)
  })
  it('that CC names must be one', async () => {
    const broken = script('echo "cc1: out of order" >&2; exit 1')
    expect(await sentence(findCompiler({ ...process.env, CC: broken })))
      .toContain(`${broken}, does not work (cc1: out of order); unset CC or correct it`)
    expect(await sentence(findCompiler({ ...process.env, CC: script('echo hello') })))
      .toContain('does not work (it is neither gcc nor clang)')
  })
  it('is missed in a sentence', async () => {
    expect(await sentence(findCompiler({ PATH: folder() }))).toMatch(
      /^engine: native: no C compiler is found among cc, gcc and clang; install one, .*, set CC to one, or choose the engine onnx$/)
  })
  it('is one of those of the path, where CC is not set', async () => {
    const macros = '#define __GNUC__ 4\\n#define __clang__ 1\\n#define __clang_major__ 14\\n#define __clang_minor__ 0\\n'
    const path = resolve(script(`printf '${macros}'`), '..')
    expect(await findCompiler({ PATH: path }))
      .toMatchObject({ name: 'clang', version: '14.0.0', command: ['cc'], target: ['-march=native'] })
  })
  it('is asked for the processor in the way that it knows', async () => {
    const refuses = (flag: string): string => `case "$*" in *${flag}*) echo "bad flag" >&2; exit 1;; esac;`
    const gcc = "printf '#define __GNUC__ 12\\n#define __GNUC_MINOR__ 2\\n'"
    const named = async (lines: string): Promise<unknown> => findCompiler({ ...process.env, CC: script(lines) })
    expect(await named(`${refuses('-march')} ${gcc}`)).toMatchObject({ name: 'gcc', version: '12.2.0', target: ['-mcpu=native'] })
    expect(await named(`${refuses('native')} ${gcc}`)).toMatchObject({ target: [] })
  })
  it('is given the flags that it knows, and one rounding for a product and a sum', () => {
    const named = (name: 'gcc' | 'clang', version: string) =>
      ({ command: ['cc'], name, version, target: [], identity: '', environment: {} })
    const gcc10 = programFlags(named('gcc', '10.2.1'), []).compile, gcc12 = programFlags(named('gcc', '12.2.0'), []).compile
    expect(gcc12.filter(flag => !gcc10.includes(flag))).toEqual(['-fno-ipa-modref'])
    for (const flags of [gcc10, gcc12, runtimeFlags(named('gcc', '12.2.0'), []).compile])
      expect(flags).toContain('--param=avoid-fma-max-bits=0')
    expect(programFlags(named('clang', '14.0.6'), []).compile.filter(flag => flag.includes('param'))).toEqual([])
  })
})

describe('the cache', () => {
  it('is where the environment says', async () => {
    const [mine, xdg] = [join(folder(), 'mine'), folder()]
    expect(await cacheFolder({ TYPEGRAD_CACHE: mine, XDG_CACHE_HOME: xdg })).toBe(mine)
    expect(existsSync(mine)).toBe(true)
    expect(await cacheFolder({ XDG_CACHE_HOME: xdg })).toBe(join(xdg, 'typegrad'))
  })
  it('falls back on a temporary folder where it cannot be written to, or nothing can be made', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '', { mode: 0o755 })
    for (const wrong of [join(file, 'cache'), file, ...process.platform === 'linux' ? ['/proc/nothing/here'] : []]) {
      const instead = await cacheFolder({ TYPEGRAD_CACHE: wrong })
      expect(instead).toMatch(/typegrad-/)
      expect(readdirSync(instead)).toBeDefined()
    }
    const deep = join(folder(), 'a/b/c')
    expect(await cacheFolder({ TYPEGRAD_CACHE: deep })).toBe(deep)
  })
  it('drops what was used least recently, and what was left unfinished', async () => {
    const at = folder()
    const names = ['a', 'b', 'c', 'd'].map(letter => `${letter.repeat(40)}.so`)
    names.forEach((name, i) => {
      writeFileSync(join(at, name), 'x'.repeat(10))
      utimesSync(join(at, name), 1000 + i, 1000 + i)
    })
    writeFileSync(join(at, 'notes.txt'), 'x'.repeat(100))
    for (const [name, time] of [['new-old', 1000], ['new-now', Date.now() / 1000]] as const) {
      mkdirSync(join(at, name))
      utimesSync(join(at, name), time, time)
    }
    await evict(at, 25)
    expect(readdirSync(at).sort()).toEqual([names[2], names[3], 'new-now', 'notes.txt'])
  })
  it('tells contents apart wherever they are cut', () => {
    expect(new Set([keyOf('ab', 'c'), keyOf('a', 'bc'), keyOf('abc'), keyOf('ab', 'c', '')]).size).toBe(4)
  })
})

describe.skipIf(found === null)('with a compiler', () => {
  const counter = join(folder(), 'count')
  const compiler = script(`echo x >> ${counter}\nexec ${found?.command.join(' ') ?? 'cc'} "$@"`)
  const spawned = (): number => existsSync(counter) ? readFileSync(counter, 'utf8').split('\n').length - 1 : 0
  const runtime = smallRuntime()
  const cache = folder()
  const environment = { ...process.env, CC: compiler, TYPEGRAD_CACHE: cache }
  let tools: Toolchain
  beforeAll(async () => { tools = await openToolchain(environment, runtime) })

  const runs = async (on: Toolchain, source: string): Promise<number> => {
    const [program] = await on.compileProgram([source], [4, 4])
    const [x, y] = [Float32Array.of(3), new Float32Array(1)]
    program.bind(0, x)
    program.bind(1, y)
    program.run(1)
    return y[0]
  }

  it('a program is compiled once', async () => {
    expect(await runs(tools, scaled(2))).toBe(6)
    const before = spawned()
    expect(await runs(tools, scaled(2))).toBe(6)
    expect(spawned()).toBe(before)
    expect(await runs(tools, scaled(3))).toBe(9)
    expect(spawned()).toBe(before + 1)
  })
  it('programs that are compiled at once do not disturb each other, in one process or in several', async () => {
    const before = spawned()
    expect(await Promise.all(Array.from({ length: 5 }, () => runs(tools, scaled(5))))).toEqual([15, 15, 15, 15, 15])
    expect(spawned()).toBe(before + 1)
    // A module that is loaded once more knows as little of the first as another process does.
    vi.resetModules()
    const { openToolchain: openAgain } = await import('../../../src/interp/native/toolchain/addon.js')
    const second = await openAgain(environment, runtime)
    const count = spawned()
    expect(await Promise.all([tools, second].map(on => runs(on, scaled(7))))).toEqual([21, 21])
    expect(spawned()).toBe(count + 2)
    expect(readdirSync(cache).filter(name => name.startsWith('new-'))).toEqual([])
  })
  it('units are compiled apart and linked', async () => {
    const units = ['float half(float x) { return x / 2; }\n', `float half(float x);
void tg_run(const void *R, char *const *slot) { (void)R; ((float *)slot[1])[0] = half(((float *)slot[0])[0]); }\n`]
    const [program] = await tools.compileProgram(units, [4, 4])
    const [x, y] = [Float32Array.of(3), new Float32Array(1)]
    program.bind(0, x)
    program.bind(1, y)
    program.run(1)
    expect(y[0]).toBe(1.5)
  })
  it('a program with sets of slots runs on each', async () => {
    const programs = await tools.compileProgram([scaled(2)], [4, 4], 2)
    const y = new Float32Array(2)
    programs.forEach((program, i) => {
      program.bind(0, Float32Array.of(i + 1))
      program.bind(1, y.subarray(i))
      program.run(1)
    })
    expect([...y]).toEqual([2, 4])
  })
  it('a fault is an error with its sentence, and the next run works', async () => {
    const [program] = await tools.compileProgram([scaled(2)], [4, 4])
    const x = Float32Array.of(-1)
    program.bind(0, x)
    program.bind(1, new Float32Array(1))
    expect(() => { program.run(1) }).toThrow('a number is negative')
    x[0] = 1
    program.run(1)
  })
  it('an error is the compiler\'s first, with what was tried and how to mend it', async () => {
    const message = await sentence(tools.compileProgram(['void tg_run(void) { oops; }\n'], []))
    expect(message).toMatch(/^engine: native: (gcc|clang) [\d.]+ does not compile the program: program0\.c:1:\d+: error: .*oops/)
    expect(message).toMatch(/ \(tried: .*cc -O\d /)
    expect(message).toMatch(/\); install another compiler, .*, set CC to it, or choose the engine onnx$/)
    expect(message).not.toContain(cache)
    expect(readdirSync(cache).filter(name => name.startsWith('new-'))).toEqual([])
  })
  it('a runtime that is compiled is announced, and one that is loaded is not', async () => {
    const other = { ...environment, TYPEGRAD_CACHE: folder() }, heard: string[] = []
    const notice = (line: string): void => { heard.push(line) }
    await openToolchain(other, runtime, notice)
    expect(heard).toEqual(['compiling the runtime of native, once on this machine...'])
    vi.resetModules()
    const { openToolchain: openAgain } = await import('../../../src/interp/native/toolchain/addon.js')
    await openAgain(other, runtime, notice)
    expect(heard).toHaveLength(1)
  })
  it('a damaged library is compiled again', async () => {
    const before = new Set(readdirSync(cache))
    await tools.compileProgram([scaled(11)], [4, 4])
    const made = readdirSync(cache).filter(name => !before.has(name) && name.endsWith('.so'))
    expect(made.length).toBe(1)
    const other = folder()
    await openToolchain({ ...environment, TYPEGRAD_CACHE: other }, runtime)
    writeFileSync(join(other, made[0]), 'not a library')
    expect(await runs(await openToolchain({ ...environment, TYPEGRAD_CACHE: other }, runtime), scaled(11))).toBe(33)
  })
  it.each([['to 1000 bytes', 1000], ['to nothing', 0]])('a library that was cut %s is compiled again, and not loaded', async (_, bytes) => {
    const other = { ...environment, TYPEGRAD_CACHE: folder() }
    const program = `import { openToolchain } from ${JSON.stringify(resolve(import.meta.dirname,
      '../../../src/interp/native/toolchain/addon.ts'))}
      const tools = await openToolchain(process.env, ${JSON.stringify(runtime)})
      await tools.compileProgram([${JSON.stringify(scaled(12))}], [4, 4])`
    const args = ['--import', 'tsx', '--input-type=module', '-e', program]
    const run = () => spawnSync(process.execPath, args, { encoding: 'utf8', env: other })
    expect(run()).toMatchObject({ status: 0, signal: null })
    const libraries = readdirSync(other.TYPEGRAD_CACHE).filter(name => /\.(so|node)$/.test(name))
      .map(name => join(other.TYPEGRAD_CACHE, name))
    expect(libraries).toHaveLength(2)
    libraries.forEach(path => { truncateSync(path, bytes) })
    expect(run()).toMatchObject({ status: 0, signal: null })
    expect(libraries.every(path => statSync(path).size > 1000)).toBe(true)
  })
  it('a library that does not load says what to do', async () => {
    expect(await sentence(tools.compileProgram(['int nothing;\n'], []))).toMatch(/does not load \(.*tg_run.*\); set TYPEGRAD_CACHE to/)
  })
  it('a runtime that does not compile is a sentence', async () => {
    const broken = smallRuntime()
    writeFileSync(join(broken, 'small.c'), 'oops\n')
    expect(await sentence(openToolchain({ ...environment, TYPEGRAD_CACHE: folder() }, broken)))
      .toMatch(/^engine: native: (gcc|clang) [\d.]+ does not compile the runtime: small\.c:1:\d+: error: /)
  })
  it('a wrong call throws and does not crash', () => {
    const calls = resolve(import.meta.dirname, 'calls.ts')
    const args = ['--import', 'tsx', calls, runtime]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: environment })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual([
      'run unbound: native: a slot of the program is not bound',
      'bind slot 2: native: the program has no such slot',
      'bind slot -1: native: the program has no such slot',
      'bind slot x: native: the program has no such slot',
      'bind a list: native: a slot takes a typed array or null',
      'bind a DataView: native: a slot takes a typed array or null',
      'bind too short: native: the array is too short for its slot',
      'bind one argument: native: wrong number of arguments',
      'run 0 threads: native: threads is a number from 1 up',
      'run unbound again: native: a slot of the program is not bound',
      'load a number: native: the path is a string of less than 4095 bytes',
      'load a long path: native: the path is a string of less than 4095 bytes',
      'load wrong bytes: native: bytes is an array of numbers',
      'load negative bytes: native: bytes is an array of numbers',
      'load no list: native: bytes is an array of numbers',
      'misalignment of an array: native: an ArrayBuffer is expected',
      'run closed: native: the program is closed',
      'bind closed: native: the program is closed',
      'close twice: nothing',
      'shared memory and views: 6',
      'a worker: 6',
      'after the worker: 6',
      'collected: nothing',
    ])
  })
})
