/**
 * The shapes of a body's arguments, inferred from its use of them: annotations are gone when it runs. The body is traced with
 * guesses; where an operation refuses, its sentence names the sizes that clash, and giving one the other's name is tried. Only an
 * answer without alternatives counts. This runs when the body has refused the tensors of a call: either they do not fit, and the
 * inferred shapes tell which argument is at fault, or the body names an axis or a size that the tensors do not carry.
 */
import type { Node } from '../core/node.js'
import { isLeaf, leavesOf, mapTree } from '../core/trees.js'
import { TypegradError } from '../errors.js'
import type { Sizes } from '../shape/subst.js'
import type { Dim } from '../tensor.js'
import { trace, type Body, type Trace } from './trace.js'

/** Guesses, by what they are about: an axis, or a size. */
type Guesses = ReadonlyMap<string, Dim>
interface Search {
  readonly specs: (guesses: Guesses) => readonly unknown[]
  /** What a sentence suggests under some guesses. */
  readonly suggest: (sentence: string, guesses: Guesses) => readonly (readonly [about: string, size: Dim])[]
}

/** Traces that a search may cost: bodies name a handful of sizes. */
const mostTraces = 100
/** Set while a body is traced for inference: definitions inside it report at once, or their searches would multiply. */
let inferring = false

const wordsOf = (sentence: string): string[] => [...new Set(sentence.match(/[A-Za-z_][A-Za-z0-9_]*|\d+/g) ?? [])]

/** The one trace with the fewest guesses, or undefined when there is none or several. */
const uniqueTrace = (params: unknown, body: Body, { specs, suggest }: Search): Trace | undefined => {
  const found: Trace[] = []
  let frontier: { guesses: Guesses; sentence: string }[] = []
  const tried = new Set<string>()
  const visit = (guesses: Guesses, before: string | undefined, next: typeof frontier): void => {
    const key = [...guesses].map(String).sort().join(';')
    if (tried.has(key) || tried.size >= mostTraces) return
    tried.add(key)
    try {
      found.push(trace(params, specs(guesses), body))
    } catch (e) {
      if (!(e instanceof TypegradError)) throw e
      // The same refusal in other letters: the guess changed nothing.
      if (e.message !== before) next.push({ guesses, sentence: e.message })
    }
  }
  visit(new Map(), undefined, frontier)
  while (found.length === 0 && frontier.length > 0 && tried.size < mostTraces) {
    const next: typeof frontier = []
    for (const { guesses, sentence } of frontier) {
      for (const [about, size] of suggest(sentence, guesses)) {
        visit(new Map(guesses).set(about, size), sentence.replaceAll(new RegExp(`\\b${about}\\b`, 'g'), `${size}`), next)
      }
    }
    frontier = next
  }
  return found.length === 1 ? found[0] : undefined
}

/* ---------- a fresh symbol for each axis: which names and sizes the body needs ---------- */

const freshSymbol = /^axis_\d+_\d+$/
/** Whether a sentence speaks of a size that the caller never named. */
export const speaksOfFresh = (sentence: string): boolean => wordsOf(sentence).some(word => freshSymbol.test(word))

const resolve = (symbol: string, guesses: Guesses): Dim => {
  const to = guesses.get(symbol)
  return to === undefined ? symbol : typeof to === 'string' ? resolve(to, guesses) : to
}
const byAxis = (actual: readonly unknown[]): Search => ({
  specs: guesses => {
    let leaf = 0
    return actual.map(arg => mapTree<Node, unknown>(arg, ({ shape, dtype }) => {
      const n = leaf++
      return { shape: shape.map((_, axis) => resolve(`axis_${n}_${axis}`, guesses)), dtype }
    }))
  },
  // Symbols are told from words by their capital.
  suggest: sentence => {
    const words = wordsOf(sentence)
    const sizes = words.filter(word => /^[A-Z\d]/.test(word) || freshSymbol.test(word))
    return words.filter(word => freshSymbol.test(word)).flatMap(fresh =>
      sizes.filter(size => size !== fresh).map(size => [fresh, /^\d/.test(size) ? Number(size) : size] as const))
  },
})

/* ---------- the actual sizes, some of them named: what the names in the body stand for ---------- */

const byName = (actual: readonly unknown[], known: Sizes): Search => {
  const shapes = actual.flatMap(arg => leavesOf<Node>(arg).map(({ leaf }) => leaf.shape.map(String)))
  // A size that one tensor has twice could be either axis.
  const sizes = [...new Set(shapes.flat())].filter(size => shapes.every(shape => shape.filter(d => d === size).length < 2))
  return {
    specs: guesses => actual.map(arg => mapTree<Node, unknown>(arg, ({ shape, dtype }) =>
      ({ shape: shape.map(d => guesses.get(`${d}`) ?? d), dtype }))),
    suggest: (sentence, guesses) => wordsOf(sentence).filter(word => /^[A-Z]/.test(word)).flatMap(name => {
      const free = Object.hasOwn(known, name) ? [`${known[name]}`] : [...guesses.values()].includes(name) ? [] : sizes
      return free.filter(size => size !== name && !guesses.has(size)).map(size => [size, name] as const)
    }),
  }
}

/** The body traced with inferred argument specs, or undefined when its use does not determine them; `known` are the parameters' sizes. */
export const inferArguments = (params: unknown, body: Body, actual: readonly unknown[], known: Sizes): Trace | undefined => {
  if (inferring || !actual.every(arg => isLeaf(arg) || (typeof arg === 'object' && arg !== null))) return undefined
  inferring = true
  try {
    return uniqueTrace(params, body, byName(actual, known)) ?? uniqueTrace(params, body, byAxis(actual))
  } finally {
    inferring = false
  }
}

/** The names in a sentence that neither the parameters nor the tensors of a call have. */
export const unknownNames = (sentence: string, actual: readonly unknown[], known: Sizes): string[] => {
  const carried = new Set(actual.flatMap(arg => leavesOf<Node>(arg).flatMap(({ leaf }) => leaf.shape.flatMap(d => wordsOf(`${d}`)))))
  return wordsOf(sentence).filter(word => /^[A-Z]\w*$/.test(word) && !carried.has(word) && !Object.hasOwn(known, word))
}
