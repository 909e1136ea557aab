/** A program's plan laid open: its steps in order, what each one is, and where everything lies. */
import type { Program } from '../../../../src/interp/engine.js'
import { programEnds } from '../../../../src/interp/native/emit/ends.js'
import type { Without } from '../../../../src/interp/native/passes.js'
import { layout, type Layout } from '../../../../src/interp/native/plan/layout.js'
import { plan } from '../../../../src/interp/native/plan/plan.js'
import { prepare } from '../../../../src/interp/native/plan/prepare.js'
import { schedule, type Schedule } from '../../../../src/interp/native/plan/schedule.js'
import { bytesOf, type Memory, type Step } from '../../../../src/interp/native/plan/steps.js'
import type { Planned, Target } from '../../../../src/interp/native/plan/targets.js'
import { compile } from '../../../../src/interp/compile.js'

export interface Outline {
  readonly targets: readonly Target[]
  readonly planned: Planned
  readonly schedule: Schedule
  readonly layout: Layout
  /** In order: `scalar`, `loop`, `rows` (a loop with sums over rows), `reduced loop`, `scan`, or the name of the runtime's function. */
  readonly kinds: readonly string[]
}

const kindOf = (s: Step): string => {
  const definitions: string[] = []
  const text = s.emit({
    at: () => 'at', fresh: prefix => prefix, include: () => undefined,
    kernel: d => {
      definitions.push(d.text)
      return 'kernel'
    },
  })
  if (text.startsWith('{')) return text.includes('for (') ? 'scan' : 'scalar'
  if (text.startsWith('R->reduce_loop')) return 'reduced loop'
  if (definitions.length > 0) return definitions.some(d => d.includes('R->row_')) ? 'rows' : 'loop'
  return /R->(\w+)\(/.exec(text)?.[1] ?? text
}

export const outline = (program: Program, without: Without = new Set()): Outline => {
  const { bound, targets } = programEnds({ ...program, outputs: prepare(program.outputs) })
  const planned = plan(bound, targets, { names: 0, without })
  const ordered = schedule(planned.steps, planned.replacements)
  return { targets, planned, schedule: ordered, layout: layout(ordered.steps, without), kinds: ordered.steps.map(kindOf) }
}

/** The program that `compile` makes of a function over trees. */
export const programOf = async <S, I, O>(
  f: (state: S, inputs: I) => { readonly state?: S; readonly outputs: O }, specs: { readonly state: S; readonly inputs: I },
): Promise<Program> => {
  const seen: Program[] = []
  const none = (): Promise<never> => Promise.reject(new Error('this program is not run'))
  await compile({
    name: 'none', version: '0',
    compile: p => {
      seen.push(p)
      return Promise.resolve({ run: none, write: none, read: none, release: none })
    },
  }, f, specs)
  return seen[0]
}

/** The plan of a function of tensors alone. */
export const outlineOf = async <I, O>(inputs: I, f: (inputs: I) => O): Promise<Outline> =>
  outline(await programOf((_: object, given: I) => ({ outputs: f(given) }), { state: {}, inputs }))

interface Range { readonly space: string; readonly from: number; readonly to: number }

/** What is wrong with a plan, or null: runs it in thought, keeping track of which memories still hold what was written to them. */
export const planFault = ({ targets, planned, schedule: { steps, inPlace }, layout: { offsets, bytes } }: Outline): string | null => {
  if (steps.length !== planned.steps.length || new Set(steps).size !== steps.length
    || planned.steps.some(s => !steps.includes(s))) return `${steps.length} of ${planned.steps.length} steps are in the order`
  const over = new Map(targets.flatMap(t =>
    t.over && (inPlace.has(t.memory) || planned.unchanged.has(t.memory)) ? [[t.memory, t.over] as const] : []))
  const rangeOf = (m: Memory): Range => {
    const from = offsets.get(m) ?? 0
    const { home } = over.get(m) ?? m
    return home.kind === 'arena' ? { space: 'arena', from, to: from + bytesOf(m) }
      : { space: home.kind === 'slot' ? `slot ${home.index}` : 'constants', from: 0, to: bytesOf(m) }
  }
  const overlap = (a: Memory, b: Memory): boolean => {
    const [x, y] = [rangeOf(a), rangeOf(b)]
    return x.space === y.space && x.space !== 'constants' && x.from < y.to && y.from < x.to
  }
  const isOutput = new Set(targets.map(t => t.memory))
  const lost = new Set<Memory>()
  const written = new Set<Memory>()
  const holds = (m: Memory): boolean => !lost.has(m) && (written.has(m) || m.home.kind !== 'arena' && !isOutput.has(m))
  for (const [i, s] of steps.entries()) {
    const unread = s.reads.find(r => bytesOf(r.memory) > 0 && !holds(r.memory))
    if (unread) return `step ${i} reads what is not there`
    for (const m of [...s.writes, ...s.temps]) {
      if (m.home.kind === 'arena' && (offsets.get(m) ?? -1) < 0) return `step ${i} writes to no place`
      if (rangeOf(m).space === 'arena' && rangeOf(m).to > bytes) return `step ${i} writes beyond the working memory`
      const torn = s.reads.find(r => overlap(r.memory, m)
        && (r.aligned !== true || s.temps.includes(m) || rangeOf(r.memory).from !== rangeOf(m).from))
      if (torn) return `step ${i} writes over what it reads`
      if ([...s.writes, ...s.temps].some(o => o !== m && overlap(o, m))) return `step ${i} writes two things to one place`
      for (const old of [...written, ...targets.flatMap(t => t.over ?? [])]) if (old !== m && overlap(old, m)) lost.add(old)
      if (s.writes.includes(m)) {
        written.add(m)
        lost.delete(m)
      }
    }
  }
  const missing = targets.findIndex(({ memory, over: old }) => planned.unchanged.has(memory) ? old === undefined || lost.has(old)
    : !written.has(memory) || lost.has(memory))
  return missing < 0 ? null : `output ${missing} is not there at the end`
}
