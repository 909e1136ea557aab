/** The public compositions with their gradients of both orders, simplified as `compile` does, on every engine. */
import { beforeAll, describe, expect, test } from 'vitest'
import { input } from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'
import { compositions } from '../../dsl/core/compositions.js'
import { noise, projected, total } from '../../dsl/core/numeric.js'
import { disagreement, type Job } from './compare.js'
import { subjects, type Subject } from './engines.js'

const jobs = compositions.map(({ name, shapes, f, prepare = x => x }): Job => {
  const inputs = shapes.map(shape => input({ shape, dtype: 'float32' }))
  const values = shapes.map((shape, i) => { const v = noise(shape, i + 5); return { ...v, data: Float32Array.from(v.data, prepare) } })
  const output = f(...inputs)
  const grads = gradient(projected(output, 1), inputs)
  const curved = gradient(total(grads.map((g, i) => projected(g, 20 + i))), inputs)
  return { name, inputs, values, outputs: simplify([output, ...grads, ...curved], { forExecution: true }) }
})

describe.each(Object.keys(subjects))('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })
  test('compositions', async () => {
    const before = subject.live()
    expect(await disagreement(subject, jobs, 5)).toBeNull()
    expect(subject.live()).toEqual(before)
  })
})
