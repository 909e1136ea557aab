/**
 * Cases of every primitive, total over the table: a new primitive does not compile until it has some, and with them every test of this
 * folder.
 */
import type fc from 'fast-check'
import type { Op } from '../../../src/dsl/core/table.js'
import { elementwiseCases } from './cases/elementwise.js'
import { leafCases } from './cases/leaves.js'
import { linearCases } from './cases/linear.js'
import { loopCases } from './cases/loops.js'
import { reduceCases } from './cases/reduce.js'
import { structureCases } from './cases/structure.js'
import type { Case } from './cases/draw.js'

export const cases: { readonly [P in Op]: fc.Arbitrary<Case> } = {
  ...elementwiseCases, ...structureCases, ...reduceCases, ...linearCases, ...leafCases, ...loopCases,
}
