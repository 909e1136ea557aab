/** What a change of one variable changes, with random parameters, on the reference engine. */
import { variable } from '../../dsl/core/gradient.js'
import { computed, type Node } from '../../dsl/core/node.js'
import { substitute } from '../../dsl/core/substitute.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import { evaluate } from '../js/evaluate.js'
import { concrete } from '../program.js'
import { uniforms, weights } from './trial.js'

export interface Change { readonly output: number; readonly variable: number }

/** Operations that may be spent on trials. */
const budget = 2e8
/** What the evaluator spends on a node besides its arithmetic, in operations; a loop visits its body's at every step. */
export const visits = (n: Node): number => {
  if (n.op !== 'scan') return 1000
  const { body, length } = (n as NodeOf<'scan'>).attrs
  return Number(length) * computed([...body.next, ...body.ys]).length * 1000
}

/** How many codes are surely valid: rows of the smallest table that is read at positions made of the input; 2 without a table. */
export const codesOf = (input: Node, nodes: readonly Node[]): number => {
  const from = new Set([input])
  let smallest = Infinity
  for (const n of nodes) {
    if (!n.inputs.some(i => from.has(i)) || n.dtype === 'float32' && n.op !== 'gather' && n.op !== 'takeAlong') continue
    if (n.op !== 'gather' && n.op !== 'takeAlong') from.add(n)
    else if (from.has(n.inputs[1])) smallest = Math.min(smallest, n.inputs[0].shape[(n as NodeOf<'gather'>).attrs.axis] as number)
  }
  return Number.isFinite(smallest) ? smallest : 2
}

export const draw = (input: Node, codes: number, seed: number, stream: number, bits: boolean): Value => {
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
    data[i] = x.dtype === 'int32' ? (data[i] + 1 + Math.floor(by[i] * Math.max(1, codes - 1))) % codes
      : x.dtype === 'bool' || bits ? 1 - data[i] : data[i] + 0.5 + by[i]
  return { ...x, data }
}

export interface Trials { readonly changes: readonly Change[]; readonly trials: number }
/** Ready to try variables, with parameters and rows drawn from a seed. */
export type Tries = (variables: readonly number[], seed: number) => Trials

/** The output as a function of the input alone: what the input does not enter is computed once for each seed. */
export const perturb = (input: Node, output: Node): { readonly tries: Tries; readonly affordable: number } => {
  const nodes = computed([output])
  const depends = new Set([input])
  for (const n of nodes) if (n.inputs.some(i => depends.has(i))) depends.add(n)
  const changing = nodes.filter(n => depends.has(n))
  const fixed = [...new Set(changing.flatMap(n => n.inputs).concat(output))].filter(n => !depends.has(n))
  const parameters = computed(fixed).filter(n => n.op === 'input')
  const held = fixed.map(n => variable(n))
  const [result] = substitute([output], new Map(fixed.map((n, i) => [n, held[i]])))
  const codes = input.dtype === 'int32' ? codesOf(input, nodes) : 2
  const each = sizeOf(concrete(output).slice(2))
  const tries: Tries = (variables, seed) => {
    const values = evaluate(fixed, new Map(parameters.map((n, i): [Node, Value] =>
      [n, n.dtype === 'float32' ? weights(concrete(n), seed + 1, i) : draw(n, 2, seed + 1, i, true)])))
    const known = held.map((n, i) => [n, values[i]] as const)
    const at = (x: Value): ArrayLike<number> => evaluate([result], new Map([...known, [input, x]]))[0].data
    const seen = new Map<string, Change>()
    const rounds = input.dtype === 'float32' ? [true, false] : [true]
    for (const bits of rounds) {
      const row = draw(input, codes, seed, 2, bits)
      const before = at(row)
      for (const v of variables) {
        const after = at(changed(row, v, codes, bits, uniforms(seed, 3, row.data.length)))
        for (let i = 0; i < after.length; i++) if (!Object.is(after[i], before[i]) && after[i] !== before[i])
          seen.set(`${Math.floor(i / each)},${v}`, { output: Math.floor(i / each), variable: v })
      }
    }
    return { changes: [...seen.values()], trials: variables.length * rounds.length }
  }
  return { tries, affordable: Math.floor(budget / 2 / changing.reduce((sum, n) => sum + Number(n.prim.flops(n)) + visits(n), 1)) }
}
