/** The engine on several numbers of threads: it has the values of the reference on one, and the same bits on all others. */
import { expect } from 'vitest'
import type { Node } from '../../../src/dsl/core/node.js'
import { nativeEngine } from '../../../src/interp/native/engine.js'
import { program } from '../../../src/interp/program.js'
import { agree, type Inputs } from '../onnx/agree.js'

const engines = await Promise.all([1, 2, 3, 5].map(threads => nativeEngine({ threads }).catch(() => null)))

/** Whether there is a compiler. */
export const isThere = !engines.includes(null)

export const agreeOnThreads = async (inputs: Inputs, outputs: readonly Node[]): Promise<void> => {
  const results = await Promise.all(engines.map(async on => {
    if (on === null) throw new Error('there is no compiler')
    const e = await on.compile(program(inputs.nodes, outputs))
    // Twice: first while the other threads start, then while they wait for work.
    await e.run(inputs.values)
    return (await e.run(inputs.values)).map(v => Array.from(v.data))
  }))
  if (engines[0] !== null) await agree(engines[0], inputs, outputs, 1e-5)
  for (const result of results.slice(1)) expect(result).toEqual(results[0])
}
