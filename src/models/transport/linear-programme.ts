/** Linear programmes, solved exactly by HiGHS (its WebAssembly build, loaded when the first one is solved). */
import type { Highs } from 'highs'
import { InternalError } from '../../dsl/errors.js'

/** Minimise (or maximise) cost·x subject to low <= x <= high and rows of sparse constraints. */
export interface LinearProgramme {
  readonly maximise?: boolean
  readonly cost: readonly number[]
  /** The same bounds for every variable; none where infinite. */
  readonly bounds: readonly [low: number, high: number]
  readonly rows: readonly Row[]
}
/** low <= Σ by · variable <= high. */
export interface Row {
  readonly low: number
  readonly high: number
  readonly at: readonly (readonly [variable: number, by: number])[]
}
/** The optimum, the variables there, and one multiplier a row: how the optimum changes with the row's bound. */
export interface Optimum { readonly value: number; readonly x: Float64Array; readonly multipliers: Float64Array }

type Load = () => Promise<Highs>
let loading: Promise<Highs> | undefined
// Its declarations describe the CommonJS build, where the loader lies one `default` deeper than in the ES module that is imported here.
const load = (module: { readonly default: unknown }): Promise<Highs> => (module.default as Load)()
const solver = (): Promise<Highs> => loading ??= import('highs').then(load)

/** Where each row begins among all entries, and where the last one ends. */
const startsOf = (lengths: readonly number[]): number[] => {
  let at = 0
  return [0, ...lengths.map(n => at += n)]
}

/** Solves by the simplex method, so that the optimum is a vertex. */
export const solve = async ({ maximise = false, cost, bounds: [low, high], rows }: LinearProgramme): Promise<Optimum> => {
  const highs = await solver()
  const bound = (x: number): number => x === Infinity ? highs.infinity : x === -Infinity ? -highs.infinity : x
  const entries = rows.flatMap(r => r.at)
  return highs.withModel({
    numCols: cost.length, numRows: rows.length,
    sense: maximise ? highs.constants.objectiveSense.maximize : highs.constants.objectiveSense.minimize,
    colCost: cost, colLower: cost.map(() => bound(low)), colUpper: cost.map(() => bound(high)),
    rowLower: rows.map(r => bound(r.low)), rowUpper: rows.map(r => bound(r.high)),
    matrix: {
      format: 'csr', numRows: rows.length, numCols: cost.length,
      starts: startsOf(rows.map(r => r.at.length)),
      indices: entries.map(([variable]) => variable), values: entries.map(([, by]) => by),
    },
  }, model => {
    model.options.set({ output_flag: false, solver: 'simplex' })
    model.run()
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) {
      throw new InternalError(`transport: the linear programme ended with status ${model.getModelStatus()}`)
    }
    const { colValue, rowDual } = model.getSolution()
    return { value: model.getObjectiveValue(), x: colValue, multipliers: rowDual }
  })
}
