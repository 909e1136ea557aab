/** The numbers behind MADE's masks: a degree for every unit, drawn once from a seed. */
import { TypegradError } from '../dsl/errors.js'
import { threefryWords } from '../dsl/core/threefry.js'

/** A permutation of 0 ... D-1: `ordering[d]` is the place of variable d in the chain rule. */
export type Ordering = readonly number[]

/** Uniform numbers in [0, 1), the same for the same seed and stream on every machine. */
const uniforms = (seed: number, stream: number, n: number): number[] =>
  Array.from(threefryWords([seed, 0], stream, n), w => (w >>> 0) * 2 ** -32)

/** A permutation drawn from a seed (Fisher and Yates). */
export const randomOrdering = (dims: number, seed: number, stream: number): Ordering => {
  const order = Array.from({ length: dims }, (_, i) => i)
  uniforms(seed, stream, dims).forEach((u, k) => {
    const i = dims - 1 - k
    const j = Math.floor(u * (i + 1))
    const kept = order[i]
    order[i] = order[j]
    order[j] = kept
  })
  return order
}

/** Refuses an ordering that is not a permutation of 0 ... D-1. */
export const checkOrdering = (what: string, dims: number, ordering: Ordering): Ordering => {
  const places = new Set(ordering)
  if (ordering.length === dims && ordering.every(p => Number.isInteger(p) && p >= 0 && p < dims) && places.size === dims) return ordering
  const given = [...ordering.slice(0, 8), ...ordering.length > 8 ? ['...'] : []].join(', ')
  throw new TypegradError('value', `${what}: an ordering of ${dims} variables lists each of 0 to ${dims - 1} once, but [${given}] is given`)
}

/** The variables in the order of the chain rule: the inverse of an ordering. */
export const chainOf = (ordering: Ordering): number[] => {
  const chain = ordering.map(() => 0)
  ordering.forEach((place, d) => { chain[place] = d })
  return chain
}

/**
 * Degrees layer by layer (Germain et al., 2015, section 4): inputs have their place 1 ... D, a hidden unit one drawn uniformly between the
 * smallest degree below it and D-1, so that every unit sees something and none sees everything.
 */
export const degreesOf = (ordering: Ordering, hidden: readonly number[], seed: number, stream: number): number[][] => {
  const layers = [ordering.map(p => p + 1)]
  const top = Math.max(1, ordering.length - 1)
  hidden.forEach((units, l) => {
    const low = Math.min(top, layers[l].reduce((a, b) => Math.min(a, b)))
    layers.push(uniforms(seed, stream + l + 1, units).map(u => low + Math.floor(u * (top - low + 1))))
  })
  return layers
}
