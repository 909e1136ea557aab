/** A program as C: one function a form of loop, and `tg_run`, which calls them and the runtime in order. */
import { reachable, type Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import type { Program } from '../../engine.js'
import { concrete } from '../../program.js'
import { layout } from '../plan/layout.js'
import { prepare } from '../plan/prepare.js'
import { plan } from '../plan/plan.js'
import type { Target } from '../plan/targets.js'
import { schedule } from '../plan/schedule.js'
import type { Definition, Memory, Surroundings } from '../plan/steps.js'

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

/** More text than this is cut into units that compilers work on at the same time. */
const unit = 24_000

const prelude = (uses: Iterable<string>): string => [
  '#include "typegrad.h"', ...[...uses].sort().map(u => `#include "math/${u}.h"`),
  // Elements of one turn of a loop may be the same memory; those of different turns are not.
  '#ifdef __clang__',
  '#define TG_APART _Pragma("clang loop vectorize(assume_safety)")',
  '#define TG_TINY',
  '#define TG_PLAIN',
  '#else',
  '#define TG_APART _Pragma("GCC ivdep")',
  '#define TG_TINY __attribute__((optimize("O1")))',
  '#define TG_PLAIN __attribute__((optimize("O0")))',
  '#endif',
  'extern const tg *tg_current __attribute__((visibility("hidden")));', '#define R tg_current', '',
].join('\n')

/** Constants one after another, each once, aligned to 64 bytes. */
class Constants {
  private readonly offsets = new Map<object, number>()
  private readonly parts: Uint8Array[] = []
  bytes = 0
  offsetOf(m: Memory): number {
    if (m.home.kind !== 'constant') return 0
    const { value } = m.home
    const known = this.offsets.get(value)
    if (known !== undefined) return known
    const data = value.dtype === 'float32' ? Float32Array.from(value.data) : value.dtype === 'int32' ? Int32Array.from(value.data)
      : Uint8Array.from(value.data)
    const offset = this.bytes
    const padded = new Uint8Array(Math.ceil(Math.max(1, data.byteLength) / 64) * 64)
    padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    this.parts.push(padded)
    this.bytes += padded.length
    this.offsets.set(value, offset)
    return offset
  }
  blob(): Uint8Array {
    const all = new Uint8Array(this.bytes)
    this.parts.reduce((at, p) => {
      all.set(p, at)
      return at + p.length
    }, 0)
    return all
  }
}

export const emit = ({ inputs, outputs: wantedNodes, resident }: Program): Emitted => {
  const outputs = prepare(wantedNodes)
  const slot = (n: Node, index: number): Memory => ({ dtype: n.dtype, size: sizeOf(concrete(n)), home: { kind: 'slot', index } })
  const given = inputs.map((n, i) => slot(n, 2 + i))
  const wanted = outputs.map((n, i) => slot(n, 2 + inputs.length + i))
  const bound = new Map<Node, Memory>()
  inputs.forEach((n, i) => { if (!bound.has(n)) bound.set(n, given[i]) })
  const replaced = new Map(resident.flatMap(r => r.output === null ? [] : [[r.output, given[r.input]] as const]))
  const once = resident.filter(r =>
    resident.filter(o => o.output === r.output).length === 1 && bound.get(inputs[r.input]) === given[r.input])
  const targets = outputs.map((node, i): Target => {
    const over = once.some(r => r.output === i) ? replaced.get(i) : undefined
    return { node, memory: wanted[i], ...over && { over } }
  })
  const planned = plan(bound, targets, { count: 0 })
  const ordered = schedule(planned.steps, planned.replacements)
  const place = layout(ordered.steps)

  const constants = new Constants()
  const kernels = new Map<string, Kernel>()
  let fresh = 0
  const surroundings: Surroundings = {
    at: m => m.home.kind === 'slot' ? `slot[${m.home.index}]` : m.home.kind === 'constant' ? `(slot[1] + ${constants.offsetOf(m)})`
      : `(slot[0] + ${place.offsets.get(m) ?? 0})`,
    kernel: d => {
      const known = kernels.get(d.text)
      const name = known?.name ?? `loop${kernels.size}`
      kernels.set(d.text, { ...d, name, tiny: d.tiny && known?.tiny !== false })
      return name
    },
    fresh: prefix => `${prefix}_${fresh++}`,
  }
  const steps = ordered.steps.map(s => s.emit(surroundings))
  const plain = !reachable(outputs).some(n => n.op === 'scan') && steps.reduce((n, s) => n + s.length, 0) > longRun
  const run = [
    'const tg *tg_current;', `${plain ? 'TG_PLAIN ' : ''}void tg_run(const tg *runtime, char *const *slot) {`,
    'tg_current = runtime;', '(void)slot;', ...steps, '}',
  ]
  return {
    sources: units([...kernels.values()], run.join('\n')), arena: place.bytes, constants: constants.blob(),
    inPlace: resident.map(r => r.output !== null && (ordered.inPlace.has(wanted[r.output]) || planned.unchanged.has(wanted[r.output]))),
  }
}

type Kernel = Definition & { readonly name: string }

/** Text of `tg_run` above which the compiler's time on it outweighs what it saves: a list of calls of large loops. */
const longRun = 20_000

/** Small programs are one unit, whose functions the compiler sees whole; the loops of large ones are spread over several. */
const units = (kernels: readonly Kernel[], run: string): string[] => {
  const size = kernels.reduce((n, k) => n + k.text.length, 0)
  const defined = (k: Kernel, linkage: string): string =>
    k.text.replace('static void NAME', `${k.tiny ? 'TG_TINY ' : ''}${linkage} void ${k.name}`)
  const usesOf = (ks: readonly Kernel[]): Set<string> => new Set(ks.flatMap(k => [...k.uses]))
  if (size <= unit) return [[prelude(usesOf(kernels)), ...kernels.map(k => defined(k, 'static')), run].join('\n')]
  const hidden = '__attribute__((visibility("hidden")))'
  const parts: Kernel[][] = []
  let room = 0
  for (const k of kernels) {
    if (room < k.text.length) {
      parts.push([])
      room = unit
    }
    parts.at(-1)?.push(k)
    room -= k.text.length
  }
  const declared = kernels.map(({ name }) =>
    `void ${name}(char *const *p, const long *n, long lo, long hi, int worker) ${hidden};`)
  return [
    [prelude([]), ...declared, run].join('\n'),
    ...parts.map(ks => [prelude(usesOf(ks)), ...ks.map(k => defined(k, hidden))].join('\n')),
  ]
}
