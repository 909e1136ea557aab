/** Of random expressions and random state: every step is in the order once, and what is read is still there. */
import { expect, test } from 'vitest'
import type { Resident } from '../../../../src/interp/engine.js'
import { program } from '../../../../src/interp/program.js'
import { simplify } from '../../../../src/interp/simplify/simplify.js'
import { Random } from '../../random.js'
import { randomExpressions, type Expression } from '../../random-expressions.js'
import { outline, planFault } from './outline.js'

/** Inputs paired with outputs of their type, as far as there are any. */
const residents = ({ inputs, outputs, seed }: Expression): Resident[] => {
  const r = new Random(seed)
  const free = new Set(outputs.keys())
  return inputs.flatMap((n, input): Resident[] => {
    const fitting = [...free].filter(k => outputs[k].dtype === n.dtype && outputs[k].shape.join() === n.shape.join())
    if (fitting.length === 0) return []
    const output = r.pick(fitting)
    free.delete(output)
    return [{ input, output }]
  })
}

const expressions = randomExpressions(120, 3000)

test.each([['as they are', false], ['simplified', true]])('plans of random expressions, %s', (_, simple) => {
  let [inPlace, shared] = [0, 0]
  for (const e of expressions) {
    const outputs = simple ? simplify(e.outputs, { forExecution: true }) : e.outputs
    const o = outline(program(e.inputs, outputs, residents(e)))
    expect(planFault(o), `expression ${e.seed}`).toBeNull()
    inPlace += o.schedule.inPlace.size
    shared += o.layout.offsets.size - new Set(o.layout.offsets.values()).size
  }
  // The checks see something: memory is used again, and state is replaced in place.
  expect(inPlace).toBeGreaterThan(100)
  expect(shared).toBeGreaterThan(100)
})
