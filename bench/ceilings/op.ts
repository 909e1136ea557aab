/** One operation as a tiny program in the public API: what it takes, what it makes, and how much work that is. */
import { join } from 'node:path'
import { f32, type Value } from 'typegrad'
import { compile, type Engine } from 'typegrad/engines'
import { flatten, floats, ints, readArrays, unflatten, writeArrays, type Arrays } from '../harness/arrays.js'
import { generator, normals } from '../harness/random.js'

/** What a figure counts: multiplications and additions, bytes that must move, or microseconds of one of `work` equal parts. */
export type Unit = 'GFLOP/s' | 'GB/s' | 'us'

export interface Told {
  readonly name: string
  readonly unit: Unit
  /** Floating-point operations, bytes, or the parts that a call has. */
  readonly work: number
  /** Bytes of all its arrays: they decide which cache it can live in. */
  readonly footprint: number
  /** Calls after which results are compared; 1 when absent. */
  readonly calls?: number
}

/** The program: operands come with each call where they lie, results stay with the engine. */
export interface Program<S, I> {
  readonly state: S
  readonly operands: I
  /** A number of an array from its path and a source of normal numbers; state starts at 0 where this is absent. */
  readonly number?: (path: string, normal: () => number) => number
  readonly step: (state: S, operands: I) => { readonly state: S; readonly outputs: object }
}

/** An operation ready to run. */
export interface Ready {
  run(calls: number): Promise<void>
  /** The state, by path. */
  results(): Promise<Arrays>
}

/** An operation, its types forgotten. */
export interface Op extends Told {
  /** Writes data.safetensors into a folder: `operands.*` and `state.*`. */
  prepare(folder: string): void
  open(engine: Engine, folder: string): Promise<Ready>
}

const like = ({ shape, dtype }: Value, at: () => number): Value => dtype === 'int32' ? ints(shape, at) : floats(shape, at)

/** Forgets the types of a program. */
export const op = <S, I>(told: Told, make: () => Program<S, I>): Op => ({
  ...told,
  prepare: folder => {
    const { state, operands, number } = make()
    const normal = normals(generator(1))
    const given = Object.entries(flatten({ operands })).map(([path, v]) => [path, like(v, number ? () => number(path, normal) : normal)])
    const first = Object.entries(flatten({ state })).map(([path, v]) => [path, like(v, () => number?.(path, normal) ?? 0)])
    writeArrays(join(folder, 'data.safetensors'), Object.fromEntries([...given, ...first]) as Arrays)
  },
  open: async (engine, folder) => {
    const { state, operands, step } = make()
    const compiled = await compile(engine, step, { state, inputs: operands })
    const data = readArrays(join(folder, 'data.safetensors'))
    await compiled.write(unflatten(state, data, 'state'))
    const given = unflatten<Parameters<typeof compiled.run>[0]>(operands, data, 'operands')
    return {
      run: async calls => { for (let i = 0; i < calls; i++) await compiled.run(given) },
      results: async () => flatten(await compiled.read()),
    }
  },
})

/** A row whose figure is of the bytes that must move at least: each operand read once, each result written once. */
export const moved = (name: string, read: number, written: number) =>
  ({ name, unit: 'GB/s' as const, work: 4 * (read + written), footprint: 4 * (read + written) })

/** One expression of its operands, whose result stays with the engine: `y`, of a known shape. */
export const kernel = <I>(
  told: Told, shape: readonly number[], operands: () => I, f: (operands: I) => unknown, number?: Program<unknown, I>['number'],
): Op =>
  op(told, () => {
    const state = { y: f32(...shape) }
    return { state, operands: operands(), number, step: (_, given) => ({ state: { y: f(given) as typeof state.y }, outputs: {} }) }
  })
