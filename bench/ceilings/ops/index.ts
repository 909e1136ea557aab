/** Every operation, in the order of the table. */
import type { Op } from '../op.js'
import { calls } from './calls.js'
import { convolutions, pooling } from './convolutions.js'
import { elementwise } from './elementwise.js'
import { indexing } from './indexing.js'
import { products } from './products.js'

export const ops: readonly Op[] = [...products, ...convolutions, ...pooling, ...elementwise, ...indexing, ...calls]
