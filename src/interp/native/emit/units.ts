/** C translation units: a small program is one, which the compiler sees whole; the loops of a large one are spread over several. */
import type { Kernel } from './kernels.js'

/** More text than this is cut into units that compilers work on at the same time. */
const unit = 24_000

const prelude = (kernels: readonly Kernel[]): string => [
  '#include "typegrad.h"', ...[...new Set(kernels.flatMap(k => [...k.uses]))].sort().map(u => `#include "math/${u}.h"`),
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

const hidden = '__attribute__((visibility("hidden")))'
const defined = (k: Kernel, linkage: string): string =>
  k.text.replace('static void NAME', `${k.tiny ? 'TG_TINY ' : ''}${linkage} void ${k.name}`)

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

/** The units of loops and of `run`, the text of `tg_run`, which is in the first. */
export const units = (kernels: readonly Kernel[], run: string): string[] => {
  if (kernels.reduce((n, k) => n + k.text.length, 0) <= unit)
    return [[prelude(kernels), ...kernels.map(k => defined(k, 'static')), run].join('\n')]
  const declared = kernels.map(({ name }) => `void ${name}(char *const *p, const long *n, long lo, long hi, int worker) ${hidden};`)
  return [
    [prelude([]), ...declared, run].join('\n'),
    ...parted(kernels).map(part => [prelude(part), ...part.map(k => defined(k, hidden))].join('\n')),
  ]
}
