/** Where resident values lie: over one another where the program replaces them in place, else in two places that change roles. */
import type { Program, Resident } from '../engine.js'
import type { TypedArray } from './toolchain/addon.js'

/** Slots of a program: working memory, constants, inputs, outputs. */
export const inputSlot = (input: number): number => 2 + input
export const outputSlot = ({ inputs }: Program, output: number): number => 2 + inputs.length + output

/** A program's residents that it reads: of several that keep one input, the last. */
export const read = ({ resident }: Program): Resident[] =>
  resident.filter((r, i) => !resident.some((other, k) => k > i && other.input === r.input))

export interface States {
  /** The arrays of the slots that state has, for even and for odd runs; the two are one where nothing changes place. */
  readonly slots: readonly ReadonlyMap<number, TypedArray>[]
  /** Each resident's value, before an even run and before an odd one. */
  readonly values: readonly (readonly TypedArray[])[]
  /** What is copied after a run, even or odd: an output that several residents receive is written once. */
  readonly copies: readonly (readonly { readonly from: TypedArray; readonly to: TypedArray }[])[]
}

/** Lays out the residents; `inPlace` tells, for each that is read, whether its output is written over it. */
export const layOut = (program: Program, inPlace: readonly boolean[], make: (input: number) => TypedArray): States => {
  const { resident } = program
  const readers = read(program)
  const over = (r: Resident): boolean => inPlace[readers.indexOf(r)] ?? false
  /** Who has an output written to its own memory: of several, one that is replaced in place. */
  const owner = (output: number): Resident | undefined => {
    const all = resident.filter(r => r.output === output)
    return all.find(over) ?? all[0]
  }
  const owns = (r: Resident): boolean => r.output !== null && owner(r.output) === r
  const moves = (r: Resident): boolean => owns(r) && readers.includes(r) && !over(r)
  const first = resident.map(r => make(r.input))
  const second = resident.map((r, i) => moves(r) ? make(r.input) : first[i])
  const places = resident.some(moves) ? [[first, second], [second, first]] : [[first, first]]
  const slots = places.map(([before, after]) => {
    const bound = new Map<number, TypedArray>()
    resident.forEach((r, i) => {
      if (readers.includes(r)) bound.set(inputSlot(r.input), before[i])
      if (r.output !== null && owns(r)) bound.set(outputSlot(program, r.output), after[i])
    })
    return bound
  })
  const copies = places.map(([, after]) => resident.flatMap((r, i) => {
    const from = r.output === null || owns(r) ? -1 : resident.findIndex(o => o === owner(r.output ?? -1))
    return from < 0 ? [] : [{ from: after[from], to: after[i] }]
  }))
  return { slots, values: places.map(([before]) => before), copies }
}
