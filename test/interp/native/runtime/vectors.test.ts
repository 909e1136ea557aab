/** Products of a vector and a matrix, small and beyond the caches: their values, which do not depend on the number of threads. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import { nativeEngine } from '../../../../src/interp/native/engine.js'
import { program } from '../../../../src/interp/program.js'
import { agree, Inputs, spread } from '../../onnx/agree.js'

const [engine, other] = await Promise.all([1, 3].map(threads => nativeEngine({ threads }).catch(() => null)))

/** [batch, k, n] of a vector of k and a matrix [k, n]; the last ones hold more than a quarter of a million elements. */
const sizes = [[1, 1, 1], [1, 7, 130], [2, 300, 33], [1, 100, 500], [3, 37, 901], [9, 64, 600],
  [1, 1031, 301], [1, 4099, 67], [2, 513, 517], [1, 31, 9000], [1, 70, 30000]]

describe.skipIf(engine === null)('a vector times a matrix', () => {
  test.each(sizes)('%i of %i by %i', async (batch, k, n) => {
    if (engine === null || other === null) throw new Error('there is no compiler')
    const inputs = new Inputs()
    const [vector, matrix] = [inputs.of(spread(batch, 1, k)), inputs.of(spread(batch, k, n))]
    const swapped = (x: Node): Node => b.transpose(x, [0, 2, 1])
    const outputs = [b.matmul(vector, matrix), b.matmul(swapped(matrix), swapped(vector))]
    await agree(engine, inputs, outputs, 1e-4)
    const run = async (on: typeof engine): Promise<number[][]> => {
      const e = await on.compile(program(inputs.nodes, outputs))
      return (await e.run(inputs.values)).map(v => Array.from(v.data))
    }
    expect(await run(engine)).toEqual(await run(other))
  })
})
