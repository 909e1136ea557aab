/** What a plan is asked for, and what comes of it. */
import type { Node } from '../../../dsl/core/node.js'
import type { Without } from '../passes.js'
import type { Replacement } from './schedule.js'
import type { Memory, Step } from './steps.js'

/** A result and the memory it goes to; `over` is what it replaces after the run, and may share its memory. */
export interface Target { readonly node: Node; readonly memory: Memory; readonly over?: Memory }

export interface Planned {
  readonly steps: readonly Step[]
  readonly replacements: readonly Replacement[]
  /** Targets that are what they replace: nothing is written, both are one memory. */
  readonly unchanged: ReadonlySet<Memory>
}

/** Plans the body of a loop: steps that compute the targets from what is bound. */
export type PlanBody = (bound: ReadonlyMap<Node, Memory>, targets: readonly Target[]) => Planned

/** What all plans of one program share. */
export interface Context {
  /** Counts the names of what loops move, so that they are unlike each other. */
  names: number
  readonly without: Without
}
