/** C translation units: a program of some length is several, which as many compilers work on at the same time. */
import type { Definition } from '../plan/steps.js'
import type { Kernel } from './kernels.js'

/** How much longer a compiler takes for a character of a loop, which becomes vectors, than for one of the list of calls. */
const loopsCost = 5
/** A unit of less than this many characters of calls is not worth a compiler of its own, which takes 20 ms to begin. */
const worthwhile = 8_000

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

const cost = (k: Kernel): number => loopsCost * k.text.length

/** The kernels of each unit, in order, so that all units cost about the same; the first one bears `run` too. */
const shared = (kernels: readonly Kernel[], run: number, cores: number): Kernel[][] => {
  const whole = kernels.reduce((n, k) => n + cost(k), run)
  const count = Math.max(1, Math.min(cores, Math.floor(whole / worthwhile)))
  const costs = Array.from({ length: count }, (_, i) => i === 0 ? run : 0)
  const unitOf = new Map<Kernel, number>()
  for (const k of [...kernels].sort((a, b) => cost(b) - cost(a))) {
    const lightest = costs.indexOf(Math.min(...costs))
    costs[lightest] += cost(k)
    unitOf.set(k, lightest)
  }
  return costs.map((_, i) => kernels.filter(k => unitOf.get(k) === i))
}

/** The units of loops and of `run`, the text of `tg_run` and the headers that it needs; it is in the first. At most one for each core. */
export const units = (kernels: readonly Kernel[], run: Definition, cores: number): string[] => {
  const usesOf = (all: readonly Definition[]): string[] => all.flatMap(d => [...d.uses])
  const [own, ...others] = shared(kernels, run.text.length, cores)
  const elsewhere = others.filter(unit => unit.length > 0)
  const declared = elsewhere.flat().map(({ name }) =>
    `void ${name}(char *const *p, const long *n, long lo, long hi, int worker) ${hidden};`)
  return [
    [prelude(usesOf([...own, run])), ...declared, ...own.map(k => defined(k, 'static')), run.text].join('\n'),
    ...elsewhere.map(unit => [prelude(usesOf(unit)), ...unit.map(k => defined(k, hidden))].join('\n')),
  ]
}
