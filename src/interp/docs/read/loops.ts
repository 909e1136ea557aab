/** Loops in formulas: what is carried, what comes out, and symbols that have the step in them. */
import type { Node } from '../../../dsl/core/node.js'
import { projectPrim } from '../../../dsl/core/primitives/scan.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Sym } from '../math/expr.js'

/** Whether a symbol has an index of its own, as s_t has t and p(x_d | x_<d) has d. */
export const carries = (sym: Sym, letter: string): boolean =>
  sym.free === letter || new RegExp(`_\\{?${letter}(?![A-Za-z])`).test(sym.latex)

/** What a loop carries, before each step. */
export const carried = (loop: Node, index: number): Node => {
  const { body } = (loop as NodeOf<'scan'>).attrs
  return projectPrim.make([loop], { index: body.carry.length + body.ys.length + index })
}

/** Result `index` of a loop, all steps of it. */
export const resultOf = (loop: Node, index: number): Node =>
  projectPrim.make([loop], { index: (loop as NodeOf<'scan'>).attrs.body.carry.length + index })
