/** The finished run that a recipe of a second stage goes on from: its model with the trained numbers, and its data seen through them. */
import { input } from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'
import { hostKey, type Key } from '../dsl/keys.js'
import type { DType, Tensor } from '../dsl/tensor.js'
import type { Engine } from '../interp/engine.js'
import type { Value } from '../dsl/value.js'
import { keySpec } from './assembly.js'
import { compileTrees, type Runnable } from './compiled.js'
import { joinRows, splitFrom } from './data/arrays.js'
import { orderedBatches, type Fields, type Rows, type Source, type Split, type Splits } from './data/dataset.js'
import { attempt, run } from './effect.js'
import { readRows } from './files/rows.js'
import { keyValue } from './random.js'
import type { Model } from './model.js'
import type { BatchScope, Figures } from './scope.js'
import type { Settings } from './settings.js'
import { WORK, type Earlier, type Workshop } from './stage.js'

/** An earlier run from its parts, whose types are forgotten. */
export const earlierRun = (
  parts: Omit<Earlier, typeof WORK | 'model' | 'params' | 'aux' | 'settings'>
    & { readonly model: unknown; readonly settings: Readonly<Record<string, unknown>>; readonly params: Tree; readonly aux: Tree },
  work: Workshop,
): Earlier => {
  const whole: unknown = { ...parts, [WORK]: work }
  return whole as Earlier
}

type FieldOf<T> = T extends Tensor<readonly ['B', ...infer S extends readonly number[]], infer D extends DType>
  ? { readonly shape: S; readonly dtype: D } : never
/** The fields of a row, from the tensors of a batch of them. */
export type FieldsOf<R> = { readonly [K in keyof R]: FieldOf<R[K]> }

const ROWS = 500

/**
 * The data set of an earlier run as its trained model sees it: `fields` is computed for all rows once, in batches, when the data is read.
 *
 * What `fields` gives is a record of tensors whose leading axis is the batch, `['B', ...]`; of data that is fresh every epoch the first
 * epoch is taken. Throws a `TypegradError` where a tensor has another leading axis.
 *
 * @example
 * ```ts
 * import { arrays, defineRecipe, encoded } from 'typegrad/run'
 * const schedule = () => ({ batch: 2, length: { steps: 10 } })
 * const scale = defineRecipe({
 *   name: 'scale', summary: 'One number.', settings: {}, schedule, optimiser: () => sgd(0.1),
 *   data: () => arrays('four', { x: { shape: [1], dtype: 'float32' } }, { x: [1, 2, 3, 4] }),
 *   model: () => ({ params: { m: f32(1) } }),
 *   objective: ({ params, batch: { x } }) => mean(square(sub(x, params.m))),
 * })
 * const rest = defineRecipe({
 *   name: 'rest', summary: 'What the first one leaves.', settings: {}, schedule, optimiser: () => sgd(0.1), after: scale,
 *   data: (_, earlier) => encoded(earlier, ({ params, batch: { x } }) => ({ left: sub(x, params.m) })),
 *   model: () => ({ params: { m: f32(1) } }),
 *   objective: ({ params, batch: { left } }) => mean(square(sub(left, params.m))),
 * })
 * ```
 */
export const encoded = <S extends Settings, F extends Fields, M extends Model, R extends Figures>(
  earlier: Earlier<S, F, M>, fields: (scope: BatchScope<S, F, M>) => R,
): Source<FieldsOf<R>> => {
  const { settings, model, params, aux, source, splits, name, [WORK]: work } = earlier
  const through = (batch: Figures, key: Key): R => {
    const scope: unknown = { settings, model, params, aux, batch, key }
    return fields(scope as BatchScope<S, F, M>)
  }
  const specs = batchOf(source.fields), key = keySpec()
  const found = fieldsOf(name, through(specs, key))
  const encode = async (engine: Engine, split: Split): Promise<Split> => {
    const programs = new Map<number, Runnable<Readonly<Record<string, never>>, { readonly batch: Rows; readonly key: Value }, Rows>>()
    const kept: Rows[] = []
    const taken = { ...split, size: Math.min(split.size, work.rows ?? Infinity) }
    for (const batch of orderedBatches(taken, ROWS, { seed: 0, epoch: 0 })) {
      const rows = Object.values(batch)[0].shape[0]
      const program = programs.get(rows) ?? await compileTrees(engine,
        (_: unknown, given: { readonly batch: Figures; readonly key: Key }) => ({ outputs: through(given.batch, given.key) }),
        { state: {}, inputs: { batch: specs, key } }, { B: rows })
      programs.set(rows, program)
      kept.push(await program.run({ batch, key: keyValue(hostKey(0, 'encode', kept.length)) }))
      // a signal must be heard: engines run synchronously
      await new Promise(setImmediate)
    }
    for (const program of programs.values()) await program.release()
    return splitFrom(found, joinRows(found, kept), taken.size)
  }
  const load = attempt('data', reason => `${name}: its data cannot be encoded: ${reason}`, async (): Promise<Splits> => {
    const kept = work.kept === undefined ? undefined : await run(readRows(work.kept, found))
    if (kept !== undefined) return kept
    const engine = await work.engine()
    const total = (splits.train.size + splits.test.size).toLocaleString('en')
    if (work.rows === undefined) work.say(`The ${total} rows of ${source.name} go through the model of ${earlier.folder ?? name} once.`)
    return { train: await encode(engine, splits.train), test: await encode(engine, splits.test) }
  })
  const typed: unknown = found
  const whole: Encoded<FieldsOf<R>> = { name: `${source.name} through ${name}`, fields: typed as FieldsOf<R>, load, [ENCODED]: true }
  return whole
}

const ENCODED = Symbol('encoded')
interface Encoded<F extends Fields> extends Source<F> { readonly [ENCODED]: true }
/** Whether the rows of a data set are computed by `encoded`. */
export const isEncoded = (source: Source): boolean => ENCODED in source

const batchOf = (fields: Fields): Figures => Object.fromEntries(Object.entries(fields).map(
  ([field, { shape, dtype }]) => [field, input({ shape: ['B', ...shape], dtype }) as AnyTensor]))

const fieldsOf = (name: string, found: Figures): Fields => Object.fromEntries(Object.entries(found).map(([field, tensor]) => {
  const { shape: [first, ...row], dtype } = tensor as Node
  const sizes = row.filter((d): d is number => typeof d === 'number')
  if (first !== 'B' || sizes.length < row.length) {
    throw new TypegradError('shape',
      `encoded: ${field} of ${name} is [${(tensor as Node).shape.join(', ')}], but its first axis must be B and all others numbers.`)
  }
  return [field, { shape: sizes, dtype }]
}))
