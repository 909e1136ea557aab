/** The error function over its range: as close as its header says, near 0 in proportion. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { nativeEngine } from '../../../../src/interp/native/engine.js'
import { agree, float, Inputs } from '../../onnx/agree.js'

const engine = await nativeEngine({ threads: 1 }).catch(() => null)

describe.skipIf(engine === null)('erf', () => {
  test('is within 3.2e-7 of the exact value', async () => {
    if (engine === null) throw new Error('there is no compiler')
    const inputs = new Inputs()
    const ends = [-Infinity, -1e30, 1e30, Infinity, NaN, -0, 0]
    const x = inputs.of(float([20_008], [...ends, ...Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 2000)]))
    const [y] = await agree(engine, inputs, [b.erf(x)], 3.2e-7)
    expect(Math.max(...Array.from(y.data).filter(Number.isFinite))).toBe(1)
  })

  test('near 0 its error is in proportion', async () => {
    if (engine === null) throw new Error('there is no compiler')
    const inputs = new Inputs()
    const x = inputs.of(float([200], Array.from({ length: 200 }, (_, i) => 0.5 * 0.7 ** i)))
    await agree(engine, inputs, [b.div(b.erf(x), x)], 5e-7)
  })
})
