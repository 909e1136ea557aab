/** What the forward expression costs: parameters by path, operations and memory. */
import type { Statement } from '../../dsl/statement.js'
import { addDim, mulDim } from '../../dsl/shape/dim.js'
import type { Dim } from '../../dsl/tensor.js'
import { summary } from '../summary.js'
import { code, table, text, type Block, type Line } from './pages/page.js'

/** Thousands apart, the same in every locale; terms of a size apart, and its factors side by side: `4,373,017 B + 15`. */
export const grouped = (d: Dim): string => `${d}`.replace(/\d+/g, n => n.replace(/\B(?=(\d{3})+(?!\d))/g, ','))
  .replaceAll('*', ' ').replace(/(?<=.)([-+])/g, ' $1 ').replace(/\+ {2}- /g, '- ')
export const shapeText = (shape: readonly Dim[]): string => shape.length === 0 ? 'scalar' : `[${shape.join(', ')}]`

/** The parameters' table, and the operations and bytes of one evaluation of every objective. */
export const costs = ({ params, objectives }: Statement): Block[] => {
  const values = objectives.flatMap(o => [o.value, ...o.constraints.flatMap(c => c.kind === 'clip' ? [] : [c.value])])
  const all = summary(values, params)
  const rows = all.parameters.map((p): Line[] => [[code(p.path)], [shapeText(p.shape)], [grouped(p.count)]])
  const each = objectives.map((o): Line[] => {
    const s = summary([o.value, ...o.constraints.flatMap(c => c.kind === 'clip' ? [] : [c.value])])
    // A backward pass costs two products where the forward pass has one (for its input and for its weights).
    return [[o.player], [grouped(s.flops)], [grouped(addDim(s.flops, mulDim(2, s.flops)))], [grouped(s.activationBytes)]]
  })
  return [
    table(['parameter', 'shape', 'numbers'], [...rows, [['all'], [''], [grouped(all.parameterCount)]]], [2]),
    text('One evaluation of an objective on a batch: its operations, about what they become with its gradient (three times as many), '
      + 'and the bytes of all intermediate values together.'),
    table(['objective', 'operations', 'with its gradient', 'bytes'], each, [1, 2, 3]),
  ]
}
