/**
 * The shapes of a body's arguments, inferred from its use of them: annotations are gone when it runs. The body is traced with a fresh
 * symbol for each axis of its arguments; where an operation refuses, its sentence names the sizes that clash, and giving the fresh one the
 * other's name is tried. Only an answer without alternatives counts.
 */
import type { Node } from '../core/node.js'
import { isLeaf, mapTree } from '../core/trees.js'
import { TypegradError } from '../errors.js'
import type { Dim } from '../tensor.js'
import { trace, type Body, type Trace } from './trace.js'

type Assigned = ReadonlyMap<string, Dim>

/** Traces that a definition may cost: bodies name a handful of sizes. */
const mostTraces = 100
const freshSymbol = /^axis_\d+_\d+$/

/** Whether a sentence speaks of a size that the caller never named. */
export const speaksOfFresh = (sentence: string): boolean => wordsOf(sentence).some(word => freshSymbol.test(word))
const wordsOf = (sentence: string): string[] => [...new Set(sentence.match(/[A-Za-z_][A-Za-z0-9_]*|\d+/g) ?? [])]

const resolve = (symbol: string, assigned: Assigned): Dim => {
  const to = assigned.get(symbol)
  return to === undefined ? symbol : typeof to === 'string' ? resolve(to, assigned) : to
}

/** The argument specs under an assignment. */
const specsOf = (actual: readonly unknown[], assigned: Assigned): unknown[] => {
  let leaf = 0
  return actual.map(arg => mapTree<Node, unknown>(arg, ({ shape, dtype }) => {
    const n = leaf++
    return { shape: shape.map((_, axis) => resolve(`axis_${n}_${axis}`, assigned)), dtype }
  }))
}

const attempt = (params: unknown, body: Body, actual: readonly unknown[], assigned: Assigned): Trace | string => {
  try {
    return trace(params, specsOf(actual, assigned), body)
  } catch (e) {
    if (e instanceof TypegradError) return e.message
    throw e
  }
}

/** What the sentence suggests: a fresh symbol is one of the other sizes it names. Symbols are told from words by their capital. */
const suggestions = (sentence: string): [fresh: string, size: Dim][] => {
  const words = wordsOf(sentence)
  const sizes = words.filter(word => /^[A-Z\d]/.test(word) || freshSymbol.test(word))
  return words.filter(word => freshSymbol.test(word)).flatMap(fresh =>
    sizes.filter(size => size !== fresh).map((size): [string, Dim] => [fresh, /^\d/.test(size) ? Number(size) : size]))
}

/** Set while a body is traced for inference: definitions inside it report at once, or their searches would multiply. */
let inferring = false

/** The body traced with inferred argument specs, or undefined when its use does not determine them. */
export const inferArguments = (params: unknown, body: Body, actual: readonly unknown[]): Trace | undefined => {
  if (inferring || !actual.every(arg => isLeaf(arg) || (typeof arg === 'object' && arg !== null))) return undefined
  let frontier: { assigned: Assigned; sentence: string }[] = []
  let traces = 0
  const found: Trace[] = []
  const visit = (assigned: Assigned, before: string | undefined, next: typeof frontier): void => {
    if (traces++ >= mostTraces) return
    const outcome = attempt(params, body, actual, assigned)
    if (typeof outcome !== 'string') found.push(outcome)
    // The same refusal in other letters: the guess changed nothing.
    else if (outcome !== before) next.push({ assigned, sentence: outcome })
  }
  const search = (): void => {
    visit(new Map(), undefined, frontier)
    while (found.length === 0 && frontier.length > 0 && traces < mostTraces) {
      const next: typeof frontier = []
      for (const { assigned, sentence } of frontier) {
        for (const [fresh, size] of suggestions(sentence)) {
          visit(new Map(assigned).set(fresh, size), sentence.replaceAll(new RegExp(`\\b${fresh}\\b`, 'g'), `${size}`), next)
        }
      }
      frontier = next
    }
  }
  inferring = true
  try {
    search()
  } finally {
    inferring = false
  }
  return found.length === 1 ? found[0] : undefined
}
