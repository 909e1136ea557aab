/** A reading of a recipe for audits and documents: what it optimises and what its model promises, at named placeholders. */
import { placeholders } from '../dsl/core/placeholders.js'
import { TypegradError } from '../dsl/errors.js'
import type { Claim, Statement } from '../dsl/statement.js'
import { assemble, tryOut } from './assembly.js'
import { copied } from './brand.js'
import { calling } from './calling.js'
import { isRecipe, type Recipe } from './recipe.js'
import { openedOnce, ready, stepsOf, type Ready } from './session.js'
import type { Workshop } from './stage.js'

/** What a recipe says about itself under some settings. */
export interface Stated {
  readonly recipe: Recipe
  readonly settings: Readonly<Record<string, unknown>>
  /** What a step optimises; the placeholders of the batch have the names of its fields, that of the key is `key`. */
  readonly statement: Statement
  readonly claims: readonly Claim[]
  readonly model: unknown
}

/** The reading of a recipe whose data is read. */
export const stated = (made: Ready): Stated => {
  const { recipe, settings, prepared } = made
  const assembly = assemble(recipe.name, prepared, stepsOf(made, {})), { training, inputs } = assembly
  // what could not be trained is refused in the words of `typegrad train`
  tryOut(assembly)
  const [batch, { key }] = [placeholders(inputs.batch), placeholders({ key: inputs.key })]
  return {
    recipe, settings, model: prepared.model,
    statement: calling(recipe.name, 'statement', () => training.statement(batch, key)),
    claims: calling(recipe.name, 'claims', () => prepared.claims?.() ?? []),
  }
}

const ROWS_TO_READ = 64
/** What reading a recipe takes: one that goes on from another is read with a few rows of numbers that were never trained. */
export const reading = (): Workshop => ({ engine: openedOnce('auto', undefined, () => {}), say: () => {}, rows: ROWS_TO_READ })

/**
 * What a recipe optimises, as data, and what its model claims; the data set is read, because a model may start from it. Where its files are
 * missing and it says its `sizes`, zeros stand for its rows.
 *
 * Rejects with a `TypegradError` where a setting is not the recipe's, or one of its functions fails.
 *
 * @example
 * ```ts
 * import { arrays, defineRecipe, statementOf } from 'typegrad/run'
 * const recipe = defineRecipe({
 *   name: 'mean', summary: 'The mean of four numbers.', settings: {},
 *   data: () => arrays('four', { x: { shape: [1], dtype: 'float32' } }, { x: [1, 2, 3, 4] }),
 *   model: () => ({ params: { m: f32(1) } }),
 *   objective: ({ params, batch: { x } }) => mean(square(sub(x, params.m))),
 *   optimiser: () => sgd(0.1),
 *   schedule: () => ({ batch: 2, length: { steps: 10 } }),
 * })
 * const { statement } = await statementOf(recipe)
 * statement.objectives[0].sense // 'minimise'
 * ```
 */
export const statementOf = async (
  recipe: Recipe, { settings = {} }: { readonly settings?: Readonly<Record<string, unknown>> } = {},
): Promise<Stated> => {
  const given: unknown = recipe
  if (!isRecipe(given)) {
    const copy = copied(given)
    throw new TypegradError('config', `statementOf: a recipe was expected, as defineRecipe makes it${
      copy === undefined ? '' : `, but this is ${copy}`}.`)
  }
  return stated(await ready({ recipe }, settings, reading()))
}
