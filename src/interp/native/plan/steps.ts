/** What a program is made of: pieces of memory, and steps that read some and write others. */
import type { DType } from '../../../dsl/tensor.js'
import type { Value } from '../../../dsl/value.js'
import type { View } from './views.js'

/** Who gives the memory its address: the working memory, the caller, the program's constants, or a pointer that a loop moves. */
export type Home =
  | { readonly kind: 'arena' } | { readonly kind: 'slot'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: Value } | { readonly kind: 'pointer'; readonly name: string }
export interface Memory { readonly dtype: DType; readonly size: number; readonly home: Home }

export const elementBytes = (dtype: DType): number => dtype === 'bool' ? 1 : 4
export const bytesOf = (m: Memory): number => m.size * elementBytes(m.dtype)

export interface Read {
  readonly memory: Memory
  readonly view: View
  /** Whether the step, having written element i, reads no element of this but later ones: so it may write over what it reads. */
  readonly aligned?: boolean
}

/** A loop as a C function. */
export interface Definition {
  /** Its definition, with NAME for its name. */
  readonly text: string
  /** Headers under runtime/math that it needs. */
  readonly uses: ReadonlySet<string>
}

/** What the text of a step needs to know of its surroundings. */
export interface Surroundings {
  /** A C expression of type `char *` for the memory's first byte. */
  at(m: Memory): string
  /** The name of a function; equal texts are one function. */
  kernel(d: Definition): string
  /** Says that the text needs these headers under runtime/math. */
  include(uses: ReadonlySet<string>): void
  /** A C name not used before. */
  fresh(prefix: string): string
}

/** What a loop over elements tells whoever calls its function on a part of them. */
export interface Loop {
  readonly definition: Definition
  readonly numbers: readonly number[]
  /** The size of the domain, and how many elements of it a turn makes. */
  readonly size: number
  readonly turn: number
}

/** A reduction over the middle of [before, n, after] of all of `from`, to the step's only output. */
export interface Columns { readonly op: string; readonly from: Memory; readonly sizes: readonly [number, number, number] }

export interface Step {
  /** Of steps that could come next, the least goes first. */
  readonly order: number
  readonly reads: readonly Read[]
  readonly writes: readonly Memory[]
  /** Working memory of the step alone. */
  readonly temps: readonly Memory[]
  readonly emit: (s: Surroundings) => string
  readonly loop?: Loop
  readonly columns?: Columns
}

export const arena = (dtype: DType, size: number): Memory => ({ dtype, size, home: { kind: 'arena' } })
