/** What a workload's run found. */
import type { Sizes, Workload } from './workload.js'

/** What one contestant did. */
export interface Result {
  readonly name: string
  readonly variant: string
  readonly version: string
  /** Milliseconds a step: the median of the rounds, and half the distance of the quartiles over it. */
  readonly ms: number
  readonly spread: number
  /** Its rounds, where it is too slow for all of them. */
  readonly rounds?: number
  /** Its threads, where it has fewer than were asked for. */
  readonly threads?: number
  /** Seconds until the step was ready. */
  readonly start: number
  /** The loss after the compared steps, and why the result does not count. */
  readonly loss: number
  readonly void?: string
  /** The most resident memory, in bytes. */
  readonly peak: number
}
export interface Row {
  readonly workload: string
  readonly title: string
  readonly training: boolean
  readonly threads: number
  readonly sizes: Sizes
  readonly makes?: Workload['makes']
  /** Floating-point operations of a step's matrix products and convolutions, and billions a second that the machine did just before. */
  readonly flops?: number
  readonly gflops?: number
  readonly typegrad: Result
  readonly peers: readonly Result[]
  /** Peers that did not take part, and why. */
  readonly missing: Readonly<Record<string, string>>
}
