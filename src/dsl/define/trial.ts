/**
 * Steps tried before any input is there, so that plain JavaScript hears of steps that do not fit when it builds them, as types do. NaN
 * stands for a size that is not known yet; what cannot be told from shapes alone is left to the first input.
 */
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js'
import { input } from '../core/build.js'
import { isLeaf } from '../core/trees.js'
import type { Checked } from '../shape/check.js'
import type { Dim, Shape } from '../tensor.js'

/** What is known of a step without running it. */
export interface StepShapes {
  /** What its inputs may look like. */
  readonly inputs?: readonly Shape[]
  /** The shape for a shape, or the sentence; undefined when it cannot be told. */
  readonly out: (shape: Shape) => Checked | undefined
}

const known = new WeakMap<object, StepShapes>()
export const remember = (step: object, shapes: StepShapes): void => { known.set(step, shapes) }

export const isUnknown = (size: Dim): boolean => Number.isNaN(size)

/** The shape of what a function returns for a tensor whose unknown sizes are symbols. */
const traced = (f: (x: unknown) => unknown, shape: Shape): Checked | undefined => {
  try {
    const result = f(input({ shape: shape.map((d, i) => isUnknown(d) ? `Unknown${i}` : d), dtype: 'float32' }))
    if (!isLeaf(result)) return undefined
    return { _tag: 'Right', right: result.shape.map(d => typeof d === 'string' && d.includes('Unknown') ? NaN : d) }
  } catch {
    // It may ask for more than is known; the first input tells.
    return undefined
  }
}

/** A step of a sequence, with its parameters in place. */
export interface Trial { readonly step: object; readonly call: (x: unknown) => unknown }

const shapeAfter = ({ step, call }: Trial, shape: Shape): Checked | undefined => {
  const shapes = known.get(step)
  return shapes ? shapes.out(shape) : traced(call, shape)
}

/** The shapes after all steps; the sentence when a step refuses every shape that could come. */
const after = (trials: readonly Trial[], start: readonly Shape[] | undefined): Either<string, readonly Shape[]> | undefined => {
  let shapes = start
  for (const trial of trials) {
    shapes ??= known.get(trial.step)?.inputs
    if (shapes === undefined) continue
    const results = shapes.map(shape => shapeAfter(trial, shape))
    const told = results.filter(result => result !== undefined)
    if (told.length < results.length) return undefined
    if (told.every(isLeft)) return left(told[0].left.replaceAll('NaN', 'number'))
    shapes = told.flatMap(result => isLeft(result) ? [] : [result.right])
  }
  return shapes && { _tag: 'Right', right: shapes }
}

/** What is known of steps one after another, or the sentence of the first that cannot fit. */
export const inTurn = (trials: readonly Trial[]): Either<string, StepShapes> => {
  const all = after(trials, undefined)
  if (all && isLeft(all)) return all
  return { _tag: 'Right', right: {
    inputs: trials.length > 0 ? known.get(trials[0].step)?.inputs : undefined,
    out: shape => {
      const result = after(trials, [shape])
      return result && (isLeft(result) ? result : { _tag: 'Right', right: result.right[0] })
    },
  } }
}
