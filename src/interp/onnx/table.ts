/** One lowering a primitive: a missing one does not compile. */
import type { Op } from '../../dsl/core/table.js'
import { convLowerings } from './lower/conv.js'
import { elementwiseLowerings } from './lower/elementwise.js'
import { indexingLowerings } from './lower/indexing.js'
import { leafLowerings } from './lower/leaves.js'
import { linearLowerings } from './lower/linear.js'
import { randomLowerings } from './lower/random.js'
import { reduceLowerings } from './lower/reduce.js'
import { scanLowerings } from './lower/scan.js'
import { structureLowerings } from './lower/structure.js'
import { windowLowerings } from './lower/window.js'
import type { Lowering } from './lowering.js'

export const lowerings: { readonly [P in Op]: Lowering<P> } = {
  ...leafLowerings, ...elementwiseLowerings, ...structureLowerings, ...reduceLowerings, ...indexingLowerings, ...linearLowerings,
  ...convLowerings, ...windowLowerings, ...randomLowerings, ...scanLowerings,
}
