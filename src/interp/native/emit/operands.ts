/** The ends of a loop: what it reads from memory, each place once, what it writes, and the numbers it is called with. */
import type { Memory, Read } from '../plan/steps.js'

export interface Operand { readonly name: string; readonly read: Read }

export class Ends {
  readonly operands: Operand[] = []
  readonly outputs: Memory[] = []
  readonly numbers: number[] = []

  /** The operand for a place; equal places are one. */
  operand(read: Read): Operand {
    const same = ({ memory, view }: Read): boolean => memory === read.memory && view.offset === read.view.offset
      && view.shape.join() === read.view.shape.join() && view.strides.join() === read.view.strides.join()
    const known = this.operands.find(o => same(o.read))
    if (known) return known
    const made = { name: `a${this.operands.length}`, read }
    this.operands.push(made)
    return made
  }

  output(memory: Memory): string {
    this.outputs.push(memory)
    return `o${this.outputs.length - 1}`
  }

  /** A C expression for a number that differs between calls, so that the text of the loop need not. */
  number(x: number): string {
    this.numbers.push(x)
    return `n[${this.numbers.length - 1}]`
  }
}
