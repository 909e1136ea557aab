/** C translation units: a small program is one, which the compiler sees whole; the loops of a large one are spread over several. */
import type { Definition } from '../plan/steps.js'
import type { Kernel } from './kernels.js'

/** More text than this is cut into units that compilers work on at the same time. */
const unit = 24_000

const prelude = (uses: Iterable<string>): string => [
  '#include "typegrad.h"', ...[...new Set(uses)].sort().map(u => `#include "math/${u}.h"`),
  // Elements of one turn of a loop may be the same memory; those of different turns are not.
  '#ifdef __clang__',
  '#define TG_APART _Pragma("clang loop vectorize(assume_safety)")',
  '#define TG_PLAIN',
  '#else',
  '#define TG_APART _Pragma("GCC ivdep")',
  '#define TG_PLAIN __attribute__((optimize("O0")))',
  '#endif',
  'extern const tg *tg_current __attribute__((visibility("hidden")));', '#define R tg_current', '',
].join('\n')

const hidden = '__attribute__((visibility("hidden")))'
const defined = (k: Kernel, linkage: string): string =>
  k.text.replace('static void NAME', `${linkage} void ${k.name}`)

/** Kernels in order, in parts of about a unit's length. */
const parted = (kernels: readonly Kernel[]): Kernel[][] => {
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
  return parts
}

/** The units of loops and of `run`, the text of `tg_run` and the headers that it needs; it is in the first. */
export const units = (kernels: readonly Kernel[], run: Definition): string[] => {
  const usesOf = (all: readonly Definition[]): string[] => all.flatMap(d => [...d.uses])
  if (kernels.reduce((n, k) => n + k.text.length, 0) <= unit)
    return [[prelude(usesOf([...kernels, run])), ...kernels.map(k => defined(k, 'static')), run.text].join('\n')]
  const declared = kernels.map(({ name }) => `void ${name}(char *const *p, const long *n, long lo, long hi, int worker) ${hidden};`)
  return [
    [prelude(run.uses), ...declared, run.text].join('\n'),
    ...parted(kernels).map(part => [prelude(usesOf(part)), ...part.map(k => defined(k, hidden))].join('\n')),
  ]
}
