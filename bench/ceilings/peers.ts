/** Who takes part: engines of typegrad, and the two Python peers, each in one process for all operations. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { node, ofPython, type Found } from '../harness/peers.js'

const runners = join(dirname(fileURLToPath(import.meta.url)), 'python')

/** The columns of the table: typegrad's engines first, its own compiler before the others. */
export const columns = ['native', 'onnx', 'tfjs:wasm', 'tfjs:node', 'torch', 'jax'] as const
export type Column = (typeof columns)[number]
/** Those that the ratio is about. */
export const peers: readonly Column[] = ['torch', 'jax']

/** A process under the bench's protocol, or why there is none. `variant` is what it is told, and names its file of results. */
export const find = (column: Column): Found => column === 'torch' || column === 'jax'
  ? ofPython(column, column, `ceiling_${column}`, runners) : { start: () => node('ceilings/child.ts') }
