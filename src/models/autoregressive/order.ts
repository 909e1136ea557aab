/** Moving variables between their own places and the order of the chain rule. */
import * as core from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import { nodeOf, tensorOf } from '../../dsl/ops/typed.js'
import { chainOf, type Ordering } from '../degrees.js'
import { degreeTable, rowOf } from '../masks.js'
import type { Group } from './variables.js'

const isNatural = (orderings: readonly Ordering[]): boolean => orderings.every(o => o.every((place, d) => place === d))
const table = (rows: readonly (readonly number[])[], mask: Node): Node | null =>
  isNatural(rows) ? null : nodeOf('autoregressive', rowOf(degreeTable(rows), tensorOf(mask)))

/** The variables in the order of the chain under an alternative; null where that is their own order. */
export const chainTable = ({ orderings }: Group, mask: Node): Node | null => table(orderings.map(chainOf), mask)

/** Rows (or columns) put into the order of the chain. */
export const inChain = (chain: Node | null, x: Node, axis: number): Node => chain === null ? x : core.gather(x, chain, axis)

/** Columns in the order of the chain put back into their own places. */
export const inPlace = ({ orderings }: Group, mask: Node, x: Node): Node => inChain(table(orderings, mask), x, 1)
