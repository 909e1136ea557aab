/** Which engine a name opens, and what is said when one is absent. */
import { describe, expect, it } from 'vitest'
import { TypegradError } from '../../src/dsl/errors.js'
import type { Engine, EngineOptions } from '../../src/interp/engine.js'
import { doctor } from '../../src/interp/doctor.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { openEngine, probeEngines, registry, type Loaders, type Probe } from '../../src/interp/registry.js'
import { tfjsEngine } from '../../src/interp/tfjs/engine.js'
import { version } from '../../src/version.js'

const named = (name: string): Engine => ({ ...jsEngine, name })
const absent = (sentence: string) => (): Promise<Engine> => Promise.reject(new TypegradError('engine', sentence))
const works = (name: string) => (): Promise<Engine> => Promise.resolve(named(name))
const needs = (backend: string, name: string, how = `run \`npm install ${name}\``): string =>
  `engine: tfjs:${backend} needs the package ${name}, which is not installed; ${how}`
const building = (flags = ''): string => `build it by \`node node_modules/typegrad/scripts/tfjs-node.mjs${flags}\` `
  + `(in a clone of typegrad, \`node scripts/tfjs-node.mjs${flags}\`)`
const sentenceOf = (p: Promise<unknown>): Promise<string> => p.then(() => 'no error',
  (e: unknown) => e instanceof TypegradError ? `${e.kind}: ${e.message}` : `not ours: ${String(e)}`)

const nothing = (name: string): Promise<unknown> => Promise.reject(new Error(`Cannot find package '${name}' imported from x.js\nmore`))
const only = (...packages: string[]) => (name: string): Promise<unknown> =>
  packages.includes(name) ? import(name) as Promise<unknown> : nothing(name)
const onnxIsMissing = 'onnx needs the package onnxruntime-node, which is not installed; npm install onnxruntime-node'

describe('auto', () => {
  const open = async (loaders: Loaders): Promise<{ name: string; notices: string[] }> => {
    const notices: string[] = []
    const { name } = await registry(loaders).openEngine('auto', { notice: line => notices.push(line) })
    return { name, notices }
  }
  it('takes native without a word', async () => {
    const all = { onnx: works('onnx'), native: works('native'), tfjs: works('tfjs'), js: works('js') }
    expect(await open(all)).toEqual({ name: 'native', notices: [] })
  })
  it('falls back to onnx, to tfjs, then to js, and says why in one line', async () => {
    const [onnx, native] = [absent(onnxIsMissing), absent('native: no C compiler is found')]
    expect(await open({ onnx: works('onnx'), native, tfjs: works('tfjs:wasm'), js: works('js') })).toEqual({
      name: 'onnx', notices: ['engine onnx is used, because native: no C compiler is found'],
    })
    const both = `native: no C compiler is found; ${onnxIsMissing}`
    expect(await open({ onnx, native, tfjs: works('tfjs:wasm'), js: works('js') })).toEqual({
      name: 'tfjs:wasm', notices: [`engine tfjs:wasm is used, because ${both}`],
    })
    const crash = (): Promise<Engine> => Promise.reject(new Error('no such device\n  at f'))
    expect(await open({ onnx, native, tfjs: crash, js: works('js') })).toEqual({
      name: 'js',
      notices: [`engine js is used, because ${both}; tfjs does not start: no such device; use another engine: native or onnx or js`],
    })
  })
  it('hands the options on', async () => {
    const seen: unknown[] = []
    const native = (o: EngineOptions): Promise<Engine> => {
      seen.push(o.threads)
      return works('native')()
    }
    await registry({ onnx: works('onnx'), native, tfjs: works('tfjs'), js: works('js') }).openEngine('auto', { threads: 1 })
    expect(seen).toEqual([1])
  })
})

