/** A program as C: one function a form of loop, and `tg_run`, which calls them and the runtime in order. */
import { availableParallelism } from 'node:os'
import { reachable } from '../../../dsl/core/node.js'
import type { Program } from '../../engine.js'
import type { Without } from '../passes.js'
import { layout } from '../plan/layout.js'
import { plan } from '../plan/plan.js'
import { prepare } from '../plan/prepare.js'
import { schedule } from '../plan/schedule.js'
import type { Surroundings } from '../plan/steps.js'
import { Constants } from './constants.js'
import { programEnds } from './ends.js'
import { Kernels } from './kernels.js'
import { units } from './units.js'

export interface Emitted {
  /** C translation units; the first exports tg_run. */
  readonly sources: readonly string[]
  /** Bytes of working memory, slot 0, aligned to 64. */
  readonly arena: number
  /** Slot 1: the constants' bytes, aligned to 64. */
  readonly constants: Uint8Array
  /**
   * For each resident: whether its output is written over its own memory (both slots get the same array). Slots 2 and on are the
   * program's inputs in order, resident or given, and then its outputs in order.
   */
  readonly inPlace: readonly boolean[]
}

/** Text of `tg_run` above which the compiler's time on it outweighs what it saves: a list of calls of large loops. */
const longRun = 20_000

export interface EmitOptions { readonly cores?: number; readonly without?: Without }

/** The C of a program, in at most one unit for each of `cores`; a resident's input is read by one resident alone. */
export const emit = (program: Program, { cores = availableParallelism(), without = new Set() }: EmitOptions = {}): Emitted => {
  const outputs = without.has('simplify') ? program.outputs : prepare(program.outputs)
  const { bound, targets } = programEnds({ ...program, outputs })
  const { steps, replacements, unchanged } = plan(bound, targets, { names: 0, without })
  const ordered = schedule(steps, replacements)
  const place = layout(ordered.steps, without)

  const [constants, kernels] = [new Constants(), new Kernels()]
  const uses = new Set<string>()
  let fresh = 0
  const surroundings: Surroundings = {
    at: m => m.home.kind === 'slot' ? `slot[${m.home.index}]`
      : m.home.kind === 'constant' ? `(slot[1] + ${constants.offsetOf(m.home.value)})` : `(slot[0] + ${place.offsets.get(m) ?? 0})`,
    kernel: d => kernels.nameOf(d),
    include: all => { all.forEach(u => uses.add(u)) },
    fresh: prefix => `${prefix}_${fresh++}`,
  }
  const calls = ordered.steps.map(s => s.emit(surroundings))
  // A loop in `tg_run` itself is worth its compilation.
  const plain = !reachable(outputs).some(n => n.op === 'scan') && calls.reduce((n, s) => n + s.length, 0) > longRun
  const run = [
    'const tg *tg_current;', `${plain ? 'TG_PLAIN ' : ''}void tg_run(const tg *runtime, char *const *slot) {`,
    'tg_current = runtime;', '(void)slot;', ...calls, '}',
  ].join('\n')
  return {
    sources: units(kernels.all(), { text: run, uses }, cores), arena: place.bytes, constants: constants.blob(),
    inPlace: program.resident.map(({ output }) => {
      if (output === null) return false
      const { memory } = targets[output]
      return ordered.inPlace.has(memory) || unchanged.has(memory)
    }),
  }
}
