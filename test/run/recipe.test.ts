import { expectTypeOf } from 'expect-type'
import { describe, expect, test } from 'vitest'
import { add, define, f32, key, linear, matmul, mean, relu, seq, sgd, square, sub, type Tensor } from '../../src/index.js'
import { arrays } from '../../src/run/data/arrays.js'
import { mnist } from '../../src/run/data/mnist.js'
import { defineRecipe, isRecipe } from '../../src/run/recipe.js'
import { statementOf } from '../../src/run/stated.js'
import { setting } from '../../src/run/settings.js'

const data = () => arrays('xor', { x: { shape: [2], dtype: 'float32' }, y: { shape: [1], dtype: 'float32' } },
  { x: [0, 0, 0, 1, 1, 0, 1, 1], y: [0, 1, 1, 0] })

describe('defineRecipe', () => {
  test('the types of settings, data and model flow into the functions below them', () => {
    const recipe = defineRecipe({
      name: 'xor', summary: 'Linear, so hopeless.',
      settings: { lr: setting.number(0.1, 'learning rate'), kind: setting.oneOf(['a', 'b'], 'a', 'a word') },
      data,
      model: settings => {
        expectTypeOf(settings).toEqualTypeOf<{ readonly lr: number; readonly kind: 'a' | 'b' }>()
        return { params: { w: f32(2, 1), b: f32(1) }, extra: 7 }
      },
      objective: ({ params, batch, key: k, model, settings }) => {
        expectTypeOf(params.w).toEqualTypeOf<Tensor<[2, 1]>>()
        expectTypeOf(batch.x).toEqualTypeOf<Tensor<['B', 2]>>()
        expectTypeOf(batch).toHaveProperty('y')
        expectTypeOf(k).toEqualTypeOf<Tensor<[2], 'int32'>>()
        expectTypeOf(model.extra).toEqualTypeOf<number>()
        expectTypeOf(settings.lr).toEqualTypeOf<number>()
        // @ts-expect-error the model takes two numbers a row, so the transpose does not fit
        expect(() => matmul(params.w, batch.x)).toThrow('matmul: ')
        return mean(square(sub(add(matmul(batch.x, params.w), params.b), batch.y)))
      },
      optimiser: ({ lr }, { steps }) => {
        expectTypeOf(steps).toEqualTypeOf<number>()
        return sgd(lr)
      },
      schedule: () => ({ batch: 4, length: { epochs: 2 } }),
    })
    expect(isRecipe(recipe)).toBe(true)
    expect([isRecipe({}), isRecipe(null), isRecipe(undefined)]).toEqual([false, false, false])
    const nothing = { size: 0, rows: () => ({}) }
    const prepared = recipe.choose({ lr: 0.1, kind: 'a' }).prepare({ train: nothing, test: nothing })
    const state = { params: prepared.params, aux: {} }
    expect(prepared.objective?.(state, { x: f32('B', 2), y: f32('B', 1) }, key(0))).toMatchObject({ shape: [], dtype: 'float32' })
  })

  test('a model may be a layer or a definition: a function that carries its parameters', () => {
    const dense = define({ w: f32('I', 'O') }, (p, x: Tensor<['B', 'I']>) => matmul(x, p.w))
    const nothing = { size: 8, rows: () => ({}) }
    const schedule = () => ({ batch: 4, length: { epochs: 2 } })
    const parts = { summary: 's', settings: {}, data, schedule, optimiser: () => sgd(0.1) } as const
    const layered = defineRecipe({
      ...parts, name: 'layered', model: () => seq(linear(2, 3), relu, linear(3, 1)),
      objective: ({ model, params, batch: { x, y } }) => mean(square(sub(model(params, x), y))),
    })
    const defined = defineRecipe({
      ...parts, name: 'defined', model: () => dense.at({ I: 2, O: 1 }),
      objective: ({ model, params, batch: { x, y } }) => mean(square(sub(model(params, x), y))),
    })
    for (const recipe of [layered, defined]) {
      const prepared = recipe.choose({}).prepare({ train: nothing, test: nothing })
      const state = { params: prepared.params, aux: {} }
    expect(prepared.objective?.(state, { x: f32('B', 2), y: f32('B', 1) }, key(0))).toMatchObject({ shape: [], dtype: 'float32' })
    }
  })

  test('MNIST gives images and labels', () => {
    defineRecipe({
      name: 'm', summary: 'm', settings: {}, data: () => mnist(), model: () => ({ params: { b: f32(784) } }),
      objective: ({ params, batch: { x, label } }) => {
        expectTypeOf(x).toEqualTypeOf<Tensor<['B', 784]>>()
        expectTypeOf(label).toEqualTypeOf<Tensor<['B'], 'int32'>>()
        return mean(square(sub(x, params.b)))
      },
      // @ts-expect-error an optimiser is expected, not a learning rate
      optimiser: () => 0.1,
      schedule: () => ({ batch: 4, length: { epochs: 2 } }),
    })
  })

  test('a copy of a recipe is none, and says what to spread instead', async () => {
    const parts = {
      name: 'xor', summary: 's', settings: {}, data, model: () => ({ params: { w: f32(2, 1) } }), optimiser: () => sgd(0.1),
      objective: ({ params }: { readonly params: { readonly w: Tensor<[2, 1]> } }) => mean(params.w),
      schedule: () => ({ batch: 4, length: { epochs: 2 } }),
    } as const
    const recipe = defineRecipe(parts), copy = { ...recipe, schedule: () => ({ batch: 1, length: { epochs: 9 } }) }
    const sentence = 'a copy of the recipe xor, and what is put into a copy changes nothing: spread what defineRecipe was given instead, '
      + 'as in defineRecipe({ ...parts, name: \'other\' })'
    expect([isRecipe(recipe), isRecipe(copy), isRecipe({ ...copy })]).toEqual([true, false, false])
    const refused = (message: string) => expect.objectContaining({ kind: 'config', message }) as Error
    // @ts-expect-error a recipe has no model and no schedule
    expect(() => defineRecipe({ ...recipe, name: 'other' })).toThrow(refused(`defineRecipe is given ${sentence}.`))
    // @ts-expect-error the same without a copy
    expect(() => defineRecipe(recipe)).toThrow(refused('defineRecipe is given a recipe, which is made already.'))
    expect(() => defineRecipe({ ...parts, after: copy })).toThrow(
      refused(`the recipe xor: after is ${sentence}, but it must be a recipe, as defineRecipe makes it.`))
    await expect(statementOf(copy)).rejects.toMatchObject(
      { kind: 'config', message: `statementOf: a recipe was expected, as defineRecipe makes it, but this is ${sentence}.` })
    // What was meant.
    expect(defineRecipe({ ...parts, name: 'other' }).name).toBe('other')
  })
})
