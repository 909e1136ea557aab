/** What is rewritten before planning has the values that it had, also where numbers end. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import { reachable } from '../../../../src/dsl/core/node.js'
import { nativeEngine } from '../../../../src/interp/native/engine.js'
import { prepare } from '../../../../src/interp/native/plan/prepare.js'
import { agree, float, Inputs } from '../../onnx/agree.js'

const engine = await nativeEngine({ threads: 1 }).catch(() => null)
const taken = [-4, -3, -2.5, -1.5, -1, -0.5, 0.5, 1.5, 2.5, 3, 4, 5]
const powerOf = (x: Node, y: number): Node => b.pow(x, b.full(y, x.shape))

describe('powers', () => {
  test('small ones become products, others stay', () => {
    const x = b.input({ shape: [3], dtype: 'float32' })
    const stays = (y: number): boolean => reachable(prepare([powerOf(x, y)])).some(n => n.op === 'pow')
    expect(taken.filter(stays)).toEqual([])
    expect([-6, -3.5, 0, 0.25, 1 / 3, 3.5, 6, 100, Infinity, NaN].filter(y => !stays(y))).toEqual([])
  })

  test.skipIf(engine === null)('agree with the reference, with their gradients', async () => {
    if (engine === null) throw new Error('there is no compiler')
    const inputs = new Inputs()
    const ends = inputs.of(float([11], [-Infinity, -1e5, -1.5, -1e-3, -0, 0, 1e-3, 1.5, 1e5, Infinity, NaN]))
    const inner = inputs.of(float([5], [0.01, 0.7, 1, 1.3, 90]))
    await agree(engine, inputs, [
      ...taken.map(y => powerOf(ends, y)),
      ...taken.flatMap(y => gradient(b.sum(powerOf(inner, y), [0]), [inner])),
    ], 1e-5)
  })
})
