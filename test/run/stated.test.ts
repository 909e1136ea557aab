import { describe, expect, test } from 'vitest'
import { add, f32, i32, matmul, mean, mul, sgd, square, sub, uniform, type Tensor } from '../../src/index.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import { reachable, type Node } from '../../src/dsl/core/node.js'
import { assemble, tryOut } from '../../src/run/assembly.js'
import { ready } from '../../src/run/session.js'
import { reading } from '../../src/run/stated.js'
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

interface Carried { readonly seen: Tensor<[]> }
/** A recipe whose types are forgotten, as those of a file are when it runs. */
const carrying = (next?: (aux: Carried) => unknown) => defineRecipe({
  name: 'carrying', summary: 's', settings: {},
  model: () => ({ params: { w: f32(2) }, aux: { seen: f32() } }),
  objective: ({ params, aux }) => ({ loss: mean(square(params.w)), ...next && { aux: next(aux) as Carried } }),
  optimiser: () => sgd(0.1),
  schedule: () => ({ batch: 1, length: { steps: 1 } }),
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
  test.each([
    ['another entry', (aux: Carried) => ({ ...aux, more: f32() }), 'aux: key more is not expected; it has seen'],
    ['another shape', () => ({ seen: f32(2) }), 'aux.seen is float32 [] before a step and float32 [2] after it'],
    ['another type', () => ({ seen: i32() }), 'aux.seen is float32 [] before a step and int32 [] after it'],
    ['a hole', () => ({ seen: undefined }), 'aux.seen: a tensor was expected but nothing is given'],
  ])('refuses a next carried state with %s, as training does', async (_, next, sentence) => {
    await expect(statementOf(carrying(next))).rejects.toThrow(sentence)
    await expect(statementOf(carrying(next))).rejects.toThrow(/^carrying: its objective/)
  })
  test('takes a carried state that never changes, and trying it out says so', async () => {
    const noticed = async (next?: (aux: Carried) => unknown) => {
      const made = carrying(next)
      await statementOf(made)
      return tryOut(assemble(made.name, (await ready({ recipe: made }, {}, reading())).prepared, 1))
    }
    expect(await noticed()).toEqual(['carrying: its objective never returns aux: the carried state stays as it began.'])
    expect(await noticed(({ seen }) => ({ seen: add(seen, 1) }))).toEqual([])
  })
  test('refuses settings that are none, and what is no recipe', async () => {
    await expect(statementOf(recipe, { settings: { rl: 1 } })).rejects.toThrow('stated has no setting "rl". Did you mean lr?')
    // @ts-expect-error a number is no recipe
    await expect(statementOf(3)).rejects.toThrow('a recipe was expected, as defineRecipe makes it')
  })
})
