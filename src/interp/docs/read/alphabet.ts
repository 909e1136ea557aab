/** The letters of a document: each is given once, so that different things never look alike. */
import type { Sym } from '../math/expr.js'

export interface Alphabet {
  /** The letter, or the first with primes that is free. */
  readonly claim: (latex: string) => string
  /** The first of some letters that nothing else has or asks for; else the first with primes. */
  readonly first: (letters: readonly string[]) => string
  /** A numbered letter, as h with 1, 2, 3. */
  readonly numbered: (letter: string) => string
  /** An index that no formula uses for anything else; the wished one unless it is in use. */
  readonly index: (inUse: readonly Sym[], wished?: string) => Sym
}

export const alphabet = (reserved: readonly string[]): Alphabet => {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  const indices = new Map<string, Sym>()
  const index = (letter: string): Sym => {
    const known = indices.get(letter) ?? { latex: letter, role: 'index', meaning: 'index' }
    indices.set(letter, known)
    return known
  }
  const held = new Set(reserved)
  const claim = (latex: string): string => {
    let free = latex
    for (let primes = 1; taken.has(free); primes++) {
      free = primes <= 2 ? `${/\^/.test(latex) ? `{${latex}}` : latex}${"'".repeat(primes)}` : `{${latex}}^{(${primes + 1})}`
    }
    taken.add(free)
    return free
  }
  return {
    claim,
    first: wishes => claim(wishes.find(l => !taken.has(l) && !held.has(l)) ?? wishes[0]),
    numbered: letter => {
      const n = (counts.get(letter) ?? 0) + 1
      counts.set(letter, n)
      return `${letter}_{${n}}`
    },
    index: (inUse, wished) => {
      const used = new Set(inUse.map(s => s.latex))
      const free = ['i', 'j', 'k', 'l', 'm', 'n', 'r', 's', 't'].filter(l => !held.has(l))
      const numbered = (n: number): string => used.has(`i_{${n}}`) ? numbered(n + 1) : `i_{${n}}`
      return index(wished !== undefined && !used.has(wished) ? wished : free.find(l => !used.has(l)) ?? numbered(1))
    },
  }
}
