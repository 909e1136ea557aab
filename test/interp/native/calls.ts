/** Calls of the addon that are wrong in every way, in a process of their own: a crash would end it. Prints what each one said. */
import { Worker, isMainThread } from 'node:worker_threads'
import { openToolchain, type LoadedProgram } from '../../../src/interp/native/toolchain/addon.js'
import { scaled } from './workshop.js'

const { addon, compileProgram } = await openToolchain(process.env, process.argv[2])
const [program, other] = await compileProgram([scaled(2)], [4, 4], 2)
const [x, y] = [Float32Array.of(3), new Float32Array(1)]

const say = (what: string, f: () => unknown): void => {
  try {
    f()
    console.log(`${what}: nothing`)
  } catch (e) {
    console.log(`${what}: ${(e as Error).message}`)
  }
}
const runs = (on: LoadedProgram, input: Float32Array, output: Float32Array): number => {
  on.bind(0, input)
  on.bind(1, output)
  on.run(1)
  return output[0]
}
const bind = program.bind as (...args: unknown[]) => void
const load = addon.load as (...args: unknown[]) => unknown

if (isMainThread) {
  say('run unbound', () => { program.run(1) })
  say('bind slot 2', () => { program.bind(2, x) })
  say('bind slot -1', () => { program.bind(-1, x) })
  say('bind slot x', () => { bind('x', x) })
  say('bind a list', () => { bind(0, [1]) })
  say('bind a DataView', () => { bind(0, new DataView(new ArrayBuffer(8))) })
  say('bind too short', () => { program.bind(0, new Uint8Array(3)) })
  say('bind one argument', () => { bind(0) })
  runs(program, x, y)
  say('run 0 threads', () => { program.run(0) })
  program.bind(1, null)
  say('run unbound again', () => { program.run(1) })
  say('load a number', () => load(1, []))
  say('load a long path', () => load('x'.repeat(5000), []))
  say('load wrong bytes', () => load('x', ['a']))
  say('load negative bytes', () => load('x', [-1]))
  say('load no list', () => load('x', 4))
  say('misalignment of an array', () => addon.misalignment(x as never))
  program.close()
  say('run closed', () => { program.run(1) })
  say('bind closed', () => { program.bind(0, x) })
  say('close twice', () => { program.close() })
  const shared = new Float32Array(new SharedArrayBuffer(64), 4, 1)
  shared[0] = 3
  console.log(`shared memory and views: ${runs(other, shared, new Float32Array(8).subarray(3, 4))}`)
  const start = `import('tsx/esm/api').then(api => { api.register(); return import(${JSON.stringify(import.meta.url)}) })`
  const worker = new Worker(start, { eval: true, argv: [process.argv[2]] })
  await new Promise(resolve => worker.on('exit', resolve))
  console.log(`after the worker: ${runs(other, x, y)}`)
  for (let i = 0; i < 2000; i++) (await compileProgram([scaled(2)], [4, 4]))[0].bind(0, x)
  say('collected', () => { runs(other, x, y) })
} else {
  console.log(`a worker: ${runs(program, x, y)}`)
}
