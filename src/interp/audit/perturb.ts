/** What a change of one variable changes, with random parameters, on the reference engine. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import { evaluate } from '../js/evaluate.js'
import { concrete } from '../program.js'
import { uniforms, weights } from './trial.js'

export interface Change { readonly output: number; readonly variable: number }

/** Operations that may be spent on trials. */
const budget = 1e9
/** At least so many variables are tried, however large the model. */
const fewest = 6

/** How many codes are surely valid: rows of the smallest table that is read at positions made of the input; 2 without a table. */
const codesOf = (input: Node, nodes: readonly Node[]): number => {
  const from = new Set([input])
  let smallest = Infinity
  for (const n of nodes) {
    if (!n.inputs.some(i => from.has(i)) || n.dtype === 'float32' && n.op !== 'gather' && n.op !== 'takeAlong') continue
    if (n.op !== 'gather' && n.op !== 'takeAlong') from.add(n)
    else if (from.has(n.inputs[1])) smallest = Math.min(smallest, n.inputs[0].shape[(n as NodeOf<'gather'>).attrs.axis] as number)
  }
  return Number.isFinite(smallest) ? smallest : 2
}

const draw = (input: Node, codes: number, seed: number, stream: number, bits: boolean): Value => {
  const shape = concrete(input)
  const u = uniforms(seed, stream, sizeOf(shape))
  return input.dtype === 'int32' ? { shape, dtype: 'int32', data: Int32Array.from(u, x => Math.floor(x * codes)) }
    : input.dtype === 'bool' ? { shape, dtype: 'bool', data: Uint8Array.from(u, x => x < 0.5 ? 0 : 1) }
      : { shape, dtype: 'float32', data: u.map(x => bits ? (x < 0.5 ? 0 : 1) : 4 * x - 2) }
}

/** The same row with variable `j` changed in every element. */
const changed = (x: Value, j: number, codes: number, bits: boolean, by: Float64Array): Value => {
  const each = sizeOf(x.shape.slice(2))
  const data = x.data.slice()
  for (let i = j * each; i < (j + 1) * each; i++)
    data[i] = x.dtype === 'int32' ? (data[i] + 1 + Math.floor(by[i] * Math.max(1, codes - 1))) % Math.max(2, codes)
      : x.dtype === 'bool' || bits ? 1 - data[i] : data[i] + 0.5 + by[i]
  return { ...x, data }
}

/** Tries variables one by one, those of `prefer` first; every pair of an output and a variable that moved it. */
export const perturb = (input: Node, output: Node, { seed, prefer }: { readonly seed: number; readonly prefer: readonly number[] }):
{ changes: Change[]; trials: number } => {
  const nodes = reachable([output])
  const depends = new Set([input])
  for (const n of nodes) if (n.inputs.some(i => depends.has(i))) depends.add(n)
  // What the input does not enter is computed once.
  const fixed = [...new Set(nodes.filter(n => depends.has(n)).flatMap(n => n.inputs).concat(output))].filter(n => !depends.has(n))
  const parameters = reachable(fixed).filter(n => n.op === 'input')
  const given = new Map(parameters.map((n, i): [Node, Value] => [n, n.dtype === 'float32' ? weights(concrete(n), seed + 1, i)
    : draw(n, 2, seed + 1, i, true)]))
  const plain = fixed.filter(n => !n.tuple)
  const values = evaluate(plain, given)
  const known = new Map(plain.map((n, i) => [n, values[i]] as const))
  const variables = concrete(input)[1]
  const cost = Math.max(1, nodes.filter(n => depends.has(n)).reduce((sum, n) => sum + Number(n.prim.flops(n)), 0))
  const affordable = Math.max(fewest, Math.min(variables, Math.floor(budget / cost / 2)))
  const spread = Array.from({ length: Math.min(affordable, variables) }, (_, i) =>
    Math.round(i * (variables - 1) / Math.max(1, Math.min(affordable, variables) - 1)))
  const tried = [...new Set([...prefer.slice(0, fewest), ...spread])]
  const codes = input.dtype === 'int32' ? codesOf(input, nodes) : 2
  const each = sizeOf(concrete(output).slice(2))
  const seen = new Map<string, Change>()
  const rounds = input.dtype === 'float32' ? [true, false] : [true]
  for (const bits of rounds) {
    const row = draw(input, codes, seed, 2, bits)
    const at = (x: Value): ArrayLike<number> => evaluate([output], new Map([...known, [input, x]]))[0].data
    const before = at(row)
    for (const variable of tried) {
      const after = at(changed(row, variable, codes, bits, uniforms(seed, 3, row.data.length)))
      for (let i = 0; i < after.length; i++) if (!Object.is(after[i], before[i]) && after[i] !== before[i])
        seen.set(`${Math.floor(i / each)},${variable}`, { output: Math.floor(i / each), variable })
    }
  }
  return { changes: [...seen.values()], trials: tried.length * rounds.length }
}
