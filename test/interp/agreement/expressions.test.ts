/** 500 random expressions with their gradients, as they are and simplified, on every engine. */
import { beforeAll, describe, expect, test } from 'vitest'
import { primitives } from '../../../src/dsl/core/table.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { wide } from '../../../src/interp/ends.js'
import { gap } from '../../dsl/core/numeric.js'
import { randomExpressions } from '../random-expressions.js'
import { disagreement, type Job } from './compare.js'
import { subjects, type Subject } from './engines.js'

const seed = 1
const expressions = randomExpressions(500, seed)
const plain = expressions.map((e): Job => ({ name: `expression ${e.seed}`, ...e }))
/** As `compile` hands them to an engine. */
const simple = plain.map((j): Job => ({ ...j, outputs: simplify(j.outputs, { forExecution: true }) }))

test('they take every primitive in, often', () => {
  const counts = Object.keys(primitives).map(op => [op, expressions.filter(e => e.ops.includes(op)).length] as const)
  expect(counts.filter(([, n]) => n < 20)).toEqual([])
})

test('simplified, they keep their values', () => {
  plain.forEach((job, i) => {
    const bindings = new Map(job.inputs.map((n, k) => [n, wide(job.values[k])]))
    const [want, got] = [job, simple[i]].map(j => evaluate(j.outputs, bindings))
    want.forEach((w, k) => { expect(gap(got[k].data, w.data), `${job.name}, result ${k}`).toBeLessThan(1e-9) })
  })
})

describe.each(Object.keys(subjects))('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })

  test.each([['as they are', plain, 150], ['simplified', simple, 500]] as const)('%s', async (_, jobs, n) => {
    const before = subject.live()
    expect(await disagreement(subject, jobs.slice(0, n), 5), `seed ${seed}`).toBeNull()
    expect(subject.live()).toEqual(before)
    // A C compiler takes its time over as many programs.
  }, 300_000)
})
