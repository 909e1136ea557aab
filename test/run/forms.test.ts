/** The forms that a recipe may have: by one loss with carried state, or by a training of its own; with data or without. */
import { expectTypeOf } from 'expect-type'
import { describe, expect, test } from 'vitest'
import {
  add, broadcastTo, cast, f32, i32, init, key, matmul, mean, mul, normal, parameter, sgd, square, sub, sum, tensor, trainStep,
  type Tensor,
} from '../../src/index.js'
import type { Node } from '../../src/dsl/core/node.js'
import { evaluate } from '../../src/interp/evaluate.js'
import { assemble } from '../../src/run/assembly.js'
import { arrays } from '../../src/run/data/arrays.js'
import { run } from '../../src/run/effect.js'
import { defineRecipe, type Recipe } from '../../src/run/recipe.js'

const data = () => arrays('xor', { x: { shape: [2], dtype: 'float32' }, y: { shape: [1], dtype: 'float32' } },
  { x: [0, 0, 0, 1, 1, 0, 1, 1], y: [0, 1, 1, 0] })
const schedule = () => ({ batch: 4, length: { steps: 3 } })
const preparedOf = async (recipe: Recipe) => {
  const chosen = recipe.choose({})
  return chosen.prepare(await run(chosen.source.load))
}

describe('the types of a recipe', () => {
  test('carried state flows from the model to the functions below it', () => {
    defineRecipe({
      name: 'carried', summary: 's', settings: {}, data, schedule, optimiser: () => sgd(0.1),
      model: () => ({ params: { w: f32(2, 1) }, aux: { mean: f32(2), seen: i32() } }),
      objective: ({ params, aux, batch: { x, y } }) => {
        expectTypeOf(aux.mean).toEqualTypeOf<Tensor<[2]>>()
        expectTypeOf(aux.seen).toEqualTypeOf<Tensor<[], 'int32'>>()
        const next = { mean: add(mul(aux.mean, 0.9), mul(mean(x, [0]), 0.1)), seen: add(aux.seen, 1) }
        return { loss: mean(square(sub(matmul(sub(x, aux.mean), params.w), y))), aux: next }
      },
      evaluation: ({ aux }) => ({ seen: cast(aux.seen, 'float32') }),
    })
  })
  test('without data the batch has no fields; without aux nothing is carried', () => {
    defineRecipe({
      name: 'none', summary: 's', settings: {}, schedule, optimiser: () => sgd(0.1),
      model: () => ({ params: { w: f32(2) } }),
      objective: ({ params, batch, aux, key: k }) => {
        expectTypeOf(batch).toEqualTypeOf<{}>()
        expectTypeOf(aux).toEqualTypeOf<{}>()
        return mean(square(sub(broadcastTo(params.w, ['B', 2]), normal(k, ['B', 2]))))
      },
    })
  })
  test('a training takes the place of objective and optimiser, and may take several batches a step', () => {
    const spec = { w: f32(2, 1) }
    const parts = { name: 'trained', summary: 's', settings: {}, data, schedule, model: () => ({ params: spec }) } as const
    const single = trainStep({
      params: spec, optimiser: sgd(0.1),
      loss: (p, { x, y }: { x: Tensor<['B', 2]>; y: Tensor<['B', 1]> }) => mean(square(sub(matmul(x, p.w), y))),
    })
    const several = trainStep({
      params: spec, optimiser: sgd(0.1),
      loss: (p, { x, y }: { x: Tensor<[3, 'B', 2]>; y: Tensor<[3, 'B', 1]> }) => mean(square(sub(matmul(x, p.w), y))),
    })
    const other = trainStep({
      params: spec, optimiser: sgd(0.1),
      loss: (p, { x }: { x: Tensor<['B', 5]> }) => add(mean(square(x)), sum(square(p.w))),
    })
    defineRecipe({ ...parts, training: ({ model, steps }) => {
      expectTypeOf(model.params).toEqualTypeOf<{ w: Tensor<[2, 1]> }>()
      expectTypeOf(steps).toEqualTypeOf<number>()
      return single
    } })
    defineRecipe({ ...parts, training: () => ({ ...several, batches: 3 }) })
    // @ts-expect-error a training for rows of five numbers
    defineRecipe({ ...parts, training: () => other })
    // @ts-expect-error nothing to train by
    expect(() => defineRecipe({ ...parts })).toThrow('the recipe trained has nothing to train by: give it an objective and an optimiser')
    expect(() => {
      // @ts-expect-error two things to train by
      defineRecipe({ ...parts, training: () => single, optimiser: () => sgd(0.1) })
    }).toThrow('the recipe trained has training and optimiser: it trains either by')
    // @ts-expect-error an objective alone
    expect(() => defineRecipe({ ...parts, objective: ({ params }) => sum(params.w) })).toThrow('optimiser is missing')
  })
})

