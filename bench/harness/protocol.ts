/** What the harness and a peer say to each other: one line of JSON each way. */

import type { Pass } from 'typegrad/engines'

/** What a peer is told when it starts. */
export interface Start {
  readonly do: 'init'
  readonly workload: string
  readonly variant: string
  readonly threads: number
  readonly folder: string
  /** `cpu` or `cuda`. */
  readonly device: string
  /** Sizes other than a workload's own. */
  readonly sizes: Readonly<Record<string, number>>
  /** A pass of the engine native to compile without; of typegrad only. */
  readonly without?: Pass
}
/** What a process is asked: `prepare`, `open`, `phases` and `trace` of typegrad only. */
export type Command = Start
  | { readonly do: 'open'; readonly variant: string; readonly threads: number }
  | { readonly do: 'prepare'; readonly workload: string; readonly variant: string; readonly folder: string; readonly sizes: Start['sizes'] }
  | { readonly do: 'phases' | 'trace'; readonly workload: string; readonly variant: string; readonly threads: number
    readonly sizes: Start['sizes'] }
  | { readonly do: 'steps'; readonly n: number }
  | { readonly do: 'peak' | 'exit' }

/** The seconds of starting, those of compiling where they are known, and of typegrad the operations that a step's products are. */
export interface Started { readonly version: string; readonly seconds: number; readonly compile?: number; readonly flops?: number }
/** The seconds that n steps took, and the loss of the last. */
export interface Timed { readonly seconds: number; readonly loss: number }
/** Resident memory in bytes: the most so far, and now. */
export interface Memory { readonly peak: number; readonly now: number }
