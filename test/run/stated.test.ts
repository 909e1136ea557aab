import { describe, expect, test } from 'vitest'
import { add, f32, matmul, mean, mul, sgd, square, sub, uniform } from '../../src/index.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import { reachable, type Node } from '../../src/dsl/core/node.js'
import { arrays, defineRecipe, setting, statementOf } from '../../src/run/index.js'

const recipe = defineRecipe({
  name: 'stated', summary: 's', settings: { lr: setting.number(0.1, 'learning rate', { min: 0 }) },
  data: () => arrays('xor', { x: { shape: [2], dtype: 'float32' }, y: { shape: [1], dtype: 'float32' } },
    { x: [0, 0, 0, 1, 1, 0, 1, 1], y: [0, 1, 1, 0] }),
  model: () => ({
    params: { w: f32(2, 1) }, aux: { seen: f32() },
    claims: () => [{ kind: 'causality', name: 'none', params: {}, input: f32(1, 2), output: f32(1, 2), place: [0, 1] }] as const,
  }),
  objective: ({ params, aux, batch: { x, y }, key: k }) =>
    add(mean(square(sub(matmul(add(x, uniform(k, ['B', 2])), params.w), y))), mul(aux.seen, 0)),
  optimiser: ({ lr }) => sgd(lr),
  schedule: () => ({ batch: 2, length: { epochs: 1 } }),
})

describe('statementOf', () => {
  test('has placeholders of readable names, B free, and the claims of the model', async () => {
    const { statement, claims, settings } = await statementOf(recipe, { settings: { lr: 0.5 } })
    expect(settings).toEqual({ lr: 0.5 })
    expect(claims.map(c => c.name)).toEqual(['none'])
    const [objective] = statement.objectives
    expect(objective).toMatchObject({ player: 'model', sense: 'minimise', steps: 1 })
    const inputs = reachable([objective.value as unknown as Node]).filter(n => n.op === 'input')
    expect(Object.fromEntries(inputs.map(n => [(n.attrs as { name: string }).name, n.shape])))
      .toEqual({ x: ['B', 2], y: ['B', 1], w: [2, 1], key: [2], 'aux.seen': [] })
    expect(leavesOf(statement.params).map(l => l.path)).toEqual(['w'])
  })
  test('refuses settings that are none, and what is no recipe', async () => {
    await expect(statementOf(recipe, { settings: { rl: 1 } })).rejects.toThrow('stated has no setting "rl". Did you mean lr?')
    // @ts-expect-error a number is no recipe
    await expect(statementOf(3)).rejects.toThrow('a recipe was expected, as defineRecipe makes it')
  })
})
