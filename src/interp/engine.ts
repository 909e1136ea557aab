/** What an engine is: something that compiles a program to a runnable whose state stays where the engine keeps it. */
import type { Node } from '../dsl/core/node.js'
import type { Value } from '../dsl/value.js'

/** Keeps an input's value inside the engine; with an output, each run replaces it. Parameters and optimiser states are resident. */
export interface Resident { readonly input: number; readonly output: number | null }

/** A graph with its ends in order, every dimension a number. */
export interface Program {
  readonly inputs: readonly Node[]
  readonly outputs: readonly Node[]
  readonly resident: readonly Resident[]
}

/** A compiled program. Values go in and come out in the order of the program's ends, without the resident ones. */
export interface Executable {
  /**
   * One evaluation; rejects with a `TypegradError` when an input does not fit. The arrays that are given stay as they are until it
   * resolves: the engine may read them from another thread.
   */
  run(inputs: readonly Value[]): Promise<Value[]>
  /** Replaces the resident values, in the order of `program.resident`. */
  write(state: readonly Value[]): Promise<void>
  /** Copies of the resident values. */
  read(): Promise<Value[]>
  /** Gives the memory back. A second call does nothing; any other one after it rejects with a `TypegradError`. */
  release(): Promise<void>
}

/** A way to run programs. */
export interface Engine {
  /** `onnx`, `native`, `tfjs` or `js`, with the backend where there are several: `tfjs:wasm`. */
  readonly name: string
  readonly version: string
  /** Whether it takes programs as they were written, without simplification: to measure, or to find a fault. */
  readonly asWritten?: boolean
  /** Lowers a program; rejects with a `TypegradError` when the engine cannot take it. */
  compile(program: Program): Promise<Executable>
}

export interface EngineOptions {
  /** Threads for one operation; all cores when absent. */
  readonly threads?: number
  /** Of tfjs: `node-gpu`, `node`, `webgpu`, `wasm`, `cpu`; the first that works when absent. */
  readonly backend?: string
  /** Hears in one line what takes a while when an engine opens, or why `auto` did not take its first choice. */
  readonly notice?: (line: string) => void
}
