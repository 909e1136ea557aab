/** The `onnx` engine: a program is one graph run by ONNX Runtime on the CPU, and its state alternates between two sets of buffers. */
import type { Value } from '../../dsl/value.js'
import type { Engine, EngineOptions, Executable, Program } from '../engine.js'
import { splitEnds } from '../ends.js'
import { toModel } from './model.js'
import {
  copyOf, emptyFor, loadRuntime, runtimeVersion, toTensor, toValue, type InferenceSession, type Runtime, type Tensor,
} from './runtime.js'

const sessionOptions = ({ threads }: EngineOptions): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads ?? 0,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
})

const isTensor = (v: unknown): v is Tensor => typeof v === 'object' && v !== null && 'dims' in v

const compile = async (runtime: Runtime, options: EngineOptions, program: Program): Promise<Executable> => {
  const ends = splitEnds(program)
  const model = toModel(program)
  const session = await runtime.InferenceSession.create(model.bytes, sessionOptions(options))
  const { resident } = program
  /** The residents that receive an output: where two receive the same one, the first one's memory serves both. */
  const receivers = resident.flatMap(({ output }, i) =>
    output !== null && resident.findIndex(r => r.output === output) === i ? [{ output, i }] : [])
  /** What the next run reads, and where it writes: they change places after every run. */
  let state: Tensor[] = []
  let spare: Tensor[] = []

  const run = async (values: readonly Value[]): Promise<Value[]> => {
    const joined = ends.join(values, state)
    const feeds = Object.fromEntries(joined.map((v, i) => [model.inputs[i], isTensor(v) ? v : toTensor(runtime, v)]))
    const fetches: Record<string, Tensor | null> = Object.fromEntries(model.outputs.map(o => [o, null]))
    receivers.forEach(({ output, i }) => { fetches[model.outputs[output]] = spare[i] })
    const results = await session.run(feeds, fetches)
    const before = state
    state = resident.map(({ output }, i) => output === null ? before[i] : spare[receivers.find(r => r.output === output)?.i ?? i])
    spare = before
    return ends.returned.map(i => toValue(program.outputs[i], results[model.outputs[i]]))
  }

  // One run after another, in the order of the calls: each reads the state that the one before wrote.
  let last: Promise<unknown> = Promise.resolve()
  const inOrder = <T>(f: () => Promise<T>): Promise<T> => {
    const next = last.then(f, f)
    last = next.catch(() => undefined)
    return next
  }
  return {
    run: values => inOrder(() => run(values)),
    write: values => inOrder(() => {
      state = values.map(v => copyOf(runtime, v))
      spare = resident.map((r, i) => r.output === null ? state[i] : emptyFor(runtime, program.inputs[r.input]))
      return Promise.resolve()
    }),
    read: () => inOrder(() => Promise.resolve(state.map((t, i) => {
      const v = toValue(program.inputs[resident[i].input], t)
      return { ...v, data: v.data.slice() }
    }))),
    release: () => inOrder(async () => {
      state = []
      spare = []
      await session.release()
    }),
  }
}

/**
 * The engine that ONNX Runtime runs on the CPU, the default on Node; `threads` is for one operation, all cores when absent. Throws a
 * `TypegradError` of kind `engine` when the package or its native library is missing.
 *
 * @example
 * ```ts
 * import { onnxEngine } from 'typegrad/engines'
 * const engine = await onnxEngine({ threads: 1 })
 * console.log(engine.name)
 * ```
 */
export const onnxEngine = async (options: EngineOptions = {}): Promise<Engine> => {
  const runtime = await loadRuntime()
  return { name: 'onnx', version: runtimeVersion(), compile: program => compile(runtime, options, program) }
}
