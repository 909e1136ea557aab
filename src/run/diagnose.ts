/** What made a step's loss, gradient or update not finite: the step is done again, node by node, on the reference engine. */
import type { Node } from '../dsl/core/node.js'
import { leavesLike, leavesOf } from '../dsl/core/trees.js'
import type { Value } from '../dsl/value.js'
import { firstNonFinite, showFault } from '../interp/check.js'
import { placeholders } from '../dsl/core/placeholders.js'
import { program } from '../interp/program.js'
import type { Assembly, State, Stepper, StepValues } from './assembly.js'

/** Whether all floats of some arrays are finite. */
export const finite = (values: Iterable<Value>): boolean => {
  for (const { data } of values) for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}

/**
 * The sentence about the first bad step after `saved` and before step `end`: the engine is put back to the saved state and taken forward;
 * everything a step depends on is a function of the seed and the step, so the fault comes again.
 */
export const diagnose = async (
  assembly: Assembly, batch: number, stepper: Stepper, saved: { readonly step: number; readonly state: State }, end: number,
  inputs: (step: number) => StepValues,
): Promise<{ readonly step: number; readonly sentence: string }> => {
  await stepper.write(saved.state)
  let before = saved.state
  for (let step = saved.step; step < end; step++) {
    const figures = leavesOf<Value>(await stepper.run(inputs(step))).map(l => l.leaf)
    const after = await stepper.read()
    if (!finite(figures) || !finite(leavesOf<Value>(after).map(l => l.leaf))) {
      return { step: step + 1, sentence: again(assembly, batch, before, inputs(step)) }
    }
    before = after
  }
  return { step: end, sentence: 'doing the steps since the last checkpoint again gave finite numbers: the engine is not deterministic.' }
}

const again = (assembly: Assembly, batch: number, state: State, inputs: StepValues): string => {
  const [stateNodes, inputNodes] = [placeholders(assembly.state), placeholders(assembly.inputs)]
  const { outputs, state: next } = assembly.step(stateNodes, inputNodes)
  const ends = [...leavesOf<Node>(stateNodes), ...leavesOf<Node>(inputNodes)].map(l => l.leaf)
  const targets = leavesOf<Node>([outputs, next]).map(l => l.leaf)
  const bound = program(ends, targets, [], { B: batch })
  const values = [...leavesLike<Value>(stateNodes, state, 'state'), ...leavesLike<Value>(inputNodes, inputs, 'inputs')]
  const fault = firstNonFinite(bound.outputs, new Map(bound.inputs.map((n, i) => [n, values[i]])))
  return fault === null ? 'the reference engine finds every node finite, so the engine computes something else: please report this program.'
    : `${showFault(fault)}.`
}
