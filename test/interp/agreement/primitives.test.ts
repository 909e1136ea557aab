/** Every primitive's cases, with their gradients, on every engine. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { gradient } from '../../../src/dsl/core/gradient.js'
import { primitives, type Op } from '../../../src/dsl/core/table.js'
import { cases } from '../../dsl/core/cases.js'
import { bind, projected } from '../../dsl/core/numeric.js'
import { disagreement, type Job } from './compare.js'
import { subjects, type Subject } from './engines.js'

const ops = Object.keys(primitives) as Op[]
const seed = 2026
const each = 12

const jobsOf = (op: Op): Job[] => fc.sample(cases[op], { numRuns: each, seed }).map((c, i): Job => {
  const { inputs, values, output, smooth } = bind(c)
  const grads = output.dtype === 'float32' ? gradient(projected(output, i + 1), smooth.map(k => inputs[k])) : []
  const rounded = values.map(v => v.dtype === 'float32' ? { ...v, data: Float32Array.from(v.data) } : v)
  return { name: fc.stringify(c), inputs, values: rounded, outputs: [output, ...grads] }
})

describe.each(Object.keys(subjects))('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })

  test.each(ops)('%s', async op => {
    const before = subject.live()
    expect(await disagreement(subject, jobsOf(op), each), `seed ${seed}`).toBeNull()
    expect(subject.live()).toEqual(before)
  })
})