describe('carried state', () => {
  const recipe = (aux: object) => defineRecipe({
    name: 'aux', summary: 's', settings: {}, data, schedule, optimiser: () => sgd(0.1),
    model: () => ({ params: { w: f32(2, 1) }, aux }),
    objective: ({ params, batch: { x, y } }) => mean(square(sub(matmul(x, params.w), y))),
  })
  const firstOf = async (aux: object) => {
    const first: unknown = assemble('aux', await preparedOf(recipe(aux)), 3).initial({}, { key: key(5) }).outputs
    return first as Record<string, Record<string, Node>>
  }

  test('begins like a parameter of that name, a counter at 0, an expression as it is', async () => {
    const { aux } = await firstOf({ e: parameter([3, 2], init.normal(1)), n: i32(), half: mul(tensor([1, 3]), 0.5) })
    const [e, n, half] = evaluate([aux.e, aux.n, aux.half]).map(v => [...v.data])
    expect([n, half]).toEqual([[0], [0.5, 1.5]])
    expect(new Set(e).size).toBe(6)
    const more = await firstOf({ other: f32(7), e: parameter([3, 2], init.normal(1)) })
    expect([...evaluate([more.aux.e])[0].data]).toEqual(e)
  })
  test('may be made from the first parameters, as a target network is', async () => {
    const { params, aux } = await firstOf((first: { w: Tensor<[2, 1]> }) => ({ target: first.w }))
    expect(aux.target).toBe(params.w)
  })
})

describe('a wrong form is a sentence', () => {
  const parts = {
    name: 'odd', summary: 's', settings: {}, schedule, optimiser: () => sgd(0.1), model: () => ({ params: { w: f32(2) } }),
    objective: ({ params }: { readonly params: { readonly w: Tensor<[2]> } }) => sum(params.w),
  }
  test('epochs without data', async () => {
    await expect(preparedOf(defineRecipe({ ...parts, schedule: () => ({ batch: 4, length: { epochs: 2 } }) })))
      .rejects.toThrow('its schedule: length is {"epochs":2}, but without data there are no epochs: say it in steps')
  })
  test('a training of other parameters than the model has', async () => {
    const training = trainStep({ params: { v: f32(2) }, loss: p => sum(p.v), optimiser: sgd(0.1) })
    const { optimiser: _, objective: __, ...rest } = parts
    // @ts-expect-error the model has w
    const recipe = defineRecipe({ ...rest, training: () => training })
    const prepared = await preparedOf(recipe)
    expect(() => assemble('odd', prepared, 3)).toThrow('odd: its training trains v [2], but its model has the parameters w [2]')
  })
  test('something else than a training', async () => {
    const { optimiser: _, objective: __, ...rest } = parts
    // @ts-expect-error an optimiser is no training
    const prepared = await preparedOf(defineRecipe({ ...rest, training: () => sgd(0.1) }))
    expect(() => assemble('odd', prepared, 3)).toThrow('it gives a record with described, init, update, but a training')
  })
  test('pictures and points at once, or neither', () => {
    const draw = () => f32(2, 2)
    // @ts-expect-error pictures or points
    expect(() => defineRecipe({ ...parts, samples: { count: 2, draw } })).toThrow('samples has neither picture nor plot: give picture:')
    const both = { count: 2, draw, picture: { height: 2, width: 2 }, plot: { x: [0, 1], y: [0, 1] } } as const
    // @ts-expect-error pictures or points
    expect(() => defineRecipe({ ...parts, samples: both })).toThrow('samples has both picture and plot')
    const turned = { count: 2, draw, plot: { x: [1, 0], y: [0, 1] } } as const
    expect(() => defineRecipe({ ...parts, samples: turned })).toThrow('the ranges of a plot, as in { x: [-2, 2], y: [-2, 2] }')
  })
})
