/** What a benchmark is: a step over state and a batch in the public API, its first values, its data, and which peers can say the same. */
import { join } from 'node:path'
import { key, type Tensor, type Value } from 'typegrad'
import { compile, type Compiled, type Engine } from 'typegrad/engines'
import { productFlops } from './products.js'
import { entry, flatten, readArrays, unflatten, writeArrays, type Arrays } from './arrays.js'

/** Sizes that a run may change: batch, width, depth, sequence. */
export type Sizes = Readonly<Record<string, number>>

/** A batch has as many examples as this many different ones in rotation. */
export const BATCHES = 32

/** A benchmark by its expression. */
export interface Case<S, I, O extends object> {
  /** Specs of the state and of one batch. */
  readonly state: S
  readonly inputs: I
  /** The sizes of symbols. */
  readonly symbols: Readonly<Record<string, number>>
  /** The first state: as expressions, or as arrays by path. */
  readonly first: (() => S) | Arrays
  readonly step: (state: S, inputs: I) => { readonly state?: S; readonly outputs: O }
  /** Every field of a batch with an axis of BATCHES in front. */
  readonly data: () => Arrays
  /** Traces what is trained, of a training step. */
  readonly loss?: () => unknown
  /** The number to compare with the peers', from a step's outputs; `loss` when absent. */
  readonly figure?: (outputs: Readonly<Record<string, Value>>) => number
  /** What peers need besides state and data, such as masks; written as `constants.*`. */
  readonly constants?: () => Arrays
}

/** A benchmark ready to run: n steps, the figure of the last. */
export interface Running {
  steps(n: number): Promise<number>
  /** Seconds that tracing, compiling and loading took. */
  readonly seconds: number
  /** Floating-point operations of its matrix products and convolutions. */
  readonly flops: number
}

/**
 * Seconds: the whole, from the first expression to a step that is loaded and may be called; in it, expressions (the user's, with gradient
 * and optimiser), and the engine's own part, in which it lowers, compiles and loads.
 */
export interface Phases { readonly whole: number; readonly expressions: number; readonly engine: number }

/** A benchmark, its types forgotten. */
export interface Workload {
  readonly name: string
  /** One line: shapes and settings. */
  readonly title: string
  /** Whether it counts in the geometric mean. */
  readonly training: boolean
  /** Variants of each peer that can express it; a peer that is absent cannot, and `why` says so. */
  readonly peers: Readonly<Record<string, readonly string[]>>
  readonly why?: Readonly<Record<string, string>>
  /** What a step makes many of, and how many. */
  readonly makes?: { readonly what: string; readonly each: number }
  /** The largest relative difference of losses after 20 steps. */
  readonly tolerance: number
  /** Writes start.safetensors and data.safetensors into a folder. */
  prepare(engine: Engine, folder: string): Promise<void>
  /** Seconds of compiling the step, part by part; needs no values. */
  phases(engine: Engine): Promise<Phases>
  /** Seconds of the expressions of what is trained, without gradients; of a training step. */
  trace(): number
  /** Compiles the step and takes its values from the folder. */
  open(engine: Engine, folder: string): Promise<Running>
}

interface Told {
  readonly name: string
  readonly title: string
  readonly training?: boolean
  readonly peers: Workload['peers']
  readonly why?: Workload['why']
  readonly tolerance?: number
  readonly makes?: Workload['makes']
}

const scalarLoss = (outputs: Readonly<Record<string, Value>>): number => outputs['loss'].data[0]
const lossless = async <S, O extends object>(step: Compiled<S, unknown, O>, batches: readonly unknown[], from: number, n: number) => {
  let last: unknown
  for (let i = 0; i < n; i++) last = await step.run(batches[(from + i) % batches.length] as never)
  return last as Readonly<Record<string, Value>>
}

/** Forgets the types of a case. */
export const workload = <S, I, O extends object>(told: Told, make: () => Case<S, I, O>): Workload => ({
  training: true, tolerance: 1e-3, ...told,
  prepare: async (engine, folder) => {
    const { first, data, constants = () => ({}) } = make()
    const start = typeof first === 'function'
      ? flatten(await (await compile(engine, () => ({ outputs: first() }), { state: {}, inputs: {} })).run({})) : first
    writeArrays(join(folder, 'start.safetensors'), { ...start, ...flatten({ constants: constants() }) })
    writeArrays(join(folder, 'data.safetensors'), data())
  },
  phases: async engine => {
    const spent = { expressions: 0, engine: 0 }
    const timed: Engine = {
      ...engine,
      compile: async program => {
        const began = performance.now()
        const executable = await engine.compile(program)
        spent.engine += (performance.now() - began) / 1000
        return executable
      },
    }
    const began = performance.now()
    const { state, inputs, symbols, step } = make()
    spent.expressions = (performance.now() - began) / 1000
    await compile(timed, (s: S, i: I) => {
      const at = performance.now()
      const made = step(s, i)
      spent.expressions += (performance.now() - at) / 1000
      return made
    }, { state, inputs }, symbols)
    return { whole: (performance.now() - began) / 1000, ...spent }
  },
  trace: () => {
    const began = performance.now()
    const { loss } = make()
    if (loss === undefined) throw new Error(`${told.name} is no training step`)
    loss()
    return (performance.now() - began) / 1000
  },
  open: async (engine, folder) => {
    const { state, inputs, symbols, step, figure = scalarLoss } = make()
    let flops = 0
    const counting: Engine = {
      ...engine,
      compile: program => {
        flops = productFlops(program.outputs)
        return engine.compile(program)
      },
    }
    const began = performance.now()
    const compiled = await compile(counting, step, { state, inputs }, symbols)
    const seconds = (performance.now() - began) / 1000
    await compiled.write(unflatten(state, readArrays(join(folder, 'start.safetensors'))))
    const data = readArrays(join(folder, 'data.safetensors'))
    const batches = Array.from({ length: BATCHES }, (_, i) =>
      unflatten(inputs, Object.fromEntries(Object.entries(data).map(([k, v]) => [k, entry(v, i)]))))
    let done = 0
    return {
      seconds, flops,
      steps: async n => {
        const outputs = await lossless(compiled as Compiled<S, unknown, O>, batches, done, n)
        done += n
        return figure(outputs)
      },
    }
  },
})

/** The peers of a training step. */
export const allPeers = { torch: ['eager', 'compile', 'autotune'], jax: ['jit'], tfjs: ['node', 'wasm'], 'jax-js': ['jit'] } as const

interface Training<S, B> {
  statement(batch: B, key: Tensor<[2], 'int32'>): unknown
  init(key: Tensor<[2], 'int32'>): S
  step(state: S, batch: B, key: Tensor<[2], 'int32'>): { readonly state: S; readonly metrics: { readonly loss: Tensor<[]> } }
}

/** The case of a training step, which reports its loss and nothing else. */
export const trainingCase = <S, B>(
  training: Training<S, B>, inputs: B, symbols: Case<S, B, object>['symbols'], data: () => Arrays,
): Case<S, B, { readonly loss: Tensor<[]> }> => ({
  state: training.init(key(0)), inputs, symbols, data,
  first: () => training.init(key(0)),
  loss: () => training.statement(inputs, key(1)),
  step: (state, batch) => {
    const { state: next, metrics } = training.step(state, batch, key(1))
    return { state: next, outputs: { loss: metrics.loss } }
  },
})
