/** The example in each primitive's record is an expression of the public language that holds the primitive and has a small value. */
import ts from 'typescript'
import { expect, test } from 'vitest'
import * as language from '../../../src/index.js'
import { reachable, type Node } from '../../../src/dsl/core/node.js'
import { primitives, type Op } from '../../../src/dsl/core/table.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'

/** A body of a loop is a graph within the graph. */
const within = (nodes: readonly Node[]): Node[] => reachable(nodes).flatMap(n => {
  const body = (n.attrs as { body?: { next: Node[]; ys: Node[] } }).body
  return body ? [n, ...within([...body.next, ...body.ys])] : [n]
})

test.each(Object.keys(primitives) as Op[])('%s', op => {
  const { example } = primitives[op]
  const code = ts.transpile(`return (${example})`, { target: ts.ScriptTarget.ES2022 })
  const result = new Function(...Object.keys(language), code)(...Object.values(language)) as Node
  expect(within([result]).map(n => n.op)).toContain(op)
  if (op === 'input') return
  const [value] = evaluate([result], new Map())
  expect(value.data.length).toBeLessThanOrEqual(36)
  expect(value.data.every(Number.isFinite)).toBe(true)
})