describe('absent engines', () => {
  it('name the package and the command that installs it', async () => {
    expect(await sentenceOf(tfjsEngine({ backend: 'node' }, nothing)))
      .toBe(needs('node', '@tensorflow/tfjs-node', building()))
    expect(await sentenceOf(tfjsEngine({ backend: 'node-gpu' }, nothing)))
      .toBe(needs('node-gpu', '@tensorflow/tfjs-node-gpu', building(' --gpu')))
    expect(await sentenceOf(tfjsEngine({ backend: 'wasm' }, nothing))).toBe(needs('wasm', '@tensorflow/tfjs-core'))
    expect(await sentenceOf(tfjsEngine({ backend: 'wasm' }, only('@tensorflow/tfjs-core'))))
      .toMatch(/^engine: tfjs:wasm needs the package @tensorflow\/tfjs-backend-wasm, which/)
    expect(await sentenceOf(tfjsEngine({}, nothing)))
      .toMatch(/^engine: tfjs has no backend that works here: tfjs:node-gpu needs .*tfjs:cpu needs/)
  })
  it('tell a package that does not load from one that is not there', async () => {
    const broken = (): Promise<unknown> => Promise.reject(new Error('The native addon can not be found at path: x.\nPlease run'))
    expect(await sentenceOf(tfjsEngine({ backend: 'node-gpu' }, broken))).toBe(
      'engine: tfjs:node-gpu: the package @tensorflow/tfjs-node-gpu is installed but does not load: '
      + `The native addon can not be found at path: x.; ${building(' --gpu')}, or use another engine`)
  })
  it('tell a backend that starts but computes nothing', async () => {
    const core = await import('@tensorflow/tfjs-core')
    const dead = { ...core, setBackend: () => Promise.resolve(false) }
    expect(await sentenceOf(tfjsEngine({ backend: 'node' }, () => Promise.resolve(dead)))).toBe(
      'engine: tfjs:node is installed but does not work: it does not start on this machine; use another engine or backend')
    const backend = () => ({ write: () => ({}), disposeData: () => true })
    const kernelFunc = (): never => { throw new TypeError('isNullOrUndefined is not a function') }
    const unkind = { ...core, backend, setBackend: () => Promise.resolve(true), getKernel: () => ({ kernelFunc }) }
    expect(await sentenceOf(tfjsEngine({ backend: 'node' }, () => Promise.resolve(unkind)))).toBe(
      'engine: tfjs:node is installed but does not work: isNullOrUndefined is not a function; tfjs-node 4.22 needs Node 22 or older, '
      + 'or a build by typegrad\'s scripts/tfjs-node.mjs')
  })
  it('fall to the next backend that works', async () => {
    expect((await tfjsEngine({}, only('@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'))).name).toBe('tfjs:cpu')
  })
  it('open by the name with a backend, as on the command line', async () => {
    expect((await openEngine('tfjs:cpu')).name).toBe('tfjs:cpu')
    // @ts-expect-error no such backend
    expect(await sentenceOf(openEngine('tfjs:webgl9'))).toMatch('the backend webgl9 is not known')
  })
  it.each([0, -1, 1.5, NaN])('refuse %s threads, whichever is asked for', async threads => {
    for (const name of ['auto', 'native', 'onnx', 'tfjs', 'tfjs:cpu', 'js'] as const) {
      expect(await sentenceOf(openEngine(name, { threads })))
        .toBe(`engine: ${name}: threads is ${threads}, but a whole number from 1 up was expected; leave it out for all cores`)
    }
  })
  it('refuse names that are not known', async () => {
    for (const name of ['torch', 'js:cpu', 'auto:x']) {
      expect(await sentenceOf(openEngine(name as never))).toBe(
        `engine: engine ${name} is not known; it is one of auto, native, onnx, tfjs, js, or `
        + 'tfjs with a backend: tfjs:node-gpu, tfjs:node, tfjs:webgpu, tfjs:wasm, tfjs:cpu')
    }
    expect(await sentenceOf(openEngine('tfjs', { backend: 'webgl9' })))
      .toBe('engine: tfjs: the backend webgl9 is not known; it is one of node-gpu, node, webgpu, wasm, cpu')
  })
})

describe('the engines of this installation', () => {
  it('are native, onnx, tfjs on wasm and cpu, and js', async () => {
    const probes = await probeEngines()
    expect(probes.map(p => p.name)).toEqual(['native', 'onnx', 'tfjs:node-gpu', 'tfjs:node', 'tfjs:webgpu', 'tfjs:wasm', 'tfjs:cpu', 'js'])
    expect(probes.filter(p => p.available).map(p => p.name)).toEqual(expect.arrayContaining(['tfjs:wasm', 'tfjs:cpu', 'js']))
    for (const p of probes) {
      if (p.available) expect(p.version).toMatch(p.name === 'native' ? /^(gcc|clang) \d+\.\d+/ : /^\d+\.\d+/)
      else expect(p.reason).toMatch(/npm install|npm rebuild|tfjs-node\.mjs|use another|install one/)
    }
  })
  it('are in the report of doctor', async () => {
    const probes: Probe[] = [{ name: 'onnx', available: false, reason: 'r' }, { name: 'js', available: true, version }]
    const report = await doctor(() => Promise.resolve(probes))
    expect(report).toMatchObject({ typegrad: version, node: process.version, auto: 'js' })
    expect(report.threads).toBeGreaterThanOrEqual(1)
    expect(report.cores).toBeGreaterThanOrEqual(report.threads)
  })
})
