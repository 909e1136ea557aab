/** Which inputs of a program are positions: what an engine can look at on the host, where its own kernels do not tell. */
import { reachable, type Node } from '../dsl/core/node.js'
import type { NodeOf } from '../dsl/core/table.js'
import type { TypegradError } from '../dsl/errors.js'
import type { Value } from '../dsl/value.js'
import type { Program } from './engine.js'
import { firstOutside, outsideError } from './js/positions.js'
import { concrete } from './program.js'

/** An input whose values are all read or added at along an axis of `size`. */
export interface GivenPositions { readonly op: string; readonly size: number; readonly input: number }

/** Ops that move an input's values and leave them as they are, every one of them. */
const moving: readonly string[] = ['reshape', 'transpose', 'broadcastTo', 'stopGradient', 'named']
const positional: readonly string[] = ['gather', 'takeAlong', 'scatterAdd', 'scatterAlong']

const origin = (node: Node): Node => moving.includes(node.op) ? origin(node.inputs[0]) : node

const within = (outputs: readonly Node[], inputs: ReadonlyMap<Node, number>): GivenPositions[] => reachable(outputs).flatMap(node => {
  const inputOf = (n: Node): number | undefined => inputs.get(origin(n))
  if (positional.includes(node.op)) {
    const { inputs: [x, index], attrs: { axis } } = node as NodeOf<'gather'>, input = inputOf(index)
    return input === undefined ? [] : [{ op: node.op, size: concrete(x)[axis], input }]
  }
  if (node.op !== 'scan') return []
  const { body, length } = (node as NodeOf<'scan'>).attrs
  if (length === 0) return []
  // What a loop goes through item by item, and what it reads as it is; its carry changes.
  const known = [...body.xs, ...body.consts].map((n, i) => [n, inputOf(node.inputs[body.carry.length + i])] as const)
  return within([...body.next, ...body.ys], new Map(known.flatMap(([n, input]) => input === undefined ? [] : [[n, input] as const])))
})

/** The positions that a program takes from its inputs as they are, in its loops too. */
export const givenPositions = ({ inputs, outputs }: Program): GivenPositions[] => within(outputs, new Map(inputs.map((n, i) => [n, i])))

/** The error of the first of them that is not on its axis, among a program's inputs; those that have no data here are left out. */
export const firstGiven = (positions: readonly GivenPositions[], inputs: readonly object[]): TypegradError | null => {
  for (const { op, size, input } of positions) {
    const value = inputs[input] as Partial<Value>
    const position = value.data && firstOutside(value.data, size)
    if (position !== undefined) return outsideError(op, position, size)
  }
  return null
}
