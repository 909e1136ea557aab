/** The `onnx` engine: a program is one graph run by ONNX Runtime on the CPU, and its state alternates between two sets of buffers. */
import { InternalError, TypegradError } from '../../dsl/errors.js'
import type { Value } from '../../dsl/value.js'
import type { Engine, EngineOptions, Executable, Program } from '../engine.js'
import { checkState, splitEnds } from '../ends.js'
import { firstGiven, givenPositions } from '../given-positions.js'
import { outsideError } from '../js/positions.js'
import { releasable } from '../releasable.js'
import { refusedPosition } from './lower/indexing.js'
import { toModel, type Model } from './model.js'
import {
  copyOf, emptyFor, loadRuntime, runtimeVersion, toTensor, toValue, type InferenceSession, type Runtime, type Tensor,
} from './runtime.js'

const sessionOptions = ({ threads }: EngineOptions): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads ?? 0,
  interOpNumThreads: 1,
  // Threads wait for the next operator a moment and then sleep: by default they burn their cores, and on a machine that has other work
  // a step takes three times as long.
  extra: { session: { intra_op: { spin_duration_us: '50' }, force_spinning_stop: '1' } },
  // Faults come as exceptions, which are worded here: nothing is printed besides.
  logSeverityLevel: 4,
})

const firstLine = (e: unknown): string => (e instanceof Error ? e.message : String(e)).split('\n')[0]
/** How ONNX Runtime's operators word a position that is not on its axis. */
const outOfBounds = /out of (?:data )?bounds|out of range/i
/** The error of a position outside of an axis, by the name of the operator that refused it; null for any other fault. */
const positionFault = (message: string, { positional }: Model, given: () => TypegradError | null): TypegradError | null => {
  // Of an operator in a loop's body, the loop is named first.
  const at = [...message.matchAll(/Name:'([^']*)'/g)].flatMap(([, name]) => positional.get(name) ?? []).at(-1)
  if (at === undefined || !outOfBounds.test(message)) return null
  const position = refusedPosition(message)
  // GatherElements does not say which.
  return position === undefined && given() || outsideError(at.op, position, at.size)
}
const isTensor = (v: unknown): v is Tensor => typeof v === 'object' && v !== null && 'dims' in v

const compile = async (runtime: Runtime, options: EngineOptions, program: Program): Promise<Executable> => {
  const ends = splitEnds(program)
  const model = toModel(program)
  const session = await runtime.InferenceSession.create(model.bytes, sessionOptions(options))
    .catch((e: unknown) => { throw new InternalError(`onnx refuses the graph: ${firstLine(e)}`) })
  const { resident } = program
  /** Whose memory a resident's output is written to: where two receive the same one, the first one's serves both. */
  const memory = resident.map(r => resident.findIndex(other => other.output === r.output))
  /** What the next run reads, and where it writes: they change places after every run. */
  let state: Tensor[] = []
  let spare: Tensor[] = []

  const run = async (values: readonly Value[]): Promise<Value[]> => {
    const joined = ends.join(values, state)
    const feeds = Object.fromEntries(joined.map((v, i) => [model.inputs[i], isTensor(v) ? v : toTensor(runtime, v)]))
    const fetches: Record<string, Tensor | null> = Object.fromEntries(model.outputs.map(o => [o, null]))
    resident.forEach(({ output }, i) => { if (output !== null) fetches[model.outputs[output]] = spare[memory[i]] })
    const results = await session.run(feeds, fetches).catch((e: unknown) => {
      // A fault while running is one of the values, which are positions outside of an axis, or of the machine, such as its memory.
      throw positionFault(e instanceof Error ? e.message : String(e), model, () => firstGiven(givenPositions(program), joined))
        ?? new TypegradError('engine', `onnx: the program stopped: ${firstLine(e)}; the engine js runs it slowly and without ONNX Runtime`)
    })
    const before = state
    state = resident.map(({ output }, i) => output === null ? before[i] : spare[memory[i]])
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
  return releasable({
    run: values => inOrder(() => run(values)),
    write: values => inOrder(() => {
      checkState(program, values)
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
  })
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
