/**
 * The audits are sound on random expressions over the whole table, gradients and loops among them: what a difference quotient or a
 * gradient shows, the table does not deny; what a change of an input moves is in the set of dependences.
 */
import { expect, it } from 'vitest'
import { gradient, zerosLike } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { treeLike } from '../../../src/dsl/core/trees.js'
import type { Statement } from '../../../src/dsl/statement.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'
import { flowsOf } from '../../../src/interp/audit/flow.js'
import { parametersOf } from '../../../src/interp/audit/parameters.js'
import { dependence } from '../../../src/interp/dependence/dependence.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { sum } from '../../../src/dsl/core/build.js'
import { projected, total } from '../../dsl/core/numeric.js'
import { randomExpressions, type Expression } from '../random-expressions.js'

const bindings = ({ inputs, values }: Expression): Map<Node, Value> => new Map(inputs.map((n, i) => [n, values[i]]))
const with1 = (v: Value, i: number, x: number): Value =>
  ({ ...v, data: (v.dtype === 'float32' ? Float64Array.from(v.data) : v.data.slice()).fill(x, i, i + 1) }) as Value
const whole = (n: Node): Node => sum(n, [...n.shape.keys()])

/** A statement whose parameters are the float inputs of an expression, and whose terms are its results. */
const statementOf = ({ inputs, outputs, seed }: Expression): Statement => {
  const floats = inputs.filter(n => n.dtype === 'float32')
  const params = treeLike(Object.fromEntries(floats.map((n, i) => [`p${i}`, n])), floats) as never
  const value = total(outputs.filter(n => n.dtype === 'float32').map((n, i) => projected(n, seed + i))) as never
  return { params, aux: {}, objectives: [{ player: 'model', sense: 'minimise', moves: params, value, constraints: [], steps: 1 }] }
}

it('never denies a gradient or a dependence of a term on a parameter', () => {
  const seen = new Set<string>()
  for (const expression of randomExpressions(25, 1)) {
    const statement = statementOf(expression)
    const params = parametersOf(statement)
    const bound = bindings(expression)
    for (const flow of flowsOf(statement, params)) {
      const term = whole(flow.term.node)
      const leaves = params.leaves.map(l => l.node)
      const grads = evaluate(gradient(term, leaves).map((g, i) => g ?? zerosLike(leaves[i])), bound)
      params.leaves.forEach((leaf, k) => {
        const status = flow.status(leaf)
        seen.add(status)
        const value = bound.get(leaf.node) as Value
        const at = (i: number, h: number): number =>
          evaluate([term], new Map([...bound, [leaf.node, with1(value, i, value.data[i] + h)]]))[0].data[0]
        const moves = Array.from(value.data.keys()).some(i => [1e-4, 0.3, -0.7].some(h => Math.abs(at(i, h) - at(i, -h)) > 1e-9))
        const says = `seed ${expression.seed}, ${flow.term.name} in ${leaf.path}: ${status}`
        if (moves) expect(status, says).not.toBe('not reached')
        if (grads[k].data.some(g => g !== 0)) expect(['reached', 'straight-through'], says).toContain(status)
      })
    }
  }
  expect([...seen].sort()).toEqual(['not reached', 'reached', 'stopped', 'straight-through'])
}, 60_000)

it('has every dependence of an element on an element in its set', () => {
  let sharp = 0
  for (const expression of randomExpressions(25, 500)) {
    const bound = bindings(expression)
    const before = evaluate(expression.outputs, bound)
    for (const input of expression.inputs) {
      const value = bound.get(input) as Value
      const changes = value.dtype === 'float32' ? [0.01, -1.3] : value.dtype === 'bool' ? [1] : [1, 7]
      const sets = expression.outputs.map(o => dependence(o as never, input as never))
      sharp += sets.flat().filter(s => s.length < sizeOf(value.shape)).length
      for (let j = 0; j < value.data.length; j++) for (const h of changes) {
        const x = value.dtype === 'bool' ? 1 - value.data[j] : value.data[j] + h
        evaluate(expression.outputs, new Map([...bound, [input, with1(value, j, x)]])).forEach((after, k) => {
          for (let i = 0; i < after.data.length; i++)
            if (!Object.is(after.data[i], before[k].data[i]) && !(after.data[i] === before[k].data[i]))
              expect(sets[k][i], `seed ${expression.seed}, output ${k}[${i}], input ${expression.inputs.indexOf(input)}`).toContain(j)
        })
      }
    }
  }
  expect(sharp).toBeGreaterThan(100)
}, 60_000)
