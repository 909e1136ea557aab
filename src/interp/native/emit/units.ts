/** C translation units: a program of some length is several, which as many compilers work on at the same time. */
import type { Definition } from '../plan/steps.js'
import type { Kernel } from './kernels.js'

/**
 * What compilers spend their time on, in characters of a list of calls: loops that become vectors, and functions that become part of them.
 * Found by compiling the loops of the benchmark's programs one by one.
 */
const vectorLoop = 2300, inlined = 1350
/** A unit that costs less is not worth a compiler of its own, which takes 20 ms to begin. */
const worthwhile = 8_000

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length
const cost = ({ text }: Kernel): number => text.length + vectorLoop * count(text, /\bTG_APART\b/g) + inlined * count(text, /\btg_\w+\(/g)

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

/** The kernels of each unit, in order, so that all units cost about the same; the first one bears `run` too. */
const shared = (kernels: readonly Kernel[], run: number, cores: number): Kernel[][] => {
  const priced = kernels.map(kernel => ({ kernel, price: cost(kernel) }))
  const whole = priced.reduce((n, { price }) => n + price, run)
  const number = Math.max(1, Math.min(cores, Math.floor(whole / worthwhile)))
  const costs = Array.from({ length: number }, (_, i) => i === 0 ? run : 0)
  const unitOf = new Map<Kernel, number>()
  for (const { kernel, price } of priced.sort((a, b) => b.price - a.price)) {
    const lightest = costs.indexOf(Math.min(...costs))
    costs[lightest] += price
    unitOf.set(kernel, lightest)
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
